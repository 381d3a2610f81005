/** ExternalSecrets that are not synced, the stores behind them, and the Secrets that are missing for it. */
import type { ExternalSecretFacts, Facts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf } from '../facts/insight'

export const secrets: Analyzer = (facts) => [
  // What is missing in a Secret is missing because of what writes it, whether that is unsynced, wrong or gone.
  ...facts.names.secrets.map((name) => ({
    object: `Secret ${facts.names.namespace}/${name}`,
    suffersFrom: facts.names.secretsByHand ? [] : [`ExternalSecret ${facts.names.namespace}/${name}`],
  })),
  ...facts.externalSecrets.flatMap((externalSecret) => insightsInto(externalSecret, facts)),
  ...facts.secretStores.flatMap(({ kind, metadata, status }) => {
    const ready = status.conditions.find(({ type }) => type === 'Ready')
    if (ready?.status === 'True') return []
    // As ExternalSecrets refer to it, and the check: without its namespace.
    const object = `${kind} ${metadata.name}`
    const said = [ready?.reason, ready?.message].filter(Boolean).join(': ') || 'it has no condition Ready'
    const scope = metadata.namespace === '' ? '' : ` -n ${metadata.namespace}`
    return [
      {
        object,
        trouble: {
          summary: `${object} is not ready: ${said}.`,
          object,
          expected: 'Ready',
          found: said,
          remedy: [`kubectl describe ${kind.toLowerCase()}${scope} ${metadata.name}`],
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
  const said = [ready?.reason, ready?.message].filter(Boolean).join(': ') || 'it has no condition Ready'
  return [
    { object: secret, suffersFrom: [object] },
    {
      object,
      trouble: {
        summary: `${object} is not synced: ${said}.`,
        object,
        expected: 'Ready',
        found: said,
        remedy: [
          `kubectl describe externalsecret -n ${metadata.namespace} ${metadata.name}`,
          `kubectl annotate externalsecret -n ${metadata.namespace} ${metadata.name} force-sync=$(date +%s) --overwrite`,
        ],
      },
      suffersFrom: [...(store ? [`${store.kind} ${store.name}`] : []), ...operatorsOf(facts)],
    },
  ]
}

/** Without the operator nothing is synced. */
const operatorsOf = ({ names }: Facts) =>
  names.dependencies
    .filter(({ dependency }) => dependency === 'externalSecrets')
    .map(({ selector }) => `workloads labelled ${selector}`)
