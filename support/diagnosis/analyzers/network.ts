/** Explains connections that nothing answers, and names that nobody tells, by NetworkPolicies that do not allow them. */
import { command, comment } from '../../basis/command'
import { connectionOf, resolutionBy } from '../../basis/connection'
import type { FreshFinding } from '../../basis/finding'
import { type LabelSelector, selects } from '../../basis/label-selector'
import { labelsOf } from '../../basis/labels'
import type { Facts, PodFacts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf } from '../facts/insight'
import type { NetworkPolicy, Peer, PolicyPort } from '../facts/network-policy'
import { podsBehind } from './pods'

type Labels = Readonly<Record<string, string>>

/** One end of a connection. */
interface End {
  readonly namespace: string
  /** The labels of its pods; undefined if they are not known. */
  readonly labels: Labels | undefined
}

/** An answer that may not be known: a policy that may allow a connection is not its obstacle. */
type Answer = boolean | undefined

const anyOf = (answers: readonly Answer[]): Answer =>
  answers.includes(true) ? true : answers.includes(undefined) ? undefined : false
const bothOf = (one: Answer, other: Answer): Answer =>
  one === false || other === false ? false : one === undefined || other === undefined ? undefined : true

export const network: Analyzer = (facts) =>
  (facts.networkPolicies ?? []).length === 0
    ? []
    : facts.names.components.flatMap((component) => [
        ...clientsIn(facts).flatMap((client) => insightInto(client, component, facts)),
        ...insightIntoNames(component, facts),
      ])

type ComponentFacts = Facts['names']['components'][number]

function clientsIn({ names }: Facts): (End & { readonly client: string })[] {
  const components = names.components.map(({ component, namespace = names.namespace, selector }) => ({
    client: component,
    namespace,
    labels: labelsOf(selector),
  }))
  const controller = names.dependencies.find(({ dependency }) => dependency === 'ingressController')?.workloads[0]
  const namespace = controller === undefined ? undefined : /^\w+ ([^/]+)\//.exec(controller)?.[1]
  return [
    ...components,
    { client: 'Prometheus', namespace: names.monitoring.namespace, labels: undefined },
    ...(namespace === undefined ? [] : [{ client: 'ingress controller', namespace, labels: undefined }]),
  ]
}

function insightInto(from: End & { readonly client: string }, to: ComponentFacts, facts: Facts): Insight[] {
  const { namespace = facts.names.namespace, service, selector } = to
  const target = `Service ${namespace}/${service}`
  const object = connectionOf(from.client, target)
  const pods = podsBehind(labelsOf(selector), namespace, facts)
  const clients = from.labels ? podsBehind(from.labels, from.namespace, facts) : []
  const sources: readonly End[] = from.labels ? clients.map(endOf) : [from]
  const obstacles = sources.flatMap((source) => pods.map((pod) => obstaclesBetween(source, pod, service, facts)))
  const [first] = obstacles
  if (!first || obstacles.some(({ length }) => length === 0)) return []
  return [{ object, problem: problemOf(from.client, target, first) }]
}

const endOf = ({ metadata: { namespace, labels } }: PodFacts): End => ({ namespace, labels })

const titles: Readonly<Record<string, string>> = {
  lake: 'the lake',
  ui: 'the UI',
  grafana: 'Grafana',
  mysql: 'the database',
  'ingress controller': 'the ingress controller',
}

function problemOf(client: string, target: string, policies: readonly NetworkPolicy[]): FreshFinding {
  const named = policies.map(({ metadata }) => objectOf('NetworkPolicy', metadata))
  const { namespace = '' } = policies[0]?.metadata ?? {}
  return {
    summary: `${named.join(' and ')} ${named.length > 1 ? 'keep' : 'keeps'} ${titles[client] ?? client} from ${target}.`,
    object: named[0] ?? 'NetworkPolicy',
    expected: `a rule that allows connections of ${titles[client] ?? client} to ${target}`,
    found: 'no such rule in any NetworkPolicy that selects the pods',
    remedy: [
      command`kubectl describe networkpolicy -n ${namespace} ${policies.map(({ metadata }) => metadata.name)}`,
      comment`then add a rule for ${titles[client] ?? client} to one of them: what one policy allows, no other forbids`,
    ],
  }
}

/** A component whose pods may not ask the DNS servers of the cluster finds no other part by its name. */
function insightIntoNames({ component, selector, ...of }: ComponentFacts, facts: Facts): Insight[] {
  const { namespace = facts.names.namespace } = of
  const walls = podsBehind(labelsOf(selector), namespace, facts).map((pod) => {
    const outgoing = selecting(endOf(pod), 'Egress', facts)
    const rules = outgoing.flatMap(({ spec }) => spec.egress ?? [])
    return rules.some((rule) => mayAskDns(rule, facts)) ? [] : outgoing
  })
  const [first] = walls
  if (!first || walls.some(({ length }) => length === 0)) return []
  const client = titles[component] ?? component
  const named = first.map(({ metadata }) => objectOf('NetworkPolicy', metadata))
  return [
    {
      object: resolutionBy(component),
      problem: {
        summary: `The DNS of the cluster cannot be asked by ${client}: ${named.join(' and ')} ${named.length > 1 ? 'let' : 'lets'} no question out to it.`,
        object: named[0] ?? 'NetworkPolicy',
        expected: 'a rule that allows UDP to port 53 of the DNS servers',
        found: 'no such rule in any NetworkPolicy that selects the pods',
        remedy: [
          command`kubectl describe networkpolicy -n ${namespace} ${first.map(({ metadata }) => metadata.name)}`,
          comment`then add a rule to one of them: what one policy allows, no other forbids. A port without a protocol means TCP`,
        ],
      },
    },
  ]
}

/** The namespaces in which DNS servers run, and the ports on which their pods listen: of Kubernetes, and of OpenShift. */
const dns = { namespaces: ['kube-system', 'openshift-dns'], ports: [53, 5353] }

/** False for a rule that surely admits no DNS server. */
function mayAskDns(
  { to, ports }: { readonly to: readonly Peer[]; readonly ports: readonly PolicyPort[] },
  facts: Facts,
) {
  const isServer = ({ ipBlock, namespaceSelector }: Peer) =>
    ipBlock !== undefined ||
    (namespaceSelector !== undefined &&
      dns.namespaces.some((name) => namespaceAdmits(namespaceSelector, name, facts) !== false))
  const isPort = ({ protocol, port, endPort }: PolicyPort) =>
    protocol === 'UDP' && (typeof port !== 'number' || dns.ports.some((one) => one >= port && one <= (endPort ?? port)))
  return (to.length === 0 || to.some(isServer)) && (ports.length === 0 || ports.some(isPort))
}

/** The policies that select one end of a connection and do not allow it; empty if it is allowed, or may be. */
function obstaclesBetween(from: End, pod: PodFacts, service: string, facts: Facts): readonly NetworkPolicy[] {
  const to = endOf(pod)
  const admits = (ports: readonly PolicyPort[]) => portsAdmit(ports, pod, service, facts)
  const incoming = selecting(to, 'Ingress', facts)
  const outgoing = selecting(from, 'Egress', facts)
  const rulesIn = incoming.flatMap(({ metadata, spec }) =>
    (spec.ingress ?? []).map(({ from: peers, ports }) =>
      bothOf(peersAdmit(peers, metadata.namespace, from, facts), admits(ports)),
    ),
  )
  const rulesOut = outgoing.flatMap(({ metadata, spec }) =>
    (spec.egress ?? []).map(({ to: peers, ports }) =>
      bothOf(peersAdmit(peers, metadata.namespace, to, facts), admits(ports)),
    ),
  )
  if (incoming.length > 0 && anyOf(rulesIn) === false) return incoming
  return outgoing.length > 0 && anyOf(rulesOut) === false ? outgoing : []
}

/** The policies that restrict a direction for the pods of an end. Without its labels, none is known to. */
function selecting({ namespace, labels }: End, direction: 'Ingress' | 'Egress', { networkPolicies = [] }: Facts) {
  if (labels === undefined) return []
  return networkPolicies.filter(({ metadata, spec }) => {
    const types = spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]
    return metadata.namespace === namespace && types.includes(direction) && selects(spec.podSelector, labels)
  })
}

/** A rule without peers admits all. */
const peersAdmit = (peers: readonly Peer[], namespace: string, other: End, facts: Facts): Answer =>
  peers.length === 0 || anyOf(peers.map((peer) => peerAdmits(peer, namespace, other, facts)))

function peerAdmits({ ipBlock, podSelector, namespaceSelector }: Peer, own: string, other: End, facts: Facts): Answer {
  // Some networks show a policy the address of a node or a gateway instead of the pod's.
  if (ipBlock) return undefined
  const ofNamespace = namespaceSelector
    ? namespaceAdmits(namespaceSelector, other.namespace, facts)
    : other.namespace === own
  return bothOf(ofNamespace, podSelector ? known(podSelector, other.labels) : true)
}

/** Every namespace has its name as a label. Its other labels may not be known. */
function namespaceAdmits(selector: LabelSelector, name: string, { namespaceLabels = {} }: Facts): Answer {
  const labels = namespaceLabels[name]
  const own = { 'kubernetes.io/metadata.name': name }
  if (labels !== undefined) return selects(selector, { ...labels, ...own })
  const isKnown = (key: string) => key in own
  const decided = {
    matchLabels: Object.fromEntries(Object.entries(selector.matchLabels).filter(([key]) => isKnown(key))),
    matchExpressions: selector.matchExpressions.filter(({ key }) => isKnown(key)),
  }
  if (!selects(decided, own)) return false
  const isWhole =
    Object.keys(selector.matchLabels).every(isKnown) && selector.matchExpressions.every(({ key }) => isKnown(key))
  return isWhole ? true : undefined
}

function known(selector: LabelSelector, labels: Labels | undefined): Answer {
  if (labels !== undefined) return selects(selector, labels)
  const isEmpty = Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0
  return isEmpty ? true : undefined
}

/** A rule without ports admits all. The ports of a policy are those of the pod, to which the Service translates its own. */
function portsAdmit(ports: readonly PolicyPort[], pod: PodFacts, service: string, facts: Facts): Answer {
  if (ports.length === 0) return true
  const targets = facts.endpointSlices
    .filter(
      ({ metadata: { namespace, labels } }) =>
        namespace === pod.metadata.namespace && labels['kubernetes.io/service-name'] === service,
    )
    .flatMap(({ ports }) => ports.flatMap(({ port }) => port ?? []))
  if (targets.length === 0) return undefined
  const declared = pod.spec.containers.flatMap((container) => container.ports)
  const includes = ({ protocol, port, endPort }: PolicyPort, target: number): Answer => {
    if (protocol !== 'TCP') return false
    if (port === undefined) return true
    if (typeof port === 'number') return target >= port && target <= (endPort ?? port)
    return declared.some(({ name, containerPort }) => name === port && containerPort === target)
  }
  return anyOf(targets.flatMap((target) => ports.map((port) => includes(port, target))))
}
