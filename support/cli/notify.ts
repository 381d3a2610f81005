/** `dora-acceptance notify`: sends the first screen of the last run to a chat or a webhook. */
import { reportDirectory } from '../basis/checkout'
import type { VerdictName } from '../record/verdict'
import { verdictNames } from '../record/verdict'
import { NoticeNotSent, noticeFormats, noticeOf, sendNotice } from '../report/notice'
import { command, Misuse, print } from './command'

const timeoutMs = 10_000
const unwelcome: readonly VerdictName[] = ['error', 'rejected', 'blocked']

export const notify = command({
  arguments: (parser) =>
    parser
      .option('to', {
        choices: noticeFormats,
        default: 'json' as const,
        describe: 'The form of the message: of Slack, of Microsoft Teams, or {verdict, text} as JSON',
      })
      .option('on', {
        choices: verdictNames,
        array: true,
        default: unwelcome,
        describe: 'The verdicts that are sent; a run without a record counts as error',
      })
      .option('print', { type: 'boolean', default: false, describe: 'Print the text and send nothing' })
      .example('$0 notify --to slack', 'Send the last run to Slack, unless it was accepted or partial')
      .epilogue(
        'Reads verdict.json of ACCEPTANCE_REPORTS, else of reports. ACCEPTANCE_WEBHOOK holds the address, which is a secret.\n\n' +
          'Exit codes: 0 sent or nothing to send, 3 not sent',
      ),
  foreseen: [NoticeNotSent],
  async run({ to, on, print: isPrinted }) {
    const notice = noticeOf(reportDirectory())
    if (isPrinted) {
      print(notice.text)
      return 0
    }
    if (!on.includes(notice.verdict)) return 0
    const address = process.env.ACCEPTANCE_WEBHOOK
    if (!address || !URL.canParse(address))
      throw new Misuse('ACCEPTANCE_WEBHOOK holds no URL to send to. Type: export ACCEPTANCE_WEBHOOK=URL')
    await sendNotice(notice, address, to, timeoutMs)
    print(`Sent: ${notice.verdict}`)
    return 0
  },
})
