/** Atomic replacement: a reader sees the old file or directory or the new one, never a partial one. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Replaces a file atomically. @param content null removes the file */
export function replaceFile(path: string, content: string | null): void {
  if (content === null) {
    rmSync(path, { force: true })
    return
  }
  const fresh = besides(path)
  try {
    writeFileSync(fresh, content)
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** Replaces a directory by one that is filled anew. */
export function replaceDirectory(path: string, fill: (directory: string) => void): void {
  const fresh = besides(path)
  try {
    mkdirSync(fresh)
    fill(fresh)
    rmSync(path, { recursive: true, force: true })
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Returns an unused name in the same directory, so that renaming stays within one file system. */
function besides(path: string): string {
  return `${path}.${randomUUID()}.new`
}
