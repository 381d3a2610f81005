/** Sections 0 and 1: checks of the stores that the ExternalSecrets read from. */
import { command, comment } from '../basis/command'
import { expectData, Unmet } from '../basis/expectation'
import { selects } from '../basis/label-selector'
import { type StoreReference, storesNamedBy } from '../basis/store-references'
import { LinePattern } from '../formats/line-pattern'
import type { ExternalSecret, SecretStore } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { conditionOf, describeCondition } from './conditions'
import { expectExternalSecret, type SecretRole } from './external-secrets'
import { expectAlive, missing } from './lifecycle'
import { placed } from './placed'

/**
 * The stores of an ExternalSecret: its own, and those that single entries name.
 * @throws Unmet if an entry has neither of them, nor a generator
 */
function storesOf({ kubernetes }: Platform, { metadata, spec }: ExternalSecret): readonly StoreReference[] {
  const entries = [...spec.data, ...spec.dataFrom]
  const isComplete = entries.every(({ sourceRef }) => sourceRef?.storeRef?.name || sourceRef?.generatorRef)
  if (spec.secretStoreRef?.name || isComplete) return storesNamedBy(spec)
  const object = `ExternalSecret ${kubernetes.namespace}/${metadata.name}`
  throw new Unmet({
    summary: `${object} names no secret store.`,
    object,
    expected: 'spec.secretStoreRef',
    found: 'no name in spec.secretStoreRef',
    remedy: [command`kubectl get externalsecret -n ${kubernetes.namespace} ${metadata.name} -o jsonpath='{.spec}'`],
  })
}

/** Matches a namespace; undefined if the expression is malformed, such as a lone asterisk. */
function matches(pattern: string, namespace: string): boolean | undefined {
  try {
    return new LinePattern(pattern).test(namespace)
  } catch {
    return undefined
  }
}

/**
 * Returns why a store may not be used from the namespace of the service; undefined if it may. Decides as the operator does: it ignores
 * the conditions of a SecretStore, which only its own namespace can use, and reads none behind a malformed expression.
 */
async function refusalOf({ kubernetes }: Platform, kind: string, { spec }: SecretStore): Promise<string | undefined> {
  if (kind === 'SecretStore' || spec.conditions.length === 0) return undefined
  const { namespace } = kubernetes
  const isMalformed = (pattern: string) => matches(pattern, namespace) === undefined
  const last = spec.conditions.findIndex(({ namespaceRegexes }) => namespaceRegexes.some(isMalformed))
  const read = last < 0 ? spec.conditions : spec.conditions.slice(0, last + 1)
  const byName = read.some(
    ({ namespaces, namespaceRegexes }) =>
      namespaces.includes(namespace) || namespaceRegexes.some((pattern) => matches(pattern, namespace)),
  )
  if (byName) return undefined
  const selectors = read.flatMap(({ namespaceSelector }) => namespaceSelector ?? [])
  const labels = selectors.length > 0 ? await kubernetes.namespaceLabels(namespace) : {}
  if (selectors.some((selector) => selects(selector, labels))) return undefined
  const malformed = spec.conditions[last]?.namespaceRegexes.find(isMalformed)
  return malformed === undefined ? 'no such condition' : `the expression '${malformed}' is malformed`
}

const roles: readonly SecretRole[] = ['service', 'database', 'grafana']

/** 0.9: checks that each store of the ExternalSecrets is ready and backed by a secrets manager. */
export async function expectReadyStores(platform: Platform): Promise<void> {
  const { kubernetes } = platform
  const found = await Promise.all(
    roles.map(async (role) => {
      const here = placed(platform, role)
      const externalSecret = await here.kubernetes.externalSecretOf(role)
      return externalSecret ? storesOf(here, externalSecret).map((reference) => ({ here, reference })) : []
    }),
  )
  const references = found.flat()
  expectData(references, 'ExternalSecret that names a secret store', `ExternalSecrets in ${kubernetes.namespace}`, [
    command`kubectl get externalsecret -n ${kubernetes.namespace}`,
  ])
  const stores = new Map(
    references.map((one) => [`${one.here.kubernetes.namespace} ${one.reference.kind} ${one.reference.name}`, one]),
  )
  for (const { here, reference } of stores.values()) await expectStore(here, reference)
}

/** Checks the store that one ExternalSecret reads from. */
export async function expectReadyStore(given: Platform, role: SecretRole): Promise<void> {
  const platform = placed(given, role)
  for (const reference of storesOf(platform, await expectExternalSecret(platform, role)))
    await expectStore(platform, reference)
}

/** Providers of External Secrets that return fixed values from their own manifest. */
const fakeProviders = ['fake']

async function expectStore(platform: Platform, reference: StoreReference): Promise<void> {
  const { kubernetes } = platform
  const object = `${reference.kind} ${reference.name}`
  const scope = reference.kind === 'ClusterSecretStore' ? [] : ['-n', kubernetes.namespace]
  const remedy = [command`kubectl describe ${[reference.kind.toLowerCase(), ...scope]} ${reference.name}`]
  const edit = command`kubectl edit ${[reference.kind.toLowerCase(), ...scope]} ${reference.name}`
  const store = await kubernetes.secretStore(reference)
  if (!store) throw missing(object, [command`kubectl get ${[`${reference.kind.toLowerCase()}s`, ...scope]}`])
  expectAlive(reference.kind, store, { object })
  const { controllerClass } = platform.configuration.secretStores
  if (store.spec.controller !== '' && store.spec.controller !== controllerClass)
    throw new Unmet({
      summary: `${object} belongs to another controller, so External Secrets does not handle it.`,
      object,
      expected: `spec.controller: ${controllerClass}, or none`,
      found: `spec.controller: ${store.spec.controller}`,
      remedy: [
        ...remedy,
        edit,
        comment`if the operator has another class here: configuration key secretStores.controllerClass`,
      ],
    })
  const refusal = await refusalOf(platform, reference.kind, store)
  if (refusal !== undefined)
    throw new Unmet({
      summary: `${object} may not be used from the namespace ${kubernetes.namespace}.`,
      object,
      expected: `a condition in spec.conditions that holds for ${kubernetes.namespace}`,
      found: refusal,
      remedy: [...remedy, edit],
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
      explainsNothing: provider !== undefined,
      expected: 'Vault or the secrets manager of a cloud',
      found: provider === undefined ? 'no provider' : `provider ${provider}`,
      remedy,
    })
}
