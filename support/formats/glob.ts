/** Patterns of gobwas/glob without separators, as ArgoCD has them for names. */
import { LinePattern } from './line-pattern'

const translated: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '{': '(?:', '}': ')', ',': '|', '[!': '[^' }

/** Matches a whole value. A malformed pattern matches nothing. */
export function matchesGlob(glob: string, value: string): boolean {
  const pattern = glob.replace(/\[!|[*?{},]|[.+^$()|]/g, (part) => translated[part] ?? `\\${part}`)
  try {
    return new LinePattern(`^(?:${pattern})$`).test(value)
  } catch {
    return false
  }
}
