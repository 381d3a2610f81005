/**
 * `npm run -s explain -- --project NAME --from DATE --to DATE [--json] [--events FILE]`: how the metrics of a project came
 * about, from the platform or from a file of events.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Blocked, NotApplicable, Unmet } from '../basis/expectation'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { explainProject } from '../checks/numbers/explanation'
import { ConfigurationError } from '../configuration/error'
import { eventsOf, metricsOf } from '../dora/compute'
import { EventFileError, parseEvents } from '../dora/event-file'
import { type Explained, explanationAsJson, explanationAsText } from '../dora/explanation'
import type { Window } from '../dora/metrics'
import { closePlatform } from '../run/session'

const usage = `usage: npm run -s explain -- --project NAME --from DATE --to DATE [--json] [--events FILE]
  --from, --to   such as 2026-03-01 (00:00Z) or 2026-03-01T09:00:00+01:00; --to is not part of the range
  --events FILE  computes from a file of JSON Lines instead of the platform
  --json         one object instead of text`

/** What the caller did wrong. */
class Misuse extends Error {}

async function main(): Promise<string> {
  const { project, window, json, events } = asked()
  const explained = events === undefined ? await explainProject(project, window) : ofFile(project, window, events)
  return json ? explanationAsJson(explained) : explanationAsText(explained)
}

function asked() {
  const { values } = parsed()
  const { project, from, to, json, events } = values
  if (!project || !from || !to) throw new Misuse(`--project, --from and --to are needed.\n${usage}`)
  const window = { start: timeOf('--from', from), end: timeOf('--to', to) }
  if (window.start >= window.end) throw new Misuse(`--from ${from} is not before --to ${to}.`)
  return { project, window, json, events }
}

function parsed() {
  try {
    return parseArgs({
      options: {
        project: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        json: { type: 'boolean', default: false },
        events: { type: 'string' },
      },
    })
  } catch (error) {
    throw new Misuse(`${messageOf(error)}\n${usage}`)
  }
}

const time = z.union([z.iso.date().transform((date) => `${date}T00:00:00Z`), z.iso.datetime({ offset: true })])

function timeOf(option: string, text: string): number {
  const found = time.safeParse(text)
  if (found.success) return Date.parse(found.data)
  throw new Misuse(`${option} ${text}: expected a date such as 2026-03-01, or a time with an offset.`)
}

function ofFile(project: string, window: Window, file: string): Explained {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${messageOf(error)}`)
  }
  const all = parseEvents(content, file)
  const projects = [...new Set(all.flatMap((event) => (event.type === 'commit' ? [] : [event.project])))].sort()
  if (!projects.includes(project))
    throw new Misuse(
      `${file} holds no event of the project ${project}; it has ${projects.join(', ') || 'none at all'}.`,
    )
  const events = eventsOf(all, project)
  return {
    project,
    window,
    events,
    metrics: metricsOf(events, { project, windows: [window], now: window.end }),
    surfaces: [],
  }
}

main()
  .then(
    (text) => {
      process.stdout.write(`${redaction.redact(text)}\n`)
      return 0
    },
    (error: unknown) => {
      const known = [Misuse, EventFileError, ConfigurationError, NotApplicable, Unmet, Blocked].some(
        (kind) => error instanceof kind,
      )
      const message = messageOf(error)
      process.stderr.write(
        `${known ? redaction.redact(message) : `The suite broke: ${redaction.redactForeign(message)}`}\n`,
      )
      return 3
    },
  )
  .then(async (exitCode) => {
    await closePlatform()
    process.exit(exitCode)
  })
