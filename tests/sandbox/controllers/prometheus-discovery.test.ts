import type { KubernetesObject, V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { type PortName, type Ports, portNames } from '../../../sandbox/basis/ports'
import type { Cache } from '../../../sandbox/cluster/cluster'
import { Discovery, withTargets } from '../../../sandbox/controllers/prometheus-discovery'

const ports = Object.fromEntries(portNames.map((name: PortName, index) => [name, 20_000 + index])) as Ports

function cacheOf<T extends KubernetesObject>(...objects: readonly T[]): Cache<T> {
  return {
    items: () => objects,
    find: (namespace, name) =>
      objects.find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === name),
    onChange: () => undefined,
    filled: Promise.resolve(),
  }
}

const metadata = (name: string, labels: Record<string, string> = {}, annotations: Record<string, string> = {}) => ({
  name,
  namespace: 'fawkes',
  labels,
  annotations,
})

const service: V1Service = { metadata: metadata('devlake-lake', { 'app.kubernetes.io/component': 'lake' }) }
const pod: V1Pod = {
  metadata: metadata('devlake-lake-0', {}, { 'sandbox/process': 'lake' }),
  spec: {
    containers: [
      {
        name: 'lake',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'debug', containerPort: 6060 },
        ],
      },
    ],
  },
  status: { phase: 'Running', podIP: '10.244.0.7' },
}
const slice: V1EndpointSlice = {
  addressType: 'IPv4',
  metadata: metadata('devlake-lake-x', { 'kubernetes.io/service-name': 'devlake-lake' }),
  endpoints: [
    { addresses: ['10.244.0.7'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'devlake-lake-0' } },
  ],
  ports: [{ name: 'web', port: 8080 }],
}

const discovery = new Discovery({ services: cacheOf(service), slices: cacheOf(slice), pods: cacheOf(pod) }, ports)

describe('the discovery of targets', () => {
  it('finds the ports of the service and the further ports of its containers', () => {
    expect(discovery.targetsIn(['fawkes']).map(({ targets }) => targets)).toEqual([
      ['10.244.0.7:8080'],
      ['10.244.0.7:6060'],
    ])
  })

  it('finds nothing in other namespaces, and everything without any', () => {
    expect(discovery.targetsIn(['monitoring'])).toEqual([])
    expect(discovery.targetsIn([])).toHaveLength(2)
  })

  it('labels a target as Prometheus does, for both roles', () => {
    const [{ labels } = { labels: {} }] = discovery.targetsIn([])
    expect(labels).toMatchObject({
      __meta_kubernetes_namespace: 'fawkes',
      __meta_kubernetes_service_name: 'devlake-lake',
      __meta_kubernetes_service_label_app_kubernetes_io_component: 'lake',
      __meta_kubernetes_service_labelpresent_app_kubernetes_io_component: 'true',
      __meta_kubernetes_endpoint_port_name: 'web',
      __meta_kubernetes_endpointslice_port_name: 'web',
      __meta_kubernetes_pod_name: 'devlake-lake-0',
      __meta_kubernetes_pod_container_name: 'lake',
      __meta_kubernetes_pod_container_port_name: 'http',
    })
  })

  it('gives a port outside the service no name of an endpoint port', () => {
    expect(discovery.targetsIn([])[1]?.labels).not.toHaveProperty('__meta_kubernetes_endpoint_port_name')
  })
})

describe('the configuration for Prometheus', () => {
  const text = `
global: { external_labels: { prometheus_replica: $(POD_NAME) } }
rule_files: [/etc/prometheus/rules/*.yaml]
scrape_configs:
  - job_name: serviceMonitor/monitoring/devlake-metrics/0
    kubernetes_sd_configs: [{ role: endpoints, namespaces: { names: [fawkes] } }]
    relabel_configs: [{ source_labels: [job], target_label: __tmp_prometheus_job_name }]
`

  it('has targets where the operator has a discovery, and keeps the rules of the operator before its own', () => {
    expect(
      withTargets(text, { targetsIn: (namespaces) => [{ targets: ['a:1'], labels: { of: namespaces.join() } }] }),
    ).toEqual({
      global: { external_labels: { prometheus_replica: 'prometheus-kube-prometheus-prometheus-0' } },
      scrape_configs: [
        {
          job_name: 'serviceMonitor/monitoring/devlake-metrics/0',
          static_configs: [{ targets: ['a:1'], labels: { of: 'fawkes' } }],
          relabel_configs: [
            { source_labels: ['job'], target_label: '__tmp_prometheus_job_name' },
            { source_labels: ['instance', '__address__'], regex: ';(.+)', target_label: 'instance' },
            { source_labels: ['__meta_sandbox_listener'], regex: '(.+)', target_label: '__address__' },
          ],
        },
      ],
    })
  })
})
