import type { KubernetesObject, V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { type Ports, portNames } from '../../../sandbox/basis/ports'
import { listenerOf } from '../../../sandbox/cluster/backends'
import type { Cache } from '../../../sandbox/cluster/cluster'
import { resolveService, serviceOfHost } from '../../../sandbox/network/resolution'

function cacheOf<T extends KubernetesObject>(...items: T[]): Cache<T> {
  const find = (namespace: string | undefined, name: string) =>
    items.find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === name)
  return { items: () => items, find, onChange: () => undefined, filled: Promise.resolve() }
}

const ports = Object.fromEntries(portNames.map((name, index) => [name, 20_000 + index])) as Ports
const service: V1Service = {
  metadata: { name: 'devlake-lake', namespace: 'fawkes' },
  spec: { ports: [{ name: 'http', port: 8080 }] },
}
const pod: V1Pod = {
  metadata: { name: 'devlake-lake-0', namespace: 'fawkes', annotations: { 'sandbox/process': 'lake' } },
}
const slice = (ready: boolean, port = 8080): V1EndpointSlice => ({
  addressType: 'IPv4',
  metadata: { name: 'devlake-lake-x', namespace: 'fawkes', labels: { 'kubernetes.io/service-name': 'devlake-lake' } },
  ports: [{ name: 'http', port }],
  endpoints: [{ addresses: ['10.244.0.2'], conditions: { ready }, targetRef: { kind: 'Pod', name: 'devlake-lake-0' } }],
})

const resolve = (slices: V1EndpointSlice[], name = 'devlake-lake', port: number | string = 8080) =>
  resolveService(
    { services: cacheOf(service), slices: cacheOf(...slices), pods: cacheOf(pod) },
    ports,
    'fawkes',
    name,
    port,
  )

describe('a service of the sandbox', () => {
  it('resolves to the process behind its ready endpoint, by number or name of the port', () => {
    expect(resolve([slice(true)])).toEqual({ port: ports.lakePod })
    expect(resolve([slice(true)], 'devlake-lake', 'http')).toEqual({ port: ports.lakePod })
  })

  it('refuses connections without ready endpoints, on another port, or if nothing listens on the target port', () => {
    for (const refused of [
      resolve([]),
      resolve([slice(false)]),
      resolve([slice(true)], 'devlake-lake', 9999),
      resolve([slice(true, 8081)]),
    ]) {
      expect(refused).toMatchObject({ failure: 'refused' })
    }
  })

  it('that does not exist is unknown', () => {
    expect(resolve([slice(true)], 'devlake-nope')).toMatchObject({ failure: 'unknown' })
  })
})

describe('a foreign process behind a pod', () => {
  const listens = (text: string) => listenerOf({ 'sandbox/listens': text }, ports)

  it('is named with its ports and the path of its readiness probe', () => {
    expect(listens('8080=40123/ready')).toEqual({ containerPort: 8080, port: 40_123, readinessPath: '/ready' })
    expect(listens('3306=40124')).toEqual({ containerPort: 3306, port: 40_124 })
  })

  it('does not exist if the annotation is missing or malformed', () => {
    for (const text of ['', '8080', '8080=', 'http=40123', '8080=40123 /ready']) expect(listens(text)).toBeUndefined()
    expect(listenerOf(undefined, ports)).toBeUndefined()
  })

  it('receives the connections to its service', () => {
    const other = { ...pod, metadata: { ...pod.metadata, annotations: { 'sandbox/listens': '8080=40123/ready' } } }
    const directory = { services: cacheOf(service), slices: cacheOf(slice(true)), pods: cacheOf<V1Pod>(other) }
    expect(resolveService(directory, ports, 'fawkes', 'devlake-lake', 8080)).toEqual({ port: 40_123 })
  })
})

describe('the name of a service', () => {
  it.each([
    ['devlake-lake', 'fawkes'],
    ['devlake-lake.monitoring', 'monitoring'],
    ['devlake-lake.monitoring.svc', 'monitoring'],
    ['devlake-lake.monitoring.svc.cluster.local', 'monitoring'],
    ['devlake-lake.monitoring.svc.cluster.local.', 'monitoring'],
  ])('%s refers to the one in %s', (host, namespace) => {
    expect(serviceOfHost(host, 'fawkes')).toEqual({ name: 'devlake-lake', namespace })
  })

  it('is not an internet host name', () => {
    expect(serviceOfHost('www.example.com', 'fawkes')).toBeUndefined()
  })
})
