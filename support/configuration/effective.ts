/** The configuration as the record shows it: each key with its value, and the differences from the checklist. Without secrets. */
import { isDeepStrictEqual } from 'node:util'
import { redaction } from '../basis/redaction'
import type { PlatformNames } from '../contracts/contract'
import { LinePattern } from '../formats/line-pattern'
import { demands, harmless } from './demands'
import { type Configuration, configurationSchema } from './schema'

/** A value of the configuration that differs from the checklist's. */
export interface ConfigurationDifference {
  /** Path of the key, such as "cluster.workers". */
  readonly key: string
  readonly checklist: string
  readonly configured: string
  /** The demand of the checklist, in words; null unless the configuration asks less. */
  readonly asked: string | null
}

export interface ConfigurationRecord {
  /** SHA-256, in hex, of the file; null if there was none. */
  readonly sha256: string | null
  /** Each key that has a value, with the value as text. */
  readonly effective: Readonly<Record<string, string>>
  readonly differences: readonly ConfigurationDifference[]
}

/** Each key of the configuration by its path, such as "cluster.workers". */
const configurationKeys: readonly string[] = [...Object.keys(demands), ...Object.keys(harmless)].sort()

/**
 * Describes a configuration.
 * @param names of the contract: the values of the checklist
 * @param sha256 of the file, in hex; null without a file
 */
export function describeConfiguration(
  configuration: Configuration,
  names: PlatformNames,
  sha256: string | null,
): ConfigurationRecord {
  // To compile the schema takes longer than to use it once.
  const checklist: unknown = configurationSchema(names).parse({}, { jitless: true })
  const effective = new Map<string, string>()
  const differences: ConfigurationDifference[] = []
  for (const key of configurationKeys) {
    const given = valueAt(configuration, key)
    const standard = valueAt(checklist, key)
    const configured = shown(key, given)
    const expected = isDeepStrictEqual(given, standard) ? configured : shown(key, standard)
    if (given !== undefined) effective.set(key, configured)
    if (configured === expected) continue
    const asked = demands[key]?.({
      configured: given,
      checklist: standard,
      configuredOf: (other) => valueAt(configuration, other),
      defaultOf: (other) => valueAt(checklist, other),
    })
    differences.push({ key, checklist: expected, configured, asked: asked ?? null })
  }
  return { sha256, effective: Object.fromEntries(effective), differences }
}

/** The value of a key by its path, such as "cluster.workers". */
export const valueAt = (value: unknown, key: string): unknown =>
  key
    .split('.')
    .reduce((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value)

const durations = /^deadlines\.|\.lookBack$|\.validFor$/

function shown(key: string, value: unknown): string {
  if (value === undefined) return 'none'
  if (typeof value === 'number') return durations.test(key) ? `${value / 1000} s` : String(value)
  if (typeof value === 'string') return withoutLogin(value)
  return withoutLogin(JSON.stringify(value, (_, one) => (one instanceof LinePattern ? one.source : one)))
}

/** Masks the login in the URLs of a text, besides every secret that is known. */
const withoutLogin = (text: string) =>
  redaction.redactForeign(text).replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"@]*@/gi, '$1…@')
