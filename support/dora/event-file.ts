/** Reads events from a file of JSON Lines: one event per line, times in RFC 3339 with an offset. */
import { z } from 'zod'
import { expectation } from '../basis/complaint'
import type { DoraEvent } from './events'

/** Names the line, the field and the expected value. */
export class EventFileError extends Error {}

const instant = z.iso
  .datetime({ offset: true, error: 'expected a time in RFC 3339 with an offset, such as "2026-03-01T09:00:00Z"' })
  .transform((text) => Date.parse(text))
const sometime = instant.nullish().transform((time) => time ?? null)
const text = z.string({ error: 'expected text' })
const name = text.min(1, 'expected text that is not empty')
const maybeText = text.nullish().transform((value) => value ?? null)

const event = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('commit'),
      sha: name,
      repository: maybeText,
      authoredAt: sometime,
      committedAt: sometime,
    }),
    z.strictObject({
      type: z.literal('deployment'),
      project: name,
      id: name,
      repository: maybeText,
      environment: text,
      result: maybeText,
      startedAt: sometime,
      finishedAt: sometime,
      commits: z.array(name, { error: 'expected a list of commits' }).default([]),
    }),
    z.strictObject({
      type: z.literal('incident'),
      project: name,
      id: name,
      environment: text,
      severity: maybeText,
      createdAt: instant,
      resolvedAt: sometime,
      deploymentId: maybeText,
    }),
    z.strictObject({
      type: z.literal('build'),
      project: name,
      id: name,
      commit: name,
      stage: text,
      result: maybeText,
      startedAt: sometime,
      finishedAt: sometime,
    }),
  ],
  { error: 'expected "commit", "deployment", "incident" or "build"' },
)

/**
 * Reads the events of a file. Skips empty lines.
 * @param file the file's name, for error messages
 * @throws EventFileError at the first line that is not a valid event
 */
export function parseEvents(content: string, file: string): DoraEvent[] {
  return content.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const where = `${file}, line ${index + 1}`
    const parsed = event.safeParse(json(line, where), { error: expectation })
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const field = issue?.path.join('.') || (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : 'the event')
      const message = issue?.code === 'unrecognized_keys' ? 'events of this type have no such field' : issue?.message
      throw new EventFileError(`${where}: ${field}: ${message}`)
    }
    const { data } = parsed
    return [data.type === 'deployment' ? { ...data, listsCommits: data.commits.length > 0 } : data]
  })
}

function json(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new EventFileError(`${where}: expected one event as a JSON object, found ${line.slice(0, 60)}`)
  }
}
