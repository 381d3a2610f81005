/** Section 4, endpoints: checks that a service leads to the ready pods of its component. */

import { command, comment } from '../basis/command'
import { isBackedByReadyPod } from '../basis/endpoints'
import { Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import type { Component } from '../contracts/contract'
import type { EndpointSlice, Pod } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { runningContainersOf } from '../platform/running-containers'
import { placed } from './placed'
import { serviceOf } from './services'

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

/** A service, as findings name it, and the pods of its component. */
interface Behind {
  readonly object: string
  readonly pods: readonly Pod[]
}

/** 4.1: checks that the documented port has ready endpoints, which are pods of the component that listen on it. */
export async function expectReadyEndpoints(platform: Platform, component: Component): Promise<void> {
  const { kubernetes, configuration } = placed(platform, component)
  const { labels, service: name, port } = configuration.components[component]
  const { spec, object } = await serviceOf(platform, component)
  const slices = (await kubernetes.endpointSlices(name)).filter(({ metadata }) => !metadata.deletionTimestamp)
  const portName = spec.ports.find((candidate) => candidate.port === port)?.name ?? ''
  const ready = slices.flatMap((slice) => (hasPort(slice, portName) ? readyIn(slice) : []))
  if (ready.length > 0) {
    const pods = await kubernetes.pods(labels)
    expectOwnPods(platform, component, ready, { object, pods })
    expectKept(platform, component, spec.selector, slices)
    if (spec.internalTrafficPolicy === 'Local')
      await expectReachedByClients(platform, component, ready, { object, pods })
    // A name without an address of its own leads to the pods themselves, and no proxy translates the port.
    const isHeadless = spec.clusterIP === 'None'
    const led = slices.flatMap((slice) =>
      (slice.ports ?? []).flatMap(({ name, port: target }) =>
        (name ?? '') === portName && target
          ? readyIn(slice).map((endpoint): Led => ({ endpoint, target: isHeadless ? port : target }))
          : [],
      ),
    )
    return expectDeclaredPort(platform, component, led, { object, pods, isHeadless })
  }
  const target = spec.ports.find((candidate) => candidate.port === port)?.targetPort
  if (typeof target === 'string' && slices.some((slice) => readyIn(slice).length > 0))
    throw new Unmet({
      summary: `${object} targets the port ${target}, which no container has.`,
      object,
      expected: 'the number or name of a port that the containers declare',
      found: `target port ${target}, although pods are ready`,
      remedy: [command`kubectl get service -n ${kubernetes.namespace} ${name} -o yaml`],
    })
  const unready = slices.flatMap(({ endpoints }) => endpoints ?? []).length
  throw new Unmet({
    summary: `${object} has no ready endpoints.`,
    object,
    reliesOn: [object],
    expected: `at least one ready endpoint for port ${port}`,
    found:
      unready > 0
        ? `${unready} endpoints, none of them ready`
        : `no pod that matches its selector (${selectorOf(spec.selector) || 'empty'})`,
    remedy: [
      command`kubectl get endpointslices -n ${kubernetes.namespace} -l kubernetes.io/service-name=${name}`,
      command`kubectl get pods -n ${kubernetes.namespace} -l '${selectorOf(spec.selector)}'`,
      command`kubectl describe service -n ${kubernetes.namespace} ${name}`,
    ],
  })
}

/** Checks that all endpoints are pods of the component: kube-proxy sends connections to every ready endpoint, whoever wrote it. */
function expectOwnPods(
  platform: Platform,
  component: Component,
  endpoints: readonly Endpoint[],
  { object, pods }: Behind,
): void {
  const { kubernetes, configuration } = placed(platform, component)
  const { labels, service } = configuration.components[component]
  const foreign = endpoints.filter((endpoint) => !pods.some((pod) => isEndpointOf(endpoint, pod)))
  if (foreign.length === 0) return
  const named = foreign.every(({ targetRef }) => targetRef?.kind === 'Pod')
  throw new Unmet({
    summary: named
      ? `${object} sends connections to pods that do not belong to the ${component}.`
      : `${object} sends connections to addresses that belong to no pod of the ${component}.`,
    object,
    expected: `endpoints that are pods labelled ${selectorOf(labels)}`,
    found: foreign
      .map(({ addresses, targetRef }) => [targetRef?.name, `(${addresses.join(', ')})`].filter(Boolean).join(' '))
      .sort()
      .join(', '),
    remedy: [
      command`kubectl get service -n ${kubernetes.namespace} ${service} -o jsonpath='{.spec.selector}'`,
      command`kubectl get endpointslices -n ${kubernetes.namespace} -l kubernetes.io/service-name=${service} -o yaml`,
      comment`a slice without the label endpointslice.kubernetes.io/managed-by was made by hand: delete it`,
    ],
  })
}

/** The label by which an EndpointSlice names its controller, and the one of Kubernetes, which follows the selector of the service. */
const managedBy = 'endpointslice.kubernetes.io/managed-by'
const ofSelector = 'endpointslice-controller.k8s.io'

/**
 * Checks that the endpoints follow the pods. Without a selector, Kubernetes leaves those that it once wrote as they are. Those of
 * another controller, such as the one that mirrors Endpoints, are its own business.
 */
function expectKept(
  platform: Platform,
  component: Component,
  selector: Readonly<Record<string, string>>,
  slices: readonly EndpointSlice[],
): void {
  const { kubernetes, configuration } = placed(platform, component)
  const { labels, service } = configuration.components[component]
  const { namespace } = kubernetes
  const left = slices.filter(({ metadata }) => (metadata.labels[managedBy] ?? ofSelector) === ofSelector)
  if (Object.keys(selector).length > 0 || left.length === 0) return
  const object = `Service ${namespace}/${service}`
  throw new Unmet({
    summary: `${object} has no selector, so nobody updates its endpoints when its pods change.`,
    object,
    explainsNothing: true,
    expected: `a selector that matches the pods labelled ${selectorOf(labels)}`,
    found: `no spec.selector, but ${left.map(({ metadata }) => `EndpointSlice ${metadata.name}`).join(', ')}`,
    remedy: [
      command`kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service} -o yaml`,
      command`kubectl patch service -n ${namespace} ${service} --type merge -p '${JSON.stringify({ spec: { selector: labels } })}'`,
    ],
  })
}

/** An endpoint belongs to a pod by its reference, and by its address as far as the pod has one. */
function isEndpointOf({ addresses, targetRef }: Endpoint, { metadata, status }: Pod): boolean {
  const ips = status.podIPs.map(({ ip }) => ip)
  const isAddressed = addresses.length > 0 && addresses.every((address) => ips.includes(address))
  if (targetRef === undefined) return isAddressed
  return targetRef.kind === 'Pod' && targetRef.name === metadata.name && (ips.length === 0 || isAddressed)
}

/** The ports that the containers of a pod declare, those of sidecars included. */
export const portsOf = (pod: Pod) => runningContainersOf(pod).flatMap(({ ports }) => ports)

/** The components whose pods use the service of a component. Ingress controllers and Prometheus connect to its pods. */
const clientsOf: Readonly<Record<Component, readonly Component[]>> = {
  mysql: ['lake', 'grafana'],
  lake: ['ui'],
  ui: [],
  grafana: [],
}

/** Checks that each client has an endpoint on its own node. With the internal traffic policy Local it reaches no other one. */
async function expectReachedByClients(
  platform: Platform,
  component: Component,
  endpoints: readonly Endpoint[],
  { object, pods }: Behind,
): Promise<void> {
  const { kubernetes, configuration } = placed(platform, component)
  const { service } = configuration.components[component]
  const behind = pods.filter((pod) => endpoints.some((one) => isEndpointOf(one, pod)))
  const nodes = [...new Set(behind.flatMap(({ spec }) => spec.nodeName ?? []))]
  for (const client of clientsOf[component]) {
    const clients = await placed(platform, client).kubernetes.pods(configuration.components[client].labels)
    const apart = clients.find(
      ({ metadata, spec, status }) =>
        status.phase === 'Running' &&
        !metadata.deletionTimestamp &&
        spec.nodeName !== undefined &&
        !nodes.includes(spec.nodeName),
    )
    if (!apart) continue
    const { namespace } = kubernetes
    const patch = JSON.stringify({ spec: { internalTrafficPolicy: 'Cluster' } })
    throw new Unmet({
      summary: `${object} leads only to pods on the same node as its client, and the ${client} runs on ${apart.spec.nodeName}, which has none.`,
      object,
      expected: 'the internal traffic policy Cluster, or a pod on the node of each client',
      found: `spec.internalTrafficPolicy Local, ready pods on ${nodes.join(', ') || 'no known node'}`,
      remedy: [
        command`kubectl get pods -n ${namespace} -o wide`,
        command`kubectl patch service -n ${namespace} ${service} --type merge -p '${patch}'`,
      ],
    })
  }
}

/** A ready endpoint of the documented port, and the port of the pod to which it leads. */
interface Led {
  readonly endpoint: Endpoint
  readonly target: number
}

/**
 * Checks that each pod declares the port to which the service leads: with a wrong target port, or with a pod that serves something
 * else, it still has endpoints. A container without a declared port, which Kubernetes allows, may listen on any.
 */
function expectDeclaredPort(
  platform: Platform,
  component: Component,
  led: readonly Led[],
  { object, pods, isHeadless }: Behind & { readonly isHeadless: boolean },
): void {
  const { kubernetes, configuration } = placed(platform, component)
  const { namespace } = kubernetes
  const { labels, service } = configuration.components[component]
  const astray = led.flatMap(({ endpoint, target }) => {
    const pod = pods.find((one) => isEndpointOf(endpoint, one))
    const isDeclared = pod?.spec.containers.every(({ ports }) => ports.length > 0)
    return pod && isDeclared && !portsOf(pod).some(({ containerPort }) => containerPort === target)
      ? [{ pod, target }]
      : []
  })
  const [first] = astray
  if (!first) return
  const { pod, target } = first
  const container = astray.length < led.length ? `container of Pod ${namespace}/${pod.metadata.name}` : 'container'
  throw new Unmet({
    summary: `${object} ${isHeadless ? 'is headless and leads to' : 'targets'} port ${target}, on which no ${container} listens.`,
    object,
    expected: `one of the ports that the containers declare: ${portsOf(pod)
      .map(({ containerPort }) => containerPort)
      .join(', ')}`,
    found: isHeadless ? `clusterIP None, port ${target}` : `target port ${target}`,
    remedy: [
      command`kubectl get service -n ${namespace} ${service} -o yaml`,
      command`kubectl get pods -n ${namespace} -l '${selectorOf(labels)}' --show-labels`,
    ],
  })
}

const hasPort = (slice: EndpointSlice, name: string) =>
  (slice.ports ?? []).some((candidate) => (candidate.name ?? '') === name)

const readyIn = (slice: EndpointSlice) =>
  (slice.endpoints ?? []).filter(({ conditions }) => isBackedByReadyPod(conditions))
