/**
 * Files of libraries that were changed after npm installed them. No commit holds them, and the lock file only has digests of their
 * archives; but npm writes its own lock file last, so a file that is newer was changed since.
 */
import { readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** File systems round times, and npm needs a moment to end. In milliseconds. */
const tolerance = 2000

/**
 * Lists the changed files of the libraries that a process has loaded, sorted, with forward slashes.
 * @param directory of the checkout
 * @param loaded paths of the files that the process has loaded
 */
export async function changedLibraries(
  directory: string,
  loaded: readonly string[] = Object.keys(require.cache),
): Promise<string[]> {
  const folder = join(directory, 'node_modules') + sep
  const installed = await stat(join(folder, '.package-lock.json')).catch(() => undefined)
  if (installed === undefined) return []
  const roots = new Set(
    loaded.flatMap((file) => (file.startsWith(folder) ? (packageIn(file.slice(folder.length)) ?? []) : [])),
  )
  const files = (await Promise.all([...roots].map((root) => filesIn(join(folder, root))))).flat()
  const changed = files.filter(({ changedAt }) => changedAt > installed.mtimeMs + tolerance)
  // Files that were copied without their times are all newer, and show nothing.
  if (changed.length > files.length / 2) return []
  return changed.map(({ path }) => path.slice(directory.length + 1).replaceAll(sep, '/')).sort()
}

/** The package that a file below node_modules belongs to, such as "@scope/name"; undefined for a cache. */
function packageIn(path: string): string | undefined {
  const [first = '', second = ''] = path.split(sep)
  if (first.startsWith('.')) return undefined
  return first.startsWith('@') ? join(first, second) : first
}

async function filesIn(root: string): Promise<{ readonly path: string; readonly changedAt: number }[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const code = entries.filter((entry) => entry.isFile() && /\.(?:[cm]?js|json|node)$/.test(entry.name))
  const stated = code.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name)
    const found = await stat(path).catch(() => undefined)
    return found === undefined ? [] : { path, changedAt: found.mtimeMs }
  })
  return (await Promise.all(stated)).flat()
}
