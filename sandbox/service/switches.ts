/**
 * Rules that can be replaced by wrong ones while the service runs, to prove that a suite which judges it notices each.
 * A file lists the wrong rules in force. It is read at every use; without it, all rules are canonical.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const names = z.array(z.string())

/** The canonical rules with the file's current overrides applied. Names that `wrong` lacks belong to other rules. */
export function switchable<Rules extends object>(
  canonical: Rules,
  wrong: Readonly<Record<string, Partial<Rules>>>,
  file: string | undefined,
): Rules {
  if (file === undefined) return canonical
  const current = (): Rules => {
    const text = read(file)
    if (text === undefined) return canonical
    return Object.assign({}, canonical, ...names.parse(JSON.parse(text)).map((name) => wrong[name]))
  }
  return new Proxy(canonical, { get: (_canonical, key) => Reflect.get(current(), key) })
}

/** The text of the file; undefined if it does not exist. It can be deleted at any moment. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
