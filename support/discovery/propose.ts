/** From the objects of a cluster to a configuration: the keys whose defaults do not fit. Pure. */
import { describeConfiguration } from '../configuration/effective'
import { configurationSchema } from '../configuration/schema'
import { type ContractName, contractNames, defaultContract, type PlatformNames } from '../contracts/contract'
import { bestOf, candidatesFor, hasLabels } from './components'
import { proposeDelivery } from './delivery'
import { proposeEntries } from './entries'
import { proposeMonitoring } from './monitoring'
import { Findings, type Proposal, type Question } from './proposal'
import { proposeSecrets, secretKeysIn } from './secrets'
import { grafanaPlace, proposeComponents, proposeStorage, type Subject } from './service-parts'
import type { Snapshot } from './snapshot'
import { proposeArgoCdEndpoint, proposeDependencies } from './surroundings'

/** The part of a contract that decides how its platform is found. */
export interface Defaults {
  readonly names: PlatformNames
  /** True if the service exposes metrics to Prometheus. */
  readonly hasMetrics: boolean
}

export interface Proposed {
  readonly contract: ContractName
  readonly proposals: readonly Proposal[]
  readonly questions: readonly Question[]
}

/**
 * Proposes what differs from the defaults of the contract that fits.
 * @param wanted the namespace of the service, if the operator names it
 */
export function propose(
  snapshot: Snapshot,
  defaults: Readonly<Record<ContractName, Defaults>>,
  wanted?: string,
): Proposed {
  const findings = new Findings()
  const namespace = namespaceOf(snapshot, defaults[defaultContract].names, wanted, findings)
  const contract = contractOf(snapshot, defaults, namespace, findings)
  const { names, hasMetrics } = defaults[contract]
  findings.propose(
    ['namespace'],
    namespace,
    names.namespace,
    wanted === undefined
      ? findings.questions.some(({ key }) => key === 'namespace')
        ? 'One of several namespaces with a lake, see below.'
        : 'The namespace in which the lake runs.'
      : 'The namespace that was named.',
  )
  const subject: Subject = { snapshot, names, namespace, grafana: grafanaPlace(snapshot, names, namespace) }
  const components = proposeComponents(subject, findings)
  proposeEntries(subject, components, findings)
  proposeStorage(subject, components.get('mysql')?.pods ?? [], findings)
  proposeDelivery(subject, components.get('lake'), findings)
  proposeArgoCdEndpoint(subject, findings)
  proposeSecrets(subject, findings)
  proposeMonitoring(subject, components.get('lake')?.service, hasMetrics, findings)
  proposeDependencies(subject, findings)
  for (const [kind, reason] of snapshot.unread)
    findings.ask(null, `Not all ${kind} are known, so proposals may be missing: ${reason}`)
  return { contract, ...accepted(names, findings) }
}

/** The namespace of the lake: the one that was named, the only one, or the default. */
function namespaceOf(snapshot: Snapshot, names: PlatformNames, wanted: string | undefined, findings: Findings): string {
  if (wanted !== undefined) return wanted
  const places = [...new Set(bestOf(candidatesFor('lake', snapshot)).map(({ service }) => service.metadata.namespace))]
  const [first] = places
  if (places.length > 1)
    findings.ask(
      'namespace',
      'A lake runs in several namespaces. Which one is judged? The keys above are for the namespace that they name; for another one: init --namespace NAMESPACE',
      places,
    )
  if (first === undefined)
    findings.ask('namespace', 'No service looks like the lake of DevLake. In which namespace does it run?')
  return first === undefined || places.includes(names.namespace) ? names.namespace : first
}

/** The contract whose Secrets have the keys that are there; with equally many, the one most of whose other names exist. */
function contractOf(
  snapshot: Snapshot,
  defaults: Readonly<Record<ContractName, Defaults>>,
  namespace: string,
  findings: Findings,
): ContractName {
  const [best, next] = contractNames
    .map((name) => ({ name, ...tracesOf(snapshot, defaults[name].names, namespace) }))
    .sort((one, other) => other.keys.length - one.keys.length || other.names.length - one.names.length)
  if (!best || !next || (best.keys.length === next.keys.length && best.names.length === next.names.length)) {
    if (snapshot.services.some(({ metadata }) => metadata.namespace === namespace))
      findings.ask('contract', 'The objects fit more than one contract. Which service is it?', contractNames)
    return defaultContract
  }
  const traces = [...best.keys, ...best.names].join('; ')
  findings.propose(['contract'], best.name, defaultContract, `Found in ${namespace}: ${traces}.`)
  return best.name
}

/** Keys and names of a contract that a namespace has. */
function tracesOf(snapshot: Snapshot, { secretNames, storage, components }: PlatformNames, namespace: string) {
  const pods = snapshot.pods.filter(({ metadata }) => metadata.namespace === namespace)
  const known = [...secretKeysIn(snapshot, namespace)]
  const hasClaim = pods.some(({ spec }) =>
    spec.volumes.some((one) => one.persistentVolumeClaim?.claimName === storage.claim),
  )
  return {
    keys: Object.values(secretNames).flatMap(({ keys }) => {
      const holder = known.find(([, held]) => keys.every((key) => held.has(key)))
      return holder ? [`the keys ${keys.join(', ')} in the Secret ${holder[0]}`] : []
    }),
    names: [
      ...(hasClaim ? [`the claim ${storage.claim}`] : []),
      ...Object.entries(components).flatMap(([component, { labels }]) =>
        pods.some(({ metadata }) => hasLabels(labels, metadata.labels)) ? [`the labels of ${component}`] : [],
      ),
    ],
  }
}

/**
 * Turns two kinds of proposals into questions: a value that the configuration would refuse, since names of a cluster are data, and
 * one that would ask less than the checklist, since a discovery must not lower what is judged.
 */
export function accepted(names: PlatformNames, { proposals, questions }: Findings): Omit<Proposed, 'contract'> {
  const schema = configurationSchema(names)
  const open = [...questions]
  const withdraw = ({ path, value }: Proposal, why: string) =>
    open.push({ key: path.join('.'), question: why, candidates: [JSON.stringify(value)] })
  const valid = proposals.filter((proposal) => {
    const isValid = schema.safeParse(configurationOf([proposal])).success
    if (!isValid) withdraw(proposal, `The configuration takes no such value. ${proposal.reason}`)
    return isValid
  })
  const { differences } = describeConfiguration(schema.parse(configurationOf(valid)), names, null)
  const kept = valid.filter((proposal) => {
    const less = differences.find(({ key, asked }) => asked !== null && key === proposal.path.join('.'))
    if (less)
      withdraw(
        proposal,
        `${proposal.reason} The checklist asks for ${less.asked}. Change the platform, or set the key and add a waiver.`,
      )
    return !less
  })
  return { proposals: kept, questions: open }
}

/** The configuration that consists of the proposals. */
export function configurationOf(proposals: readonly Proposal[]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const { path, value } of proposals) {
    let place = root
    for (const key of path.slice(0, -1)) {
      const inner = (place[key] ?? {}) as Record<string, unknown>
      place[key] = inner
      place = inner
    }
    place[path.at(-1) ?? ''] = value
  }
  return root
}
