/** NetworkPolicies as the causes of connections that nothing answers, and only where they do not allow them. */
import { describe, expect, it } from 'vitest'
import { connectionOf, isTimeout } from '../../../support/basis/connection'
import type { Finding } from '../../../support/basis/finding'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import { type Facts, factSchemas } from '../../../support/diagnosis/facts/facts'
import * as saved from '../../fixtures/facts'

const namespace = 'fawkes'
const mysql = { matchLabels: { component: 'mysql' } }
const policy = (spec: object, name = 'wall') =>
  factSchemas.networkPolicy.parse({ metadata: { name, namespace }, spec: { podSelector: mysql, ...spec } })

const slice = (service: string, port: number) =>
  factSchemas.endpointSlice.parse({
    metadata: { name: `${service}-x`, namespace, labels: { 'kubernetes.io/service-name': service } },
    ports: [{ port }],
    endpoints: [{ conditions: { ready: true } }],
  })
const endpointSlices = [slice('devlake-mysql', 3306), slice('devlake-lake', 8080), slice('devlake-grafana', 3000)]
const { names } = saved.facts()
const dependencies = [
  { dependency: 'ingressController', selector: 'x=y', workloads: ['Deployment ingress-nginx/controller'] },
]

function causeOf(client: string, service: string, given: Partial<Facts>): Finding {
  const object = `Service ${namespace}/${service}`
  const timeout = {
    ...{ summary: 'No answer.', object: 'the request', expected: 'an answer', found: 'i/o timeout', remedy: [] },
    reliesOn: [object, connectionOf(client, object)],
  }
  const facts = saved.facts({ endpointSlices, names: { ...names, dependencies }, ...given })
  return new Diagnosis(facts, [timeout]).causeOf(timeout)
}

const fromLake = { podSelector: { matchLabels: { component: 'lake' } } }
const ofTeam = { namespaceSelector: { matchLabels: { team: 'platform' } } }
const lakeOnly = { podSelector: { matchLabels: { component: 'lake' } } }

describe('a NetworkPolicy is the cause', () => {
  it.each<[string, string, string, object, Partial<Facts>?]>([
    ['that admits nobody', 'lake', 'devlake-mysql', {}],
    ['that admits other pods', 'grafana', 'devlake-mysql', { ingress: [{ from: [fromLake] }] }],
    [
      'that admits the port of another program',
      'lake',
      'devlake-mysql',
      { ingress: [{ from: [fromLake], ports: [{ port: 33060 }] }] },
    ],
    [
      'that admits another protocol',
      'lake',
      'devlake-mysql',
      { ingress: [{ ports: [{ protocol: 'UDP', port: 3306 }] }] },
    ],
    [
      'that admits the namespace of others',
      'lake',
      'devlake-mysql',
      { ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'jenkins' } } }] }] },
    ],
    ['that lets nothing out', 'lake', 'devlake-mysql', { ...lakeOnly, policyTypes: ['Egress'] }],
    [
      'that lets out to another port',
      'lake',
      'devlake-mysql',
      { ...lakeOnly, policyTypes: ['Egress'], egress: [{ ports: [{ port: 443 }] }] },
    ],
    [
      'that keeps pods of other namespaces out, Prometheus among them',
      'Prometheus',
      'devlake-lake',
      { ...lakeOnly, ingress: [{ from: [{ podSelector: {} }] }] },
    ],
    [
      'that admits labels that the namespace of Prometheus lacks',
      'Prometheus',
      'devlake-lake',
      { ...lakeOnly, ingress: [{ from: [ofTeam] }] },
      { namespaceLabels: { monitoring: {} } },
    ],
    [
      'that admits the namespace of another controller',
      'ingress controller',
      'devlake-grafana',
      {
        podSelector: {},
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } }] }],
      },
    ],
  ])('%s', (_, client, service, spec, given = {}) => {
    const cause = causeOf(client, service, { networkPolicies: [policy(spec)], ...given })
    expect(cause).toMatchObject({ object: 'NetworkPolicy fawkes/wall' })
    expect(cause.summary).toContain(`from Service fawkes/${service}.`)
    expect(cause.remedy[0]).toBe('kubectl describe networkpolicy -n fawkes wall')
  })

  it('together with others that select the same pods', () => {
    const networkPolicies = [policy({}), policy({ ingress: [{ from: [fromLake] }] }, 'lake-only')]
    expect(causeOf('grafana', 'devlake-mysql', { networkPolicies }).summary).toBe(
      'NetworkPolicy fawkes/wall and NetworkPolicy fawkes/lake-only keep Grafana from Service fawkes/devlake-mysql.',
    )
  })

  it('of a target that Prometheus cannot reach in time', () => {
    const networkPolicies = [policy(lakeOnly)]
    const object = 'Prometheus target devlake-metrics'
    const causeOf = (lastError: string) =>
      new Diagnosis(saved.facts({ endpointSlices, networkPolicies, targets: [saved.target(lastError)] }), []).causeOf({
        ...{ summary: 'It is down.', object, expected: 'up', found: 'down', remedy: [], reliesOn: [object] },
      })
    expect(causeOf('Get "http://10.0.0.8:8080/metrics": context deadline exceeded').object).toBe(
      'NetworkPolicy fawkes/wall',
    )
    expect(causeOf('connect: connection refused').object).toBe(object)
  })

  it('of a lake that does not start for want of the database', () => {
    const given = {
      endpointSlices,
      networkPolicies: [policy({})],
      pods: saved.podsWith(saved.stopped('lake', { waiting: { reason: 'CrashLoopBackOff' } })),
    }
    const causeWith = (line: string) => {
      const facts = saved.facts({ ...given, logs: [saved.log('lake', false, line)] })
      const object = 'Pod fawkes/devlake-lake-0'
      return new Diagnosis(facts, []).causeOf({
        summary: '',
        object,
        expected: '',
        found: '',
        remedy: [],
        reliesOn: [object],
      })
    }
    expect(causeWith('dial tcp 10.0.0.9:3306: i/o timeout').object).toBe('NetworkPolicy fawkes/wall')
    expect(causeWith('dial tcp 10.0.0.9:3306: connect: connection refused').object).toBe('Pod fawkes/devlake-lake-0')
  })
})

describe('a NetworkPolicy that lets no question out to the DNS of the cluster', () => {
  const egress = (...rules: readonly object[]) => [policy({ ...lakeOnly, policyTypes: ['Egress'], egress: rules })]
  const toDatabase = { to: [{ podSelector: mysql }], ports: [{ port: 3306 }] }
  const inKubeSystem = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }
  const unresolved = 'dial tcp: lookup devlake-mysql on 10.96.0.10:53: read udp 10.0.0.1:1->10.96.0.10:53: i/o timeout'

  function causeWith(rules: readonly object[], line = unresolved): Finding {
    const object = 'Pod fawkes/devlake-lake-0'
    const facts = saved.facts({
      endpointSlices,
      networkPolicies: egress(...rules),
      pods: saved.podsWith(saved.stopped('lake', { waiting: { reason: 'CrashLoopBackOff' } })),
      logs: [saved.log('lake', false, line)],
    })
    const crashed = { summary: '', object, expected: '', found: '', remedy: [], reliesOn: [object] }
    return new Diagnosis(facts, []).causeOf(crashed)
  }

  it.each<[string, readonly object[], string?]>([
    ['at all', [toDatabase]],
    ['over UDP, because a port without a protocol means TCP', [toDatabase, { ports: [{ port: 53 }] }]],
    [
      'in its namespace',
      [toDatabase, { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'x' } } }] }],
    ],
    [
      'in the words of the C library',
      [toDatabase],
      'mysql: lookup of devlake-mysql: Temporary failure in name resolution',
    ],
    [
      'in the words of the MySQL client',
      [toDatabase],
      "Unknown MySQL server host 'devlake-mysql' (Temporary failure in name resolution)",
    ],
  ])('is the cause of names that are not found: %s', (_, rules, line) => {
    const { object, summary } = causeWith(rules, line)
    expect(object).toBe('NetworkPolicy fawkes/wall')
    expect(summary).toBe(
      'The DNS of the cluster cannot be asked by the lake: NetworkPolicy fawkes/wall lets no question out to it.',
    )
  })

  it.each<[string, readonly object[], string?]>([
    ['if it admits the port', [toDatabase, { ports: [{ port: 53, protocol: 'UDP' }] }]],
    ['if it admits the servers', [toDatabase, { to: [inKubeSystem], ports: [{ port: 53, protocol: 'UDP' }] }]],
    ['if it may admit the servers', [toDatabase, { to: [{ namespaceSelector: { matchLabels: { dns: 'yes' } } }] }]],
    ['if it admits addresses', [toDatabase, { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }] }]],
    ['of a connection that is refused', [toDatabase], 'dial tcp 10.0.0.9:3306: connect: connection refused'],
    ['of a Service that does not exist', [toDatabase], 'dial tcp: lookup devlake-mysql on 10.96.0.10:53: no such host'],
  ])('is not the cause %s', (_, rules, line) => {
    expect(causeWith(rules, line).object).toBe('Pod fawkes/devlake-lake-0')
  })
})

describe('a NetworkPolicy is not the cause', () => {
  it.each<[string, string, string, readonly object[], Partial<Facts>?]>([
    ['that selects other pods', 'lake', 'devlake-mysql', [{ podSelector: { matchLabels: { component: 'jenkins' } } }]],
    ['that admits all', 'lake', 'devlake-mysql', [{ ingress: [{}] }]],
    ['that admits the pods', 'lake', 'devlake-mysql', [{ ingress: [{ from: [fromLake], ports: [{ port: 3306 }] }] }]],
    [
      'that admits a range of ports',
      'lake',
      'devlake-mysql',
      [{ ingress: [{ ports: [{ port: 3000, endPort: 4000 }] }] }],
    ],
    ['beside one that admits the pods', 'lake', 'devlake-mysql', [{}, { ingress: [{ from: [fromLake] }] }]],
    ['that restricts the other direction', 'lake', 'devlake-mysql', [{ policyTypes: ['Egress'] }]],
    [
      'that admits addresses, which may be those of the pods',
      'lake',
      'devlake-mysql',
      [{ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }],
    ],
    [
      'that admits labels of pods that nobody has read',
      'Prometheus',
      'devlake-lake',
      [{ ...lakeOnly, ingress: [{ from: [{ namespaceSelector: {}, podSelector: mysql }] }] }],
    ],
    [
      'that admits labels of a namespace that nobody may read',
      'Prometheus',
      'devlake-lake',
      [{ ...lakeOnly, ingress: [{ from: [ofTeam] }] }],
    ],
    [
      'that admits the namespace of Prometheus',
      'Prometheus',
      'devlake-lake',
      [{ ...lakeOnly, ingress: [{ from: [ofTeam] }] }],
      { namespaceLabels: { monitoring: { team: 'platform' } } },
    ],
    [
      'that admits a named port',
      'lake',
      'devlake-mysql',
      [{ ingress: [{ ports: [{ port: 'mysql' }] }] }],
      {
        pods: saved.podsWith(
          saved.pod('mysql', {}, { containers: [{ name: 'mysql', ports: [{ name: 'mysql', containerPort: 3306 }] }] }),
        ),
      },
    ],
    [
      'that names a port while the ports of the Service are not known',
      'lake',
      'devlake-mysql',
      [{ ingress: [{ ports: [{ port: 1 }] }] }],
      { endpointSlices: [] },
    ],
    [
      'of a controller whose namespace is not known',
      'ingress controller',
      'devlake-lake',
      [{ podSelector: {} }],
      { names },
    ],
  ])('%s', (_, client, service, specs, given = {}) => {
    const networkPolicies = specs.map((spec, index) => policy(spec, `wall-${index}`))
    expect(causeOf(client, service, { networkPolicies, ...given }).summary).toBe('No answer.')
  })

  it('of an answer that did not time out', () => {
    for (const said of [
      'i/o timeout',
      'context deadline exceeded',
      'connect ETIMEDOUT 10.0.0.9:3306',
      'Connection timed out',
    ])
      expect(isTimeout(said)).toBe(true)
    for (const said of ['connection refused', 'no such host', 'EOF', '']) expect(isTimeout(said)).toBe(false)
  })
})
