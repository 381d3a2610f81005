/** Files that other processes read while they change: replaced as a whole, and private because some hold secrets. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { messageOf, mismatch } from './errors'

/**
 * Replaces a file atomically: a reader sees the old text or the new one, never a part.
 * @param mode by default readable by the owner alone
 */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  writeFileSync(partial, text, { mode })
  renameSync(partial, path)
}

/**
 * Reads a JSON file that the sandbox or a person has written.
 * @param remedy a sentence that says how to repair a damaged file
 * @throws Error that names the file, the damage and the remedy
 */
export function readJson<T>(path: string, schema: z.ZodType<T>, remedy: string): T {
  const damaged = (reason: string) => new Error(`${path} cannot be used: ${reason}. ${remedy}`)
  const text = textOf(path, damaged)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    // The parser's own message quotes the file, which may hold secrets.
    throw damaged('it is not valid JSON')
  }
  const { success, data, error } = schema.safeParse(content)
  if (!success) throw damaged(mismatch(error))
  return data
}

function textOf(path: string, damaged: (reason: string) => Error): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw damaged((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : messageOf(error))
  }
}

/**
 * Parses data from another program.
 * @param source the origin of the data, such as "the answer to GET /api/v1/nodes"
 * @throws Error that names the origin and what differs from the expected form
 */
export function parseFrom<T>(source: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value)
  if (!success) throw new Error(`${source} has an unexpected form: ${mismatch(error)}`)
  return data
}
