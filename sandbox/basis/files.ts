/** Files that are read by other processes while they change: written whole, and private where they hold secrets. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file at once: a reader sees the old or the new text, never a part. Readable by the owner alone. */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  writeFileSync(partial, text, { mode })
  renameSync(partial, path)
}
