/**
 * `dora-acceptance explain`: shows how the metrics of a project
 * are computed, from the platform or from a file of events.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { whyUnreadable } from '../basis/unreadable'
import { explanationOf } from '../checks/numbers/explanation'
import type { Explanation } from '../checks/numbers/numbers-proof'
import { emptyAccount } from '../dora/account'
import { eventsOf, metricsOf } from '../dora/compute'
import { EventFileError, parseEvents } from '../dora/event-file'
import type { Window } from '../dora/metrics'
import { flavours } from '../flavours/flavours'
import { closePlatform, openPlatform } from '../run/session'
import { command, Misuse, print } from './command'
import { contextOption, useContext } from './run-arguments'

const time = z.union([z.iso.date().transform((date) => `${date}T00:00:00Z`), z.iso.datetime({ offset: true })])

export const explain = command({
  arguments: (parser) =>
    parser
      .options({
        project: { type: 'string', requiresArg: true, demandOption: true, describe: 'The name of the project' },
        from: {
          type: 'string',
          requiresArg: true,
          demandOption: true,
          describe: 'The begin, such as 2026-03-01 (00:00Z)',
        },
        to: {
          type: 'string',
          requiresArg: true,
          demandOption: true,
          describe: 'The end, such as 2026-03-01T09:00:00+01:00; it is not part of the range',
        },
        context: contextOption,
        json: { type: 'boolean', describe: 'Print one JSON object instead of text' },
        events: {
          type: 'string',
          requiresArg: true,
          describe: 'Compute from a file of JSON Lines instead of the platform',
        },
      } as const)
      .example('$0 explain --project checkout --from 2026-03-01 --to 2026-04-01', 'The metrics of March')
      .epilogue('Exit codes: 0 explained, 3 error or wrong arguments'),
  async run({ project, from, to, json, events, context }) {
    useContext(context)
    const window = { start: timeOf('--from', from), end: timeOf('--to', to) }
    if (window.start >= window.end) throw new Misuse(`--from ${from} is not before --to ${to}.`)
    const explained = events === undefined ? await ofPlatform(project, window) : ofFile(project, window, events)
    print(json ? explained.json : explained.text)
    return 0
  },
  foreseen: [EventFileError],
  close: closePlatform,
})

function timeOf(option: string, text: string): number {
  const found = time.safeParse(text)
  if (found.success) return Date.parse(found.data)
  throw new Misuse(`${option} ${text}: expected a date such as 2026-03-01, or a time with an offset.`)
}

function ofPlatform(project: string, window: Window): Promise<Explanation> {
  const platform = openPlatform()
  return flavours[platform.contract.name].numbers(platform).explain(project, window)
}

function ofFile(project: string, window: Window, file: string): Explanation {
  const all = parseEvents(contentOf(file), file)
  const projects = [...new Set(all.flatMap((event) => (event.type === 'commit' ? [] : [event.project])))].sort()
  if (!projects.includes(project))
    throw new Misuse(
      `${file} holds no event of the project ${project}; it has ${projects.join(', ') || 'none at all'}.`,
    )
  const events = eventsOf(all, project)
  const account = emptyAccount()
  return explanationOf({
    project,
    window,
    events,
    metrics: metricsOf(events, { project, windows: [window], now: window.end, account }),
    account,
    elsewhere: new Map(
      all.flatMap((event) =>
        event.type === 'deployment' && event.project !== project ? [[event.id, event.project] as const] : [],
      ),
    ),
    surfaces: [],
  })
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${whyUnreadable(error, file)}.`)
  }
}
