/** Sections 0 and 1: checks of the Secrets that the service uses, and of the tokens in them. */
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { secretsModeOf } from '../configuration/secrets-mode'
import type { SecretData } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'
import { secretCandidates } from './candidates'
import { findExternalSecret, readAgain, type SecretRole } from './external-secrets'
import { expectAlive, missing } from './lifecycle'
import { placed } from './placed'

export type TokenRole = 'api' | 'github' | 'gitlab' | 'argocd' | 'jenkins'

/** 1.3 and 1.4: checks that the Secret holds a real value for every key, neither empty nor a placeholder nor a default. */
export async function expectKeys(given: Platform, role: SecretRole): Promise<void> {
  const platform = placed(given, role)
  const { kubernetes, configuration } = platform
  const { name, keys } = configuration.secretNames[role]
  const { github, gitlab } = configuration.tokens
  const { user } = role === 'grafana' ? configuration.grafana : configuration.database
  const { passwordKey, tokenKey } = configuration.grafana
  // The checklist's command for creating the service's Secret by hand does not include the GitHub token, and a platform without GitHub has none.
  const own =
    (secretsModeOf(configuration) === 'manual' || configuration.absent.github !== undefined) && github.name === name
      ? keys.filter((key) => key !== github.key)
      : keys
  const isGitLab = configuration.dataSources.gitlab !== undefined && gitlab.name === name
  const needed = isGitLab && role === 'service' ? [...new Set([...own, gitlab.key])] : own
  const required =
    role === 'grafana' && tokenKey !== undefined
      ? [...new Set(needed.map((key) => (key === passwordKey ? tokenKey : key)))]
      : needed
  const data = await expectSecret({ kubernetes }, { name, keys: required, key: `secretNames.${role}.name` })
  const invalid = required.flatMap((key) => {
    const value = data.get(key)
    // The default password of DevLake's chart.
    const problem = value?.trim() === user ? 'equals the name of its user' : problemOf(value)
    return problem ? [{ key, problem }] : []
  })
  if (invalid.length === 0) return
  const object = `Secret ${kubernetes.namespace}/${name}`
  const found = invalid.map(({ key, problem }) => `${key} ${problem}`).join(', ')
  throw new Unmet({
    summary: `${object} does not hold a real value for every key: ${found}.`,
    object,
    reliesOn: invalid.every(({ problem }) => problem === isMissing) ? [object] : [],
    expected: `a real value for ${required.join(', ')}`,
    found,
    remedy:
      secretsModeOf(configuration) === 'external'
        ? await readAgain(platform, role)
        : [command`kubectl edit secret -n ${kubernetes.namespace} ${name}`],
  })
}

/** Checks the secrets that other checks rely on. The finding equals the one of the missing part's own item. */
export async function expectSecrets(platform: Platform, role: SecretRole): Promise<void> {
  if (secretsModeOf(platform.configuration) === 'external') await findExternalSecret(platform, role)
  await expectKeys(platform, role)
}

/** 0.11 to 0.13: checks that a Secret holds a real token. */
export async function expectToken({ kubernetes, configuration }: Platform, role: TokenRole): Promise<void> {
  const { name, key } = configuration.tokens[role]
  const data = await expectSecret({ kubernetes }, { name, keys: [key], key: `tokens.${role}.name` })
  const problem = problemOf(data.get(key))
  if (!problem) return
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  throw new Unmet({
    summary: `${object} holds no usable token: the key ${problem}.`,
    object,
    // Without the key a container may not start; with a wrong value only the data source is not reached.
    explainsNothing: problem !== isMissing,
    expected: 'a token',
    found: `the key ${problem}`,
    remedy: [command`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
  })
}

/** A Secret with the keys that it must have, and the key of the configuration that names it. */
interface Wanted {
  readonly name: string
  readonly keys: readonly string[]
  readonly key: string
}

async function expectSecret(
  { kubernetes }: Pick<Platform, 'kubernetes'>,
  { name, keys, key }: Wanted,
): Promise<SecretData> {
  const data = await kubernetes.secret(name)
  const object = `Secret ${kubernetes.namespace}/${name}`
  if (data) {
    const metadata = await kubernetes.secretMetadata(name)
    if (metadata) expectAlive('Secret', { metadata }, { object })
    return data
  }
  throw missing(
    object,
    [
      ...(await secretCandidates({ kubernetes }, name, keys, key)),
      command`kubectl get secrets -n ${kubernetes.namespace}`,
    ],
    [object],
  )
}

/** Words and patterns of placeholders, which still have to be replaced by a real value. */
const placeholders = [
  /\b(change|replace|fill|insert|put|set)[-_ ]?(me|it|this|here|in)\b/i,
  /\b(todo|tbd|fixme|placeholder|example|dummy|your)\b|changeme|your[-_]|[-_]here\b|example/i,
  /^(none|null|nil|undefined|n\/?a|test|password|secret|token|admin|root)$/i,
  /^<.*>$|^\$\{.*\}$|^\{\{.*\}\}$/,
  // A single repeated character, possibly after a prefix such as ghp_.
  /^(?:[a-z]+_)?(.)\1*$/i,
]

/** A missing key may not have been synced yet, so its cause may lie elsewhere; a wrong value has no other cause. */
const isMissing = 'is missing'

function problemOf(value: string | undefined): string | undefined {
  if (value === undefined) return isMissing
  if (value.trim() === '') return 'is empty'
  const text = value.trim().replace(/^(['"])(.*)\1$/, '$2')
  const isPlaceholder = placeholders.some(
    (placeholder) => placeholder.test(text.replaceAll('_', ' ')) || placeholder.test(text),
  )
  return isPlaceholder ? 'holds a placeholder' : undefined
}
