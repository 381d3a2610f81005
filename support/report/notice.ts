/**
 * The first screen of a run as text, for a chat or any webhook. A night without a record is reported too. Text from the cluster
 * is data: no format lets it become a link, a mention or markup.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { visible } from '../basis/visible-text'
import type { Verdict, VerdictName } from '../record/verdict'
import { verifyRecord } from '../record/verification'
import { commandsOf, describeChanges, effectOf, instant, meaningOf, metricLines, placeOf } from './wording/wording'

export const noticeFormats = ['slack', 'teams', 'json'] as const
export type NoticeFormat = (typeof noticeFormats)[number]

/** The most causes in a notice. The sign-off page has all of them. */
const mostCauses = 5
/** Slack cuts a text at 4,000 characters. */
const longest = 3500

export interface Notice {
  readonly verdict: VerdictName
  readonly text: string
}

/** The notice about the last run in a reports directory. A missing or changed record is an error of the run. */
export function noticeOf(reports: string): Notice {
  const file = join(reports, 'verdict.json')
  const lost = (why: string): Notice => ({
    verdict: 'error',
    text: `Acceptance run: error\n${why} The state of the service is unknown.`,
  })
  if (!existsSync(file)) return lost('The run left no record: it was killed, or it did not start.')
  if (verifyRecord(file).outcome === 'changed') return lost('The record was changed after the run wrote it.')
  try {
    const verdict = JSON.parse(readFileSync(file, 'utf8')) as Verdict
    return { verdict: verdict.verdict, text: shortened(textOf(verdict)) }
  } catch {
    return lost('The record cannot be read: no run of this suite wrote it so.')
  }
}

function textOf(verdict: Verdict): string {
  const { platform, finishedAt, problems, causes, sinceLastRun } = verdict
  const omitted = causes.length - mostCauses
  return [
    `Acceptance run: ${verdict.verdict}`,
    `${placeOf(platform)}, ${instant(finishedAt)}`,
    meaningOf(verdict),
    '',
    ...metricLines(verdict),
    ...problems.map((problem) => `\nProblem: ${problem}`),
    ...causes.slice(0, mostCauses).flatMap((cause) => [
      '',
      effectOf(cause),
      `${cause.summary} (${cause.object})`,
      ...(cause.owner === undefined ? [] : [`Who acts: ${cause.owner}`]),
      ...commandsOf(cause)
        .slice(0, 2)
        .map((command) => `  ${command}`),
    ]),
    ...(omitted > 0 ? ['', `${omitted} more in sign-off.html`] : []),
    ...(sinceLastRun === undefined ? [] : ['', describeChanges(sinceLastRun)]),
  ].join('\n')
}

function shortened(text: string): string {
  const shown = visible(redaction.redact(text))
  return shown.length > longest ? `${shown.slice(0, longest).toWellFormed()}\n… more in sign-off.html` : shown
}

/** The body of the request for a chat. */
export function noticeBody({ verdict, text }: Notice, format: NoticeFormat): unknown {
  switch (format) {
    case 'slack':
      // https://docs.slack.dev/messaging/formatting-message-text: plain_text is not parsed for links and mentions.
      return {
        text: `Acceptance run: ${verdict}`,
        blocks: [{ type: 'section', text: { type: 'plain_text', text: text.slice(0, 3000), emoji: false } }],
      }
    case 'teams':
      // A TextRun shows its text as it is; a TextBlock would read it as Markdown.
      return {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.5',
              body: text
                .split('\n')
                .map((line) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: line || ' ' }] })),
            },
          },
        ],
      }
    case 'json':
      return { verdict, text }
  }
}

/** Thrown if a notice could not be sent. The message names no address, because that of a chat is a secret. */
export class NoticeNotSent extends Error {
  override readonly name = 'NoticeNotSent'
}

/**
 * Sends a notice.
 * @param address of the webhook
 * @param timeoutMs time limit for the request
 * @throws NoticeNotSent
 */
export async function sendNotice(
  notice: Notice,
  address: string,
  format: NoticeFormat,
  timeoutMs: number,
): Promise<void> {
  redaction.register(address)
  const failed = (why: string) => new NoticeNotSent(`The notice could not be sent to the webhook: ${why}.`)
  let status: number
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(noticeBody(notice, format)),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await answer.body?.cancel()
    status = answer.status
  } catch (error) {
    const { cause } = error as Error
    throw failed(redaction.redactForeign(messageOf(cause ?? error)).split('\n', 1)[0] ?? 'unknown reason')
  }
  if (status < 200 || status > 299) throw failed(`it answered with status ${status}`)
}
