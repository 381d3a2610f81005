import { command } from './command'

/** The reason for which a file or folder cannot be read, and what to do, as sentences without the last full stop. */
export function whyUnreadable(error: unknown, path: string): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EISDIR') return 'it is a directory. Name a file in its place, or move the directory away'
  if (code === 'EACCES' || code === 'EPERM') return `you may not read it. Type: ${command`chmod u+r ${path}`}`
  if (code === 'ENOENT') return 'it does not exist. Create it, or correct its name'
  if (code === 'ENOTDIR') return 'it is a file. Name a folder in its place'
  return code ?? 'unknown reason'
}
