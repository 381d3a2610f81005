/** Section 4: the services of the components, and whether the lake answers through its own. */

import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { excerpt } from '../basis/redaction'
import type { Component } from '../contracts/contract'
import type { EndpointSlice, Service } from '../platform/core-resources'
import { askFromInside } from '../platform/exec'
import { operations } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { ensureMayOpen } from '../platform/streams'

/** 4.1: the service exists, is only reachable inside the cluster, and has the documented port. */
export async function expectService(platform: Platform, component: Component): Promise<void> {
  const { port } = platform.configuration.components[component]
  const { spec, object, remedy } = await serviceOf(platform, component)
  const unmet: Circumstances[] = []
  if (spec.type !== 'ClusterIP')
    unmet.push({
      summary: `${object} is not a ClusterIP.`,
      object,
      expected: 'type ClusterIP',
      found: `type ${spec.type}`,
      remedy,
    })
  if (!spec.ports.some((candidate) => candidate.port === port))
    unmet.push({
      summary: `${object} has no port ${port}.`,
      object,
      expected: `port ${port}`,
      found: spec.ports.map((candidate) => candidate.port).join(', ') || 'no port',
      remedy,
    })
  expectNone(unmet)
}

/** 4.1: somebody ready stands behind the documented port. */
export async function expectReadyEndpoints(platform: Platform, component: Component): Promise<void> {
  const { kubernetes, configuration } = platform
  const { service: name, port } = configuration.components[component]
  const { spec, object } = await serviceOf(platform, component)
  const slices = await kubernetes.endpointSlices(name)
  const portName = spec.ports.find((candidate) => candidate.port === port)?.name ?? ''
  const ready = slices.flatMap((slice) => (hasPort(slice, portName) ? readyIn(slice) : []))
  if (ready.length > 0) {
    await expectOwnPods(platform, component, ready, object)
    return expectListener(platform, component, slices, portName, object)
  }
  const target = spec.ports.find((candidate) => candidate.port === port)?.targetPort
  if (typeof target === 'string' && slices.some((slice) => readyIn(slice).length > 0))
    throw new Unmet({
      summary: `${object} leads to the port ${target}, which no container has.`,
      object,
      expected: 'the number or the name of a port that the containers declare',
      found: `target port ${target}, and pods that are ready`,
      remedy: [`kubectl get service -n ${kubernetes.namespace} ${name} -o yaml`],
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
        : `no pod that its selector (${selectorOf(spec.selector) || 'none'}) finds`,
    remedy: [
      `kubectl get endpointslices -n ${kubernetes.namespace} -l kubernetes.io/service-name=${name}`,
      `kubectl get pods -n ${kubernetes.namespace} -l '${selectorOf(spec.selector)}'`,
      `kubectl describe service -n ${kubernetes.namespace} ${name}`,
    ],
  })
}

/** A selector that is too wide sends a part of the connections to pods that know nothing of them. */
async function expectOwnPods(
  { kubernetes, configuration }: Platform,
  component: Component,
  endpoints: NonNullable<EndpointSlice['endpoints']>,
  object: string,
): Promise<void> {
  const { labels, service } = configuration.components[component]
  const own = new Set((await kubernetes.pods(labels)).map(({ metadata }) => metadata.name))
  const others = endpoints.flatMap(({ targetRef }) => (targetRef?.kind === 'Pod' ? (targetRef.name ?? []) : []))
  const foreign = others.filter((name) => !own.has(name))
  if (foreign.length === 0) return
  throw new Unmet({
    summary: `${object} leads to pods that are not of the ${component}.`,
    object,
    expected: `pods labelled ${selectorOf(labels)}`,
    found: foreign.sort().join(', '),
    remedy: [`kubectl get service -n ${kubernetes.namespace} ${service} -o jsonpath='{.spec.selector}'`],
  })
}

/**
 * A service with the wrong target port has endpoints all the same. The containers say where they listen, where they say so
 * at all: Kubernetes does not ask it of them.
 */
async function expectListener(
  { kubernetes, configuration }: Platform,
  component: Component,
  slices: readonly EndpointSlice[],
  portName: string,
  object: string,
): Promise<void> {
  const pods = await kubernetes.pods(configuration.components[component].labels)
  const declared = new Set(
    pods.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort))),
  )
  const target = slices.flatMap(({ ports }) => ports ?? []).find(({ name }) => (name ?? '') === portName)?.port
  if (declared.size === 0 || typeof target !== 'number' || declared.has(target)) return
  throw new Unmet({
    summary: `${object} leads to port ${target}, on which no container listens.`,
    object,
    expected: `one of the ports that the containers declare: ${[...declared].join(', ')}`,
    found: `target port ${target}`,
    remedy: [`kubectl get service -n ${kubernetes.namespace} ${configuration.components[component].service} -o yaml`],
  })
}

const hasPort = (slice: EndpointSlice, name: string) =>
  (slice.ports ?? []).some((candidate) => (candidate.name ?? '') === name)
const readyIn = (slice: EndpointSlice) => (slice.endpoints ?? []).filter(({ conditions }) => conditions.ready !== false)

export async function serviceOf(
  { kubernetes, configuration }: Platform,
  component: Component,
): Promise<Pick<Service, 'spec' | 'metadata'> & { object: string; remedy: string[] }> {
  const { service: name } = configuration.components[component]
  const object = `Service ${kubernetes.namespace}/${name}`
  const remedy = [`kubectl get service -n ${kubernetes.namespace} ${name} -o yaml`]
  const service = await kubernetes.service(name)
  if (service) return { spec: service.spec, metadata: service.metadata, object, remedy }
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'it exists',
    found: 'none',
    remedy: [`kubectl get services -n ${kubernetes.namespace}`],
  })
}

/** Pods in which a command can be run to look at the service from inside, the nearest to a user's first. */
const insiders: readonly Component[] = ['ui', 'lake', 'grafana']

/** 4.2: what `wget` in a pod of the platform gets from the lake's service. */
export async function expectPongFromInside({ kubernetes, configuration, contract }: Platform): Promise<void> {
  const { service, port } = configuration.components.lake
  const url = `http://${service}:${port}${contract.ping.path}`
  const { namespace } = kubernetes
  await ensureMayOpen(kubernetes, operations.execInPod)
  for (const component of insiders) {
    for (const { metadata, spec, status } of await kubernetes.pods(configuration.components[component].labels)) {
      const [container] = spec.containers
      if (status.phase !== 'Running' || !container) continue
      const where = { namespace, pod: metadata.name, container: container.name }
      const answer = await askFromInside(kubernetes.api, where, url, configuration.deadlines.request)
      if (!answer) continue
      if (answer.ok && contract.ping.isAnswer(answer.stdout)) return
      throw new Unmet({
        summary: `The lake does not answer a ping from inside the cluster.`,
        object: `Service ${namespace}/${service}, asked from pod ${metadata.name}`,
        expected: contract.ping.expected,
        found: answer.ok ? excerpt(answer.stdout, 500) || 'an empty answer' : answer.complaint || 'no answer',
        remedy: [
          `kubectl exec -n ${namespace} ${metadata.name} -- ${answer.command}`,
          `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service}`,
        ],
      })
    }
  }
  throw new Blocked({
    summary: 'No running pod of the service has wget or curl, so nothing can be asked from inside the cluster.',
    object: `pods of ${insiders.join(', ')} in ${namespace}`,
    expected: 'one with wget or curl',
    found: 'none',
    remedy: [`kubectl run -it --rm ping --image=alpine --restart=Never -n ${namespace} -- wget -qO- ${url}`],
  })
}

/** 5.3 */
export async function expectPongByPortForward(platform: Platform): Promise<void> {
  const { configuration, contract, http, kubernetes } = platform
  const { service, port } = configuration.components.lake
  const forward = await platform.routes.forward('lake', { place: 'service', service, port })
  const ask = async () => {
    try {
      return (await http.get(`http://127.0.0.1:${forward.port}${contract.ping.path}`)).body
    } catch (error) {
      if (error instanceof Unmet) return forward.lastError ?? error.finding.found
      throw error
    }
  }
  const body = await ask()
  if (contract.ping.isAnswer(body)) return
  throw new Unmet({
    summary: 'The lake does not answer a ping through a port-forward.',
    object: `Service ${kubernetes.namespace}/${service}`,
    expected: contract.ping.expected,
    found: excerpt(body, 500) || 'an empty answer',
    remedy: [
      `kubectl port-forward -n ${kubernetes.namespace} svc/${service} ${port}:${port}`,
      `curl http://localhost:${port}${contract.ping.path}`,
    ],
  })
}
