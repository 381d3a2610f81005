/**
 * Rules that can be got wrong, one by one, while the service runs: a file names the ways in which they are wrong, so that
 * whoever judges the service can be seen to notice. It is read anew at each use; without it all rules are right.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const names = z.array(z.string())

/** The right rules, but for what the file says at the moment; names that stand for other rules are left to those. */
export function switchable<Rules extends object>(
  right: Rules,
  wrong: Readonly<Record<string, Partial<Rules>>>,
  file: string | undefined,
): Rules {
  if (file === undefined) return right
  const current = (): Rules => {
    const text = read(file)
    if (text === undefined) return right
    return Object.assign({}, right, ...names.parse(JSON.parse(text)).map((name) => wrong[name]))
  }
  return new Proxy(right, { get: (_right, key) => Reflect.get(current(), key) })
}

/** Undefined without the file, which may go away at any moment. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
