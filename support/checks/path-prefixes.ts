/** Paths of Ingresses and HTTPRoutes: the rule with the longest path that matches leads a request. */
import { isAbsent } from '../basis/capability'
import type { Contract } from '../contracts/contract'

/** Returns what a path or a regular expression for paths, such as /api(/|$)(.*), begins with; without a slash at its end. */
export const prefixIn = (path: string): string =>
  (path.replace(/^\^/, '').split(/[([{*+?$|\\]|\.[*+]/, 1)[0] ?? '').replace(/(?<=.)\/$/, '') || '/'

/**
 * Returns the first of the rules with the longest prefix of a path, which ends at a slash of it or where it ends.
 * @param prefixOf returns the path of a rule
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types, the field `matches` of the Gateway API
 */
export function longestPrefix<R>(path: string, rules: readonly R[], prefixOf: (rule: R) => string): R | undefined {
  const wanted = `${path}/`
  const lengthOf = (rule: R) => {
    const prefix = prefixIn(prefixOf(rule))
    return prefix === '/' ? 0 : wanted.startsWith(`${prefix}/`) ? prefix.length : -1
  }
  return rules.reduce<R | undefined>((best, rule) => {
    const length = lengthOf(rule)
    return length < 0 || (best !== undefined && lengthOf(best) >= length) ? best : rule
  }, undefined)
}

/**
 * Returns which rules, by their type and path, lead a path with everything below it. One of the type Exact leads to nothing below
 * its path, which is enough for the metrics page.
 */
export const leadsAll =
  ({ metrics }: Contract, path: string) =>
  (type: string, prefix: string): boolean =>
    type !== 'Exact' || (prefix === path && !isAbsent(metrics) && metrics.path === path)
