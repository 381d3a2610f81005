import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { command } from './command'

/**
 * The reason for which a file or folder cannot be read, and what to do, as sentences without the last full stop.
 * @param reader the id of the user who tried
 */
export function whyUnreadable(error: unknown, path: string, reader = process.getuid?.()): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EISDIR') return 'it is a directory. Name a file in its place, or move the directory away'
  if (code === 'EACCES' || code === 'EPERM')
    return isFileOfAnother(path, reader)
      ? `it belongs to another user, and you may not read it. Name a copy of your own: ${command`sudo install -o $(id -u) -m 400 ${path} ${`./${basename(path)}`}`}`
      : `you may not read it. Type: ${command`chmod u+r ${path}`}`
  if (code === 'ENOENT') return 'it does not exist. Create it, or correct its name'
  if (code === 'ENOTDIR') return 'it is a file. Name a folder in its place'
  return code ?? 'unknown reason'
}

function isFileOfAnother(path: string, reader: number | undefined): boolean {
  try {
    const status = statSync(path)
    return reader !== undefined && status.isFile() && status.uid !== reader
  } catch {
    return false
  }
}
