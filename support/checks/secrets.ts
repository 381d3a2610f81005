/** Sections 0 and 1: the secret store, the ExternalSecrets, the Secrets that they write, and the tokens in them. */
import { expectData, Unmet } from '../basis/expectation'
import type { ExternalSecret } from '../platform/custom-resources'
import type { SecretData } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'
import { conditionOf, saidBy } from './dependencies'

export type SecretRole = 'service' | 'database' | 'grafana'
export type TokenRole = 'api' | 'github' | 'argocd' | 'jenkins'

/** 1.2 */
export async function expectExternalSecret(
  { kubernetes, configuration }: Platform,
  role: SecretRole,
): Promise<ExternalSecret> {
  const { name } = configuration.secretNames[role]
  const found = await kubernetes.externalSecret(name)
  if (found) return found
  const object = `ExternalSecret ${kubernetes.namespace}/${name}`
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'it exists',
    found: 'none',
    remedy: [`kubectl get externalsecret -n ${kubernetes.namespace}`],
  })
}

/** 1.1: the operator could read what the ExternalSecret refers to, and has not stopped doing so. */
export async function expectReadFromManager(platform: Platform, role: SecretRole, now: Date): Promise<void> {
  const { kubernetes } = platform
  const { metadata, spec, status } = await expectExternalSecret(platform, role)
  const object = `ExternalSecret ${kubernetes.namespace}/${metadata.name}`
  const remedy = [
    `kubectl describe externalsecret -n ${kubernetes.namespace} ${metadata.name}`,
    `kubectl annotate externalsecret -n ${kubernetes.namespace} ${metadata.name} force-sync=$(date +%s) --overwrite`,
  ]
  if (spec.data.length + spec.dataFrom.length === 0)
    throw new Unmet({
      summary: `${object} refers to nothing in the secrets manager.`,
      object,
      expected: 'data or dataFrom',
      found: 'neither',
      remedy,
    })
  const ready = conditionOf(status.conditions, 'Ready')
  if (ready?.status !== 'True')
    throw new Unmet({
      summary: `${object} is not synced.`,
      object,
      reliesOn: [object],
      expected: 'Ready',
      found: saidBy(ready),
      remedy,
    })
  const interval = goDuration(spec.refreshInterval)
  const age = now.getTime() - Date.parse(status.refreshTime ?? '')
  // A refresh may be late by its own duration and a restart of the operator.
  if (interval > 0 && !(age <= interval + 300_000))
    throw new Unmet({
      summary: `${object} has not been refreshed for longer than its interval.`,
      object,
      reliesOn: [`workloads labelled ${platform.configuration.dependencies.externalSecrets.selector}`],
      expected: `a refresh every ${spec.refreshInterval}`,
      found: status.refreshTime ? `the last one at ${status.refreshTime}` : 'never refreshed',
      remedy,
    })
}

/** A Go duration such as "1h30m" in milliseconds; 0 for "0", which means that nothing is refreshed. */
function goDuration(text: string): number {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units],
    0,
  )
}

/** 1.3: a Secret that is left from before looks synced, and is never refreshed, when the operator writes another one. */
export async function expectWritten(platform: Platform, role: SecretRole): Promise<void> {
  const { kubernetes, configuration } = platform
  const { name } = configuration.secretNames[role]
  const { spec } = await expectExternalSecret(platform, role)
  const { name: target = name } = spec.target
  if (target === name) return
  const object = `ExternalSecret ${kubernetes.namespace}/${name}`
  throw new Unmet({
    summary: `${object} writes the Secret ${target}, and not the one that is used.`,
    object,
    expected: `spec.target.name: ${name}`,
    found: target,
    remedy: [
      `kubectl patch externalsecret -n ${kubernetes.namespace} ${name} --type merge -p '{"spec":{"target":{"name":"${name}"}}}'`,
    ],
  })
}

/** 1.3 and 1.4: the Secret holds every key, with a value that somebody really chose. */
export async function expectKeys({ kubernetes, configuration }: Platform, role: SecretRole): Promise<void> {
  const { name, keys } = configuration.secretNames[role]
  const { github } = configuration.tokens
  const { user } = role === 'grafana' ? configuration.grafana : configuration.database
  // Created by hand, the secret of the service has no GitHub token: the checklist's own command leaves it out.
  const wanted =
    configuration.secrets === 'manual' && github.name === name ? keys.filter((key) => key !== github.key) : keys
  const data = await expectSecret({ kubernetes }, name)
  const troubles = wanted.flatMap((key) => {
    const value = data.get(key)
    // As DevLake's chart has it where nobody chose one.
    const trouble = value?.trim() === user ? 'is the name of its user' : troubleOf(value)
    return trouble ? [{ key, trouble }] : []
  })
  if (troubles.length === 0) return
  const object = `Secret ${kubernetes.namespace}/${name}`
  throw new Unmet({
    summary: `${object} does not hold every key: ${troubles.map(({ key, trouble }) => `${key} ${trouble}`).join(', ')}.`,
    object,
    reliesOn: troubles.every(({ trouble }) => trouble === isMissing) ? [object] : [],
    expected: `a real value for ${wanted.join(', ')}`,
    found: troubles.map(({ key, trouble }) => `${key} ${trouble}`).join(', '),
    remedy:
      configuration.secrets === 'external'
        ? [`kubectl annotate externalsecret -n ${kubernetes.namespace} ${name} force-sync=$(date +%s) --overwrite`]
        : [`kubectl edit secret -n ${kubernetes.namespace} ${name}`],
  })
}

/** What a scenario needs that uses these secrets: the finding is that of the item that is about what is missing. */
export async function expectSecrets(platform: Platform, role: SecretRole): Promise<void> {
  if (platform.configuration.secrets === 'external') await expectExternalSecret(platform, role)
  await expectKeys(platform, role)
}

/** 0.11 to 0.13 */
export async function expectToken({ kubernetes, configuration }: Platform, role: TokenRole): Promise<void> {
  const { name, key } = configuration.tokens[role]
  const data = await expectSecret({ kubernetes }, name)
  const trouble = troubleOf(data.get(key))
  if (!trouble) return
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  throw new Unmet({
    summary: `${object} holds no token: it ${trouble}.`,
    object,
    expected: 'a token',
    found: trouble,
    remedy: [`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
  })
}

async function expectSecret({ kubernetes }: Pick<Platform, 'kubernetes'>, name: string): Promise<SecretData> {
  const data = await kubernetes.secret(name)
  if (data) return data
  const object = `Secret ${kubernetes.namespace}/${name}`
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    reliesOn: [object],
    expected: 'it exists',
    found: 'none',
    remedy: [`kubectl get secrets -n ${kubernetes.namespace}`],
  })
}

/** Words and shapes that stand for a value that somebody has still to put there. */
const placeholders = [
  /\b(change|replace|fill|insert|put|set)[-_ ]?(me|it|this|here|in)\b/i,
  /\b(todo|tbd|fixme|placeholder|example|dummy|your)\b|changeme|your[-_]|[-_]here\b|example/i,
  /^(none|null|nil|undefined|n\/?a|test|password|secret|token|admin|root)$/i,
  /^<.*>$|^\$\{.*\}$|^\{\{.*\}\}$/,
  // One character over and over, also behind a prefix such as ghp_.
  /^(?:[a-z]+_)?(.)\1*$/i,
]

/** What is not there may not have been synced; a wrong value was. */
const isMissing = 'is missing'

function troubleOf(value: string | undefined): string | undefined {
  if (value === undefined) return isMissing
  if (value.trim() === '') return 'is empty'
  const text = value.trim().replace(/^(['"])(.*)\1$/, '$2')
  const isPlaceholder = placeholders.some(
    (placeholder) => placeholder.test(text.replaceAll('_', ' ')) || placeholder.test(text),
  )
  return isPlaceholder ? 'holds a placeholder' : undefined
}

/** 0.9: each store that the ExternalSecrets use is ready, and is a real one. */
export async function expectReadyStores(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const names = Object.values(configuration.secretNames).map(({ name }) => name)
  const found = await Promise.all(names.map((name) => kubernetes.externalSecret(name)))
  const used = found.flatMap((externalSecret) => externalSecret?.spec.secretStoreRef ?? [])
  expectData(used, 'ExternalSecret that names a secret store', `ExternalSecrets in ${kubernetes.namespace}`, [
    `kubectl get externalsecret -n ${kubernetes.namespace}`,
  ])
  const stores = new Map(used.map((reference) => [`${reference.kind} ${reference.name}`, reference]))
  for (const reference of stores.values()) await expectStore(platform, reference)
}

/** The store that one ExternalSecret reads from. */
export async function expectReadyStore(platform: Platform, role: SecretRole): Promise<void> {
  const { metadata, spec } = await expectExternalSecret(platform, role)
  const object = `ExternalSecret ${platform.kubernetes.namespace}/${metadata.name}`
  if (spec.secretStoreRef) return expectStore(platform, spec.secretStoreRef)
  throw new Unmet({
    summary: `${object} names no secret store.`,
    object,
    expected: 'spec.secretStoreRef',
    found: 'none',
  })
}

/** Providers of External Secrets that hold nothing but what their own object says. */
const pretenders = ['fake']

async function expectStore({ kubernetes }: Platform, reference: { kind: string; name: string }): Promise<void> {
  const object = `${reference.kind} ${reference.name}`
  const scope = reference.kind === 'ClusterSecretStore' ? '' : ` -n ${kubernetes.namespace}`
  const remedy = [`kubectl describe ${reference.kind.toLowerCase()}${scope} ${reference.name}`]
  const store = await kubernetes.secretStore(reference)
  if (!store)
    throw new Unmet({ summary: `${object} does not exist.`, object, expected: 'it exists', found: 'none', remedy })
  const ready = conditionOf(store.status.conditions, 'Ready')
  if (ready?.status !== 'True')
    throw new Unmet({
      summary: `${object} is not ready.`,
      object,
      reliesOn: [object],
      expected: 'Ready',
      found: saidBy(ready),
      remedy,
    })
  const [provider = 'none'] = Object.keys(store.spec.provider)
  if (provider === 'none' || pretenders.includes(provider))
    throw new Unmet({
      summary: `${object} has no secrets manager behind it.`,
      object,
      expected: 'Vault or the secrets manager of a cloud',
      found: `provider ${provider}`,
      remedy,
    })
}
