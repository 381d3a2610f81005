/** Checks that reports can be written to a directory, and says why not. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { command } from '../basis/command'

/** Thrown if the reports cannot be written. A run without its record proves nothing, so it ends with exit code 3. */
export class ReportsNotWritten extends Error {
  override readonly name = 'ReportsNotWritten'
}

type SystemError = NodeJS.ErrnoException & { readonly code: string; readonly dest?: string }

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error

/**
 * Writes a file to a directory, which it creates, and removes the file again. Called before anything is asked: a run that cannot
 * leave its record would be in vain.
 * @param files names of reports; a directory in the place of one is in the way
 * @throws ReportsNotWritten
 */
export function ensureWritable(directory: string, files: readonly string[]): void {
  const probe = join(directory, `.${randomUUID()}.new`)
  try {
    mkdirSync(directory, { recursive: true })
    try {
      writeFileSync(probe, 'reports can be written here')
    } finally {
      rmSync(probe, { force: true })
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ReportsNotWritten(whyNotWritten(directory, error), { cause: error })
  }
  const taken = files.map((name) => join(directory, name)).find(isDirectory)
  if (taken !== undefined) throw new ReportsNotWritten(inTheWay(directory, taken))
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const notTo = (directory: string) => `The reports could not be written to ${resolve(directory)}`

const inTheWay = (directory: string, taken: string) =>
  `${notTo(directory)}: expected a file, but found a directory at ${taken} (EISDIR). Move the directory and run again.`

/** The reason and what to do, as sentences. */
export function whyNotWritten(directory: string, error: SystemError): string {
  const place = resolve(directory)
  const what = notTo(directory)
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return `${what}: permission denied (${error.code}). Name another directory with ACCEPTANCE_REPORTS, or make this one yours: ${command`sudo install -d -o $(id -u) ${place}`}`
    case 'EROFS':
      return `${what}: the file system is read-only (EROFS). Mount a writable volume there, or name another directory with ACCEPTANCE_REPORTS.`
    case 'ENOSPC':
    case 'EDQUOT':
      return `${what}: no space is left (${error.code}). Free some space and run again: ${command`df -h ${existingPart(place)}`}`
    case 'ENOTDIR':
    case 'EEXIST':
      return `${what}: expected a directory, but found a file at ${existingPart(error.path ?? place)} (${error.code}). Move the file and run again.`
    case 'EISDIR':
      return inTheWay(directory, error.dest ?? place)
    default:
      return `${what}: ${error.message}. Make sure that this is a directory that this user can write to, and run again.`
  }
}

/** The part of a path that exists: the path itself, or the nearest of its parents. */
function existingPart(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingPart(dirname(path))
}
