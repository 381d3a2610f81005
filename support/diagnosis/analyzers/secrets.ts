/** Explains missing Secrets by ExternalSecrets that are not synced, and those by their stores. */
import { command, comment } from '../../basis/command'
import { storesNamedBy } from '../../basis/store-references'
import { forceSyncOf, readingAgain } from '../../platform/external-secret-reads'
import type { ExternalSecretFacts, Facts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'

export const secrets: Analyzer = (facts) => [
  ...facts.names.secrets.map((name) => insightIntoSecret(name, facts)),
  ...facts.secretStores.flatMap((store) => insightsIntoStore(store, facts)),
  ...refusals(facts),
  ...facts.externalSecrets.flatMap((externalSecret) => insightsInto(externalSecret, facts)),
]

const targetOf = ({ metadata, spec }: ExternalSecretFacts) => spec.target.name ?? metadata.name

/** If a Secret is missing or lacks something, the ExternalSecret that writes it may be unsynced, wrong or missing. */
function insightIntoSecret(name: string, { names, secrets, externalSecrets, uncollected }: Facts): Insight {
  const { secretsByHand, encryptionSecret } = names
  const namespace = names.secretNamespaces?.[name] ?? names.namespace
  const object = `Secret ${namespace}/${name}`
  const writing = externalSecrets.find((one) => one.metadata.namespace === namespace && targetOf(one) === name)
  const externalSecret = writing?.metadata.name ?? name
  const possibleCauses = secretsByHand ? [] : [`ExternalSecret ${namespace}/${externalSecret}`]
  const isThere = secrets.some(({ metadata }) => metadata.name === name)
  if (isThere || uncollected.some(({ what }) => what === `secret ${name}`)) return { object, possibleCauses }
  return {
    object,
    possibleCauses,
    problem: {
      summary: `${object} does not exist.`,
      object,
      expected: 'exists',
      found: 'does not exist',
      remedy: [
        ...(name === encryptionSecret
          ? [
              comment`restore ${name} from its backup: with a new encryption secret the service cannot read the connections that it stored`,
            ]
          : []),
        ...(secretsByHand
          ? [command`kubectl get secrets -n ${namespace}`]
          : [
              command`kubectl get externalsecrets -n ${namespace}`,
              ...(writing
                ? readingAgain(writing.metadata, { ...writing.spec, target: { immutable: false } })
                : [forceSyncOf({ namespace, name: externalSecret })]),
            ]),
      ],
    },
  }
}

/** The condition Ready in words, with the newest warning about the object: External Secrets writes the reason there. */
function said(
  kind: string,
  { metadata, status }: Pick<ExternalSecretFacts, 'metadata' | 'status'>,
  facts: Facts,
): string {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const condition = [ready?.reason, ready?.message].filter(Boolean).join(': ') || 'it has no Ready condition'
  const warning = warningOf(kind, metadata, facts, ready?.reason)
  return warning === undefined || condition.includes(warning) ? condition : `${condition} (${warning})`
}

/** Warnings about the provider of a store, which External Secrets also writes where everything works. */
const notices = ['StoreUnmaintained', 'StoreDeprecated']

/** The newest warning that explains why an object is not ready; one with the reason of the condition goes first. */
function warningOf(
  kind: string,
  metadata: ExternalSecretFacts['metadata'],
  facts: Facts,
  why?: string,
): string | undefined {
  const warnings = eventsOf(facts, kind, metadata).filter(
    ({ type, reason }) => type !== 'Normal' && !notices.includes(reason),
  )
  return (warnings.find(({ reason }) => reason === why) ?? warnings[0])?.message
}

const isReady = ({ status }: Pick<ExternalSecretFacts, 'status'>) =>
  status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')

function insightsIntoStore(store: Facts['secretStores'][number], facts: Facts): Insight[] {
  if (isReady(store)) return []
  const { kind, metadata } = store
  // Without its namespace, as ExternalSecrets and the check refer to it.
  const object = `${kind} ${metadata.name}`
  const why = said(kind, store, facts)
  return [
    {
      object,
      problem: {
        summary: `${object} is not ready: ${why}.`,
        object,
        expected: 'Ready',
        found: why,
        remedy: lookAtStore(store),
      },
    },
  ]
}

/** The state of a store, and its events: those of an object without a namespace are in the namespace `default`. */
const lookAtStore = ({ kind, metadata: { name, namespace } }: Facts['secretStores'][number]) => [
  command`kubectl describe ${[kind.toLowerCase(), ...(namespace === '' ? [] : ['-n', namespace])]} ${name}`,
  command`kubectl get events -n ${namespace || 'default'} --field-selector involvedObject.kind=${kind},involvedObject.name=${name}`,
]

/** A message of External Secrets for a store whose conditions do not admit the namespace. */
const refusal = /is not allowed from namespace|denied by spec\.conditions?/

/**
 * Explains ready stores that serve several ExternalSecrets of the service with the same error, or that refuse their namespace:
 * that is one problem of the store.
 */
function refusals(facts: Facts): Insight[] {
  return facts.secretStores.filter(isReady).flatMap((store) => {
    const { kind, metadata } = store
    const failing = facts.externalSecrets.filter(
      ({ spec, ...one }) =>
        storesNamedBy(spec).some((store) => store.kind === kind && store.name === metadata.name) && !isReady(one),
    )
    const errors = failing.map(
      (one) => warningOf('ExternalSecret', one.metadata, facts) ?? said('ExternalSecret', one, facts),
    )
    const [first = ''] = errors
    const isRefused = errors.length > 0 && errors.every((error) => refusal.test(error))
    const isShared = errors.length > 1 && errors.every((error) => error === first) && first.includes(': ')
    if (!isRefused && !isShared) return []
    const object = `${kind} ${metadata.name}`
    const { namespace } = facts.names
    return [
      {
        object,
        problem: {
          summary: isRefused
            ? `${object} refuses the namespace ${namespace}: ${first}.`
            : `${object} serves none of the ExternalSecrets in ${namespace}: ${first}.`,
          object,
          expected: isRefused
            ? `spec.conditions that admit the namespace ${namespace}`
            : 'values for its ExternalSecrets',
          found: `not synced: ${failing.map((one) => one.metadata.name).join(', ')}`,
          remedy: isRefused
            ? [
                command`kubectl get ${kind.toLowerCase()} ${metadata.name} -o jsonpath='{.spec.conditions}'`,
                command`kubectl edit ${kind.toLowerCase()} ${metadata.name}`,
              ]
            : lookAtStore(store),
        },
      },
    ]
  })
}

function insightsInto(externalSecret: ExternalSecretFacts, facts: Facts): Insight[] {
  if (isReady(externalSecret)) return []
  const { metadata, spec } = externalSecret
  const object = objectOf('ExternalSecret', metadata)
  const secret = `Secret ${metadata.namespace}/${targetOf(externalSecret)}`
  const why = said('ExternalSecret', externalSecret, facts)
  return [
    { object: secret, possibleCauses: [object] },
    {
      object,
      problem: {
        summary: `${object} is not synced: ${why}.`,
        object,
        expected: 'Ready',
        found: why,
        remedy: [
          command`kubectl describe externalsecret -n ${metadata.namespace} ${metadata.name}`,
          comment`when the reason is mended, read the values again at once:`,
          forceSyncOf(metadata),
        ],
      },
      possibleCauses: [...storesNamedBy(spec).map(({ kind, name }) => `${kind} ${name}`), ...operatorsOf(facts)],
    },
  ]
}

/** The workloads of the operator, without which no ExternalSecret is synced. */
const operatorsOf = ({ names }: Facts) =>
  names.dependencies
    .filter(({ dependency }) => dependency === 'externalSecrets')
    .map(({ selector }) => `workloads labelled ${selector}`)
