/** Proposals for the parts of the service in its namespace: components, storage and Secrets. */
import { type Component, components, type PlatformNames } from '../contracts/contract'
import { bestOf, type Candidate, candidatesFor, hasLabels, ownGrafana } from './components'
import { type Findings, inWords, onlyOf } from './proposal'
import type { Found, Snapshot } from './snapshot'

type Pod = Found<'pods'>

/** The namespace that is proposed for, the names that are its defaults, and what the cluster has. */
export interface Subject {
  readonly snapshot: Snapshot
  readonly names: PlatformNames
  readonly namespace: string
  /** The namespace of Grafana, which may be another one. */
  readonly grafana: string
}

/** Finds the namespace of the service's Grafana: that of the service if it has one, else the only other one that is known as its own. */
export function grafanaPlace(snapshot: Snapshot, { components }: PlatformNames, namespace: string): string {
  if (bestOf(candidatesFor('grafana', snapshot, namespace)).length > 0) return namespace
  const others = bestOf(candidatesFor('grafana', snapshot)).filter(
    ({ service, pods }) =>
      service.metadata.name === components.grafana.service ||
      pods.some(({ spec }) => spec.containers.some(({ image }) => ownGrafana.test(image))),
  )
  return onlyOf([...new Set(others.map(({ service }) => service.metadata.namespace))]) ?? namespace
}

const named = ({ service: { metadata, spec } }: Candidate) =>
  `${metadata.name} (${spec.ports.map(({ port }) => port).join(', ') || 'no port'})`

/** Proposes labels, service and port of each component. Returns the pods of those that are decided. */
export function proposeComponents(subject: Subject, findings: Findings) {
  const { snapshot, names } = subject
  const decided = new Map<Component, Candidate>()
  findings.propose(
    ['grafana', 'namespace'],
    subject.grafana,
    subject.namespace,
    `The Grafana of the service runs there, and none in ${subject.namespace}.`,
  )
  for (const component of components) {
    const namespace = component === 'grafana' ? subject.grafana : subject.namespace
    const candidates = candidatesFor(component, snapshot, namespace)
    const best = bestOf(candidates)
    const [only] = best
    const fallback = names.components[component]
    const chosen = best.length === 1 ? only : best.find(({ service }) => service.metadata.name === fallback.service)
    if (chosen) {
      decided.set(component, chosen)
      proposeComponent(component, chosen, { ...subject, namespace }, findings)
    } else if (component === 'mysql' && best.length === 0) proposeDatabase(subject, findings)
    else
      findings.ask(
        `components.${component}.service`,
        best.length === 0
          ? `No service in ${namespace} has the labels or the pods of ${component}. Which one is it?${elsewhere(component, snapshot, namespace)}`
          : `Several services in ${namespace} look like ${component}. Which one is it?`,
        (best.length > 0 ? best : candidates).map(named),
      )
  }
  return decided
}

/** A sentence about the component in other namespaces; empty if there is none. */
function elsewhere(component: Component, snapshot: Snapshot, namespace: string): string {
  const others = bestOf(candidatesFor(component, snapshot)).map(({ service }) => service)
  const named = others.filter(({ metadata }) => metadata.namespace !== namespace).map(inWords)
  return named.length === 0
    ? ''
    : component === 'grafana'
      ? ` There is ${named.slice(0, mostNamed).join(', ')}: if it is that of the service, set grafana.namespace.`
      : ` There is ${named.slice(0, mostNamed).join(', ')}, but each component is judged in the namespace of the service.`
}

/** A sentence names at most this many objects. */
const mostNamed = 3

function proposeComponent(
  component: Component,
  { service: { metadata, spec }, pods, signs }: Candidate,
  { snapshot, names, namespace }: Subject,
  findings: Findings,
): void {
  const fallback = names.components[component]
  const path = ['components', component]
  findings.propose(
    [...path, 'service'],
    metadata.name,
    fallback.service,
    `The service of ${component}, by ${signs.join(', ')}.`,
  )
  const byDefault = snapshot.pods.filter(
    (pod) => pod.metadata.namespace === namespace && hasLabels(fallback.labels, pod.metadata.labels),
  )
  const isSame = pods.length > 0 && pods.length === byDefault.length && pods.every((pod) => byDefault.includes(pod))
  // Without pods, a selector that asks for fewer of the same labels says nothing against the default.
  const mayBeSame = pods.length === 0 && hasLabels(spec.selector, fallback.labels)
  if (!isSame && !mayBeSame)
    findings.propose(
      [...path, 'labels'],
      spec.selector,
      fallback.labels,
      `The selector of the service ${metadata.name}; the default labels select ${byDefault.length} pods there.`,
    )
  const ports = spec.ports.map(({ port }) => port)
  const [only] = ports
  if (ports.includes(fallback.port) || only === undefined) return
  if (ports.length === 1)
    findings.propose([...path, 'port'], only, fallback.port, `The only port of the service ${metadata.name}.`)
  else
    findings.ask(
      `components.${component}.port`,
      `The service ${metadata.name} has no port ${fallback.port}. Which of its ports serves ${component}?`,
      spec.ports.map(({ name, port }) => `${port}${name ? ` (${name})` : ''}`),
    )
}

/** A database without pods here is one outside the cluster. */
function proposeDatabase({ snapshot, names, namespace }: Subject, findings: Findings): void {
  const aliases = snapshot.services.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.externalName !== undefined &&
      (/mysql|maria|db|database/.test(metadata.name) ||
        spec.ports.some(({ port }) => port === names.components.mysql.port)),
  )
  const [alias] = aliases
  if (alias?.spec.externalName && aliases.length === 1) {
    const why = `No pod here runs MySQL, and the service ${alias.metadata.name} is an alias of this host.`
    findings.propose(['database', 'host'], alias.spec.externalName, undefined, why)
    const [first] = alias.spec.ports
    if (first && alias.spec.ports.length === 1)
      findings.propose(['database', 'port'], first.port, names.components.mysql.port, `The port of that service.`)
    findings.propose(['absent', 'mysql'], `the database is at ${alias.spec.externalName}`, undefined, why)
  } else
    findings.ask(
      'database.host',
      `No service in ${namespace} selects pods that run MySQL. On which host is the database?`,
      [
        ...aliases.map(({ spec }) => spec.externalName ?? ''),
        ...candidatesFor('mysql', snapshot, namespace).map(named),
      ],
    )
}

/** Proposes the claim that the pods of the database use. */
export function proposeStorage({ names }: Subject, pods: readonly Pod[], findings: Findings): void {
  const claims = [
    ...new Set(
      pods.flatMap(({ spec }) => spec.volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? [])),
    ),
  ]
  const [only] = claims
  if (claims.length === 1 && only)
    findings.propose(['storage', 'claim'], only, names.storage.claim, 'The claim that the pod of the database uses.')
  else if (claims.length > 1 && !claims.includes(names.storage.claim))
    findings.ask('storage.claim', 'The pods of the database use several claims. Which one holds its data?', claims)
}
