/**
 * The checklist and the scenarios as the build of a package (build.ts) has parsed them: parsing takes as long as a section of the
 * checklist. A checkout, whose sources change, has no such files.
 */
import { existsSync, readFileSync } from 'node:fs'

/** Reads a file of JSON that the build wrote; undefined in a checkout. @throws SyntaxError if the file is damaged */
export function compiledAs<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined
}
