/** `dora-acceptance watch`: the checklist while one deploys. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { reportDirectory } from '../basis/checkout'
import { messageOf } from '../basis/message'
import { endings } from '../basis/signals'
import { reportFiles } from '../report/earlier-reports'
import { WatchTable } from '../report/watch-table'
import { ensureWritable, ReportsNotWritten } from '../report/writable'
import { wholeChecklist } from '../run/own-checks'
import { openSettings } from '../run/session'
import { WatchEnded, type WatchedRun, watchUntilHeld } from '../run/watching'
import { exitCodeOf, started } from './child'
import { command, Misuse, print } from './command'
import { contextOption } from './run-arguments'

/** The program that this process runs. */
const self = process.argv[1] ?? ''

export const watch = command({
  arguments: (parser) =>
    parser
      .positional('what', {
        type: 'string',
        array: true,
        default: [] as string[],
        describe: 'Sections and items by their numbers; everything when absent',
      })
      .option('context', contextOption)
      .example('$0 watch', 'Follow a deployment from the first pod to the last dashboard')
      .epilogue(
        'Each round only reads. Items that need a person are not waited for.\n' +
          'When all else holds, a whole run writes the reports of dora-acceptance run.\n\n' +
          'Exit codes: those of that run; 3 also for a watch that was interrupted',
      ),
  async run({ what, context }) {
    const { sections } = wholeChecklist(openSettings().ownChecks)
    ensureWritable(reportDirectory(), reportFiles)
    const scratch = newScratch()
    const table = new WatchTable(process.stdout, sections)
    const given = context === undefined ? [] : ['--context', context]
    const interruption = new AbortController()
    const { signal } = interruption
    const interrupt = () => interruption.abort()
    for (const name of endings) process.once(name, interrupt)
    print('The first round judges everything that was asked for. Ctrl-C ends the watch.')
    try {
      await watchUntilHeld({
        judge: (items) => judged([...(items === 'all' ? what : items), ...given], scratch, signal),
        show: (items, waitMs) => table.show(items, waitMs),
        wait: (ms) => after(ms, undefined, { signal }),
      })
    } catch (error) {
      throw signal.aborted ? new WatchEnded('The watch was interrupted. No report was written.') : error
    } finally {
      for (const name of endings) process.off(name, interrupt)
      rmSync(scratch, { recursive: true, force: true })
    }
    print('Everything that can come by waiting holds. A whole run writes the reports.')
    return exitCodeOf(started(self, ['run', ...what, ...given], { stdio: 'inherit' }))
  },
  foreseen: [WatchEnded, ReportsNotWritten],
})

/** A directory for the records of the rounds. */
function newScratch(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'watch-'))
  } catch (error) {
    throw new Misuse(
      `The records of the rounds cannot be kept in ${tmpdir()}: ${messageOf(error)}. Name another directory: export TMPDIR=DIR`,
    )
  }
}

/** Judges in a process of its own, without writes. @throws Misuse with the run's own words if it leaves no record */
async function judged(words: readonly string[], reports: string, signal: AbortSignal): Promise<WatchedRun> {
  const child = started(self, ['run', '--quiet', '--json', '--read-only', ...words], {
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The rounds annotate nothing: the whole run at the end does.
    env: { ...process.env, ACCEPTANCE_REPORTS: reports, GITHUB_ACTIONS: '' },
  })
  // An abort ends the child, which then leaves no record.
  child.on('error', () => {})
  const [record, complaints] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  try {
    return JSON.parse(record) as WatchedRun
  } catch (error) {
    throw new Misuse(complaints.trim() || messageOf(error))
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += chunk.toString()
  return text
}
