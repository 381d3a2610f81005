/** Explains missing Secrets by ExternalSecrets that are not synced, and those by their stores. */
import { command } from '../../basis/command'
import type { ExternalSecretFacts, Facts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf } from '../facts/insight'

export const secrets: Analyzer = (facts) => [
  // If a Secret lacks something, the ExternalSecret that writes it may be unsynced, wrong or missing.
  ...facts.names.secrets.map((name) => ({
    object: `Secret ${facts.names.namespace}/${name}`,
    possibleCauses: facts.names.secretsByHand ? [] : [`ExternalSecret ${facts.names.namespace}/${name}`],
  })),
  ...facts.externalSecrets.flatMap((externalSecret) => insightsInto(externalSecret, facts)),
  ...facts.secretStores.flatMap(({ kind, metadata, status }) => {
    const ready = status.conditions.find(({ type }) => type === 'Ready')
    if (ready?.status === 'True') return []
    // Without its namespace, as ExternalSecrets and the check refer to it.
    const object = `${kind} ${metadata.name}`
    const said = [ready?.reason, ready?.message].filter(Boolean).join(': ') || 'it has no Ready condition'
    const scope = metadata.namespace === '' ? [] : ['-n', metadata.namespace]
    return [
      {
        object,
        problem: {
          summary: `${object} is not ready: ${said}.`,
          object,
          expected: 'Ready',
          found: said,
          remedy: [command`kubectl describe ${[kind.toLowerCase(), ...scope]} ${metadata.name}`],
        },
      },
    ]
  }),
]

function insightsInto({ metadata, spec, status }: ExternalSecretFacts, facts: Facts): Insight[] {
  const object = objectOf('ExternalSecret', metadata)
  const secret = `Secret ${metadata.namespace}/${spec.target.name ?? metadata.name}`
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  if (ready?.status === 'True') return []
  const store = spec.secretStoreRef
  const said = [ready?.reason, ready?.message].filter(Boolean).join(': ') || 'it has no Ready condition'
  return [
    { object: secret, possibleCauses: [object] },
    {
      object,
      problem: {
        summary: `${object} is not synced: ${said}.`,
        object,
        expected: 'Ready',
        found: said,
        remedy: [
          command`kubectl describe externalsecret -n ${metadata.namespace} ${metadata.name}`,
          command`kubectl annotate externalsecret -n ${metadata.namespace} ${metadata.name} force-sync=$(date +%s) --overwrite`,
        ],
      },
      possibleCauses: [...(store ? [`${store.kind} ${store.name}`] : []), ...operatorsOf(facts)],
    },
  ]
}

/** The workloads of the operator, without which no ExternalSecret is synced. */
const operatorsOf = ({ names }: Facts) =>
  names.dependencies
    .filter(({ dependency }) => dependency === 'externalSecrets')
    .map(({ selector }) => `workloads labelled ${selector}`)
