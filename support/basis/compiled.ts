/**
 * What the build of a package (build.ts) has read for every run: parsing it takes as long as a section of the checklist. In a checkout,
 * where the sources change, nothing is compiled.
 */
import { existsSync, readFileSync } from 'node:fs'

/** Returns what the build wrote, a file of JSON; undefined in a checkout. @throws SyntaxError if the file is damaged */
export function compiledAs<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined
}
