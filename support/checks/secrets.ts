/** Sections 0 and 1: checks of the secret stores, the ExternalSecrets, the Secrets that these write, and the tokens in them. */
import { command } from '../basis/command'
import { expectData, Unmet } from '../basis/expectation'
import { durationIn } from '../formats/duration'
import type { ExternalSecret } from '../platform/custom-resources'
import type { SecretData } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'
import { conditionOf, describeCondition } from './dependencies'

export type SecretRole = 'service' | 'database' | 'grafana'
export type TokenRole = 'api' | 'github' | 'argocd' | 'jenkins'

/** 1.2: checks that the ExternalSecret exists, and returns it. */
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
    expected: 'exists',
    found: 'does not exist',
    remedy: [command`kubectl get externalsecret -n ${kubernetes.namespace}`],
  })
}

/** 1.1: checks that the operator has read the ExternalSecret's values from the secrets manager, and still refreshes them. */
export async function expectReadFromManager(platform: Platform, role: SecretRole, now: Date): Promise<void> {
  const { kubernetes } = platform
  const { metadata, spec, status } = await expectExternalSecret(platform, role)
  const object = `ExternalSecret ${kubernetes.namespace}/${metadata.name}`
  const remedy = [
    command`kubectl describe externalsecret -n ${kubernetes.namespace} ${metadata.name}`,
    command`kubectl annotate externalsecret -n ${kubernetes.namespace} ${metadata.name} force-sync=$(date +%s) --overwrite`,
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
      found: describeCondition(ready),
      remedy,
    })
  // An interval of "0" turns refreshing off.
  const interval = durationIn(spec.refreshInterval)
  const age = now.getTime() - Date.parse(status.refreshTime ?? '')
  // A refresh may be late by its own duration and by a restart of the operator.
  if (interval > 0 && !(age <= interval + 300_000))
    throw new Unmet({
      summary: `${object} has not been refreshed for longer than its interval.`,
      object,
      reliesOn: [`workloads labelled ${platform.configuration.dependencies.externalSecrets.selector}`],
      expected: `a refresh every ${spec.refreshInterval}`,
      found: status.refreshTime ? `the last refresh was at ${status.refreshTime}` : 'never refreshed',
      remedy,
    })
}

/**
 * 1.3: checks that the ExternalSecret writes the Secret that the service uses. If it writes a different one, a leftover Secret
 * looks synced but is never refreshed.
 */
export async function expectWritten(platform: Platform, role: SecretRole): Promise<void> {
  const { kubernetes, configuration } = platform
  const { name } = configuration.secretNames[role]
  const { spec } = await expectExternalSecret(platform, role)
  const { name: target = name } = spec.target
  if (target === name) return
  const object = `ExternalSecret ${kubernetes.namespace}/${name}`
  throw new Unmet({
    summary: `${object} writes the Secret ${target}, but the service uses ${name}.`,
    object,
    expected: `spec.target.name: ${name}`,
    found: `spec.target.name: ${target}`,
    remedy: [
      command`kubectl patch externalsecret -n ${kubernetes.namespace} ${name} --type merge -p '${JSON.stringify({ spec: { target: { name } } })}'`,
    ],
  })
}

/** 1.3 and 1.4: checks that the Secret holds a real value for every key, neither empty nor a placeholder nor a default. */
export async function expectKeys({ kubernetes, configuration }: Platform, role: SecretRole): Promise<void> {
  const { name, keys } = configuration.secretNames[role]
  const { github } = configuration.tokens
  const { user } = role === 'grafana' ? configuration.grafana : configuration.database
  // The checklist's command for creating the service's Secret by hand does not include the GitHub token.
  const required =
    configuration.secrets === 'manual' && github.name === name ? keys.filter((key) => key !== github.key) : keys
  const data = await expectSecret({ kubernetes }, name)
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
      configuration.secrets === 'external'
        ? [
            command`kubectl annotate externalsecret -n ${kubernetes.namespace} ${name} force-sync=$(date +%s) --overwrite`,
          ]
        : [command`kubectl edit secret -n ${kubernetes.namespace} ${name}`],
  })
}

/** Checks the secrets that other checks rely on. The finding equals the one of the missing part's own item. */
export async function expectSecrets(platform: Platform, role: SecretRole): Promise<void> {
  if (platform.configuration.secrets === 'external') await expectExternalSecret(platform, role)
  await expectKeys(platform, role)
}

/** 0.11 to 0.13: checks that a Secret holds a real token. */
export async function expectToken({ kubernetes, configuration }: Platform, role: TokenRole): Promise<void> {
  const { name, key } = configuration.tokens[role]
  const data = await expectSecret({ kubernetes }, name)
  const problem = problemOf(data.get(key))
  if (!problem) return
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  throw new Unmet({
    summary: `${object} holds no usable token: the key ${problem}.`,
    object,
    expected: 'a token',
    found: `the key ${problem}`,
    remedy: [command`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
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
    expected: 'exists',
    found: 'does not exist',
    remedy: [command`kubectl get secrets -n ${kubernetes.namespace}`],
  })
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

/** 0.9: checks that each store of the ExternalSecrets is ready and backed by a secrets manager. */
export async function expectReadyStores(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const names = Object.values(configuration.secretNames).map(({ name }) => name)
  const found = await Promise.all(names.map((name) => kubernetes.externalSecret(name)))
  const references = found.flatMap((externalSecret) => externalSecret?.spec.secretStoreRef ?? [])
  expectData(references, 'ExternalSecret that names a secret store', `ExternalSecrets in ${kubernetes.namespace}`, [
    command`kubectl get externalsecret -n ${kubernetes.namespace}`,
  ])
  const stores = new Map(references.map((reference) => [`${reference.kind} ${reference.name}`, reference]))
  for (const reference of stores.values()) await expectStore(platform, reference)
}

/** Checks the store that one ExternalSecret reads from. */
export async function expectReadyStore(platform: Platform, role: SecretRole): Promise<void> {
  const { metadata, spec } = await expectExternalSecret(platform, role)
  const object = `ExternalSecret ${platform.kubernetes.namespace}/${metadata.name}`
  if (spec.secretStoreRef) return expectStore(platform, spec.secretStoreRef)
  throw new Unmet({
    summary: `${object} names no secret store.`,
    object,
    expected: 'spec.secretStoreRef',
    found: 'no spec.secretStoreRef',
  })
}

/** Providers of External Secrets that return fixed values from their own manifest. */
const fakeProviders = ['fake']

async function expectStore({ kubernetes }: Platform, reference: { kind: string; name: string }): Promise<void> {
  const object = `${reference.kind} ${reference.name}`
  const scope = reference.kind === 'ClusterSecretStore' ? [] : ['-n', kubernetes.namespace]
  const remedy = [command`kubectl describe ${[reference.kind.toLowerCase(), ...scope]} ${reference.name}`]
  const store = await kubernetes.secretStore(reference)
  if (!store)
    throw new Unmet({
      summary: `${object} does not exist.`,
      object,
      expected: 'exists',
      found: 'does not exist',
      remedy: [command`kubectl get ${[`${reference.kind.toLowerCase()}s`, ...scope]}`],
    })
  const ready = conditionOf(store.status.conditions, 'Ready')
  if (ready?.status !== 'True')
    throw new Unmet({
      summary: `${object} is not ready.`,
      object,
      reliesOn: [object],
      expected: 'Ready',
      found: describeCondition(ready),
      remedy,
    })
  const [provider] = Object.keys(store.spec.provider)
  if (provider === undefined || fakeProviders.includes(provider))
    throw new Unmet({
      summary: `${object} is not backed by a secrets manager.`,
      object,
      expected: 'Vault or the secrets manager of a cloud',
      found: provider === undefined ? 'no provider' : `provider ${provider}`,
      remedy,
    })
}
