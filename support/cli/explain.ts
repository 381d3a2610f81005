/**
 * `npm run -s explain -- [--context NAME] --project NAME --from DATE --to DATE [--json] [--events FILE]`: shows how the metrics
 * of a project are computed, from the platform or from a file of events.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { messageOf } from '../basis/message'
import { visibleDataInOneLine } from '../basis/visible-text'
import { explainProject } from '../checks/numbers/explanation'
import { emptyAccount } from '../dora/account'
import { eventsOf, metricsOf } from '../dora/compute'
import { EventFileError, parseEvents } from '../dora/event-file'
import { type Explained, explanationAsJson, explanationAsText } from '../dora/explanation'
import type { Window } from '../dora/metrics'
import { contextNamed } from '../run/command-line'
import { closePlatform, openPlatform } from '../run/session'
import { execute, Misuse, print } from './command'

const time = z.union([z.iso.date().transform((date) => `${date}T00:00:00Z`), z.iso.datetime({ offset: true })])

void execute({
  usage: `usage: npm run -s explain -- [--context NAME] --project NAME --from DATE --to DATE [--json] [--events FILE]
  --context NAME the context of the kubeconfig; that of the configuration, else the current one, when absent
  --from, --to   such as 2026-03-01 (00:00Z) or 2026-03-01T09:00:00+01:00; the range ends before --to
  --events FILE  computes from a file of JSON Lines instead of the platform
  --json         prints one JSON object instead of text`,
  parse(words) {
    const options = {
      project: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
      events: { type: 'string' },
      context: { type: 'string' },
    } as const
    const { project, from, to, json, events, context } = parseArgs({ args: words, options }).values
    if (!project || !from || !to) throw new Misuse('--project, --from and --to are needed.')
    if (context !== undefined) process.env.ACCEPTANCE_CONTEXT = contextNamed(context)
    const window = { start: timeOf('--from', from), end: timeOf('--to', to) }
    if (window.start >= window.end) throw new Misuse(`--from ${from} is not before --to ${to}.`)
    return { project, window, json, events }
  },
  async run({ project, window, json, events }) {
    const explained =
      events === undefined ? await explainProject(openPlatform(), project, window) : ofFile(project, window, events)
    // A newline in a name must not start a line of the explanation.
    print(json ? explanationAsJson(explained) : explanationAsText(visibleDataInOneLine(explained)))
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

function ofFile(project: string, window: Window, file: string): Explained {
  const all = parseEvents(contentOf(file), file)
  const projects = [...new Set(all.flatMap((event) => (event.type === 'commit' ? [] : [event.project])))].sort()
  if (!projects.includes(project))
    throw new Misuse(
      `${file} holds no event of the project ${project}; it has ${projects.join(', ') || 'none at all'}.`,
    )
  const events = eventsOf(all, project)
  const account = emptyAccount()
  return {
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
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${messageOf(error)}`)
  }
}
