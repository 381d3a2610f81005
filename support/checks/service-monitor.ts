/** Section 10, ServiceMonitor: checks that it selects the lake, and that a Prometheus that is attended to selects it. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectData, expectNone, Unmet, unlessBlocked } from '../basis/expectation'
import { labelsToFit, selects } from '../basis/label-selector'
import { serviceMonitorNames } from '../configuration/service-monitor'
import type { PrometheusObject, ServiceMonitor } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { askedPrometheuses } from './asked-prometheus'
import { serviceMonitorCandidates } from './candidates'
import { portsOf } from './endpoints'
import { expectAlive, lifecycleProblems, missing } from './lifecycle'
import { unwatchedProblems } from './prometheus-assignment'
import { serviceOf } from './services'

/** 10.2: checks that the ServiceMonitor exists, and returns it. */
export async function expectServiceMonitor(platform: Platform): Promise<ServiceMonitor> {
  const { kubernetes, configuration } = platform
  const { namespace, name } = serviceMonitorNames(configuration)
  const found = await kubernetes.serviceMonitor(name)
  if (found) {
    expectAlive('ServiceMonitor', found)
    return found
  }
  const object = `ServiceMonitor ${namespace}/${name}`
  throw missing(object, [
    ...(await serviceMonitorCandidates(platform)),
    command`kubectl apply -f platform/apps/devlake/servicemonitor-devlake.yaml`,
    command`kubectl get servicemonitor -n ${namespace}`,
  ])
}

/** 10.1: checks that the selectors and the port of the ServiceMonitor match the deployed service of the lake. */
export async function expectSelectsLake(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const { namespace, name } = serviceMonitorNames(configuration)
  const { spec } = await expectServiceMonitor(platform)
  const { service: serviceName } = configuration.components.lake
  const service = await serviceOf(platform, 'lake')
  const object = `ServiceMonitor ${namespace}/${name}`
  const remedy = [
    command`kubectl get servicemonitor -n ${namespace} ${name} -o yaml`,
    command`kubectl get service -n ${kubernetes.namespace} ${serviceName} -o yaml`,
  ]
  const unmet: Circumstances[] = []
  const { any, matchNames } = spec.namespaceSelector
  const namespaces = matchNames.length > 0 ? matchNames : [namespace]
  if (!any && !namespaces.includes(kubernetes.namespace))
    unmet.push({
      summary: `${object} does not watch the namespace ${kubernetes.namespace}.`,
      object,
      expected: `namespaceSelector with ${kubernetes.namespace}`,
      found: namespaces.join(', '),
      remedy,
    })
  const { metadata } = service
  if (!selects(spec.selector, metadata.labels))
    unmet.push({
      summary: `${object} does not select the service ${serviceName}.`,
      object,
      expected: `a selector that matches ${labelsText(metadata.labels)}`,
      found: JSON.stringify(spec.selector),
      remedy,
    })
  const ports = service.spec.ports.map((port) => port.name ?? '')
  const containerPorts = (await kubernetes.pods(configuration.components.lake.labels)).flatMap(portsOf)
  // As in the configuration that the operator generates: a target port is one of the containers, not of the service.
  const matching = spec.endpoints.some(({ port, targetPort }) => {
    if (port) return ports.includes(port)
    if (targetPort === undefined) return true
    return containerPorts.some(({ name, containerPort }) => name === targetPort || containerPort === targetPort)
  })
  if (!matching)
    unmet.push({
      summary: `${object} names a port that the service ${serviceName} does not have.`,
      object,
      expected: `port: one of ${ports.join(', ')}; or targetPort: one of ${containerPorts.map(({ name, containerPort }) => name ?? containerPort).join(', ') || 'no port'}`,
      found:
        spec.endpoints.map(({ port, targetPort }) => port ?? String(targetPort ?? 'no port')).join(', ') ||
        'no endpoints',
      remedy,
    })
  expectNone(unmet)
}

/** 10.1: checks that a Prometheus object selects the ServiceMonitor. If none does, a release label is usually missing. */
export async function expectSelectedByPrometheus(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const { namespace, name } = serviceMonitorNames(configuration)
  const { metadata } = await expectServiceMonitor(platform)
  const operators = await kubernetes.workloads(configuration.dependencies.prometheusOperator).catch(unlessBlocked([]))
  expectNone(unwatchedProblems('ServiceMonitor', { namespace, name }, operators))
  const prometheuses = await askedPrometheuses(platform)
  const { namespace: place } = configuration.monitoring
  expectData(prometheuses, 'Prometheus object', `Prometheus objects in ${place}`, [
    command`kubectl get prometheus -n ${place}`,
  ])
  const isByNamespace = prometheuses.some(({ spec }) => spec.serviceMonitorNamespaceSelector)
  const labelsOfNamespace = isByNamespace ? await kubernetes.namespaceLabels(namespace) : {}
  const monitor = { namespace, name, labels: metadata.labels, labelsOfNamespace }
  const refusals = prometheuses.map((prometheus) => refusalOf(prometheus, monitor))
  const selecting = prometheuses.filter((_, index) => refusals[index] === undefined)
  const attendedBy = [`workloads labelled ${configuration.dependencies.prometheusOperator.selector}`]
  const problems = selecting.map((prometheus) => [
    ...lifecycleProblems('Prometheus', prometheus, { attendedBy }),
    ...limitationsOf(prometheus, namespace, kubernetes.namespace),
  ])
  if (problems.some((found) => found.length === 0)) return
  expectNone(problems.flat())
  const object = `ServiceMonitor ${namespace}/${name}`
  const selector = prometheuses.map(({ spec }) => JSON.stringify(spec.serviceMonitorSelector ?? null)).join('; ')
  throw new Unmet({
    summary: `${object} is not selected by any Prometheus.`,
    object,
    expected: `labels that match ${selector}`,
    found: [labelsText(metadata.labels), ...refusals].join('; '),
    remedy: [
      command`kubectl get prometheus -n ${place} -o jsonpath='{.items[*].spec.serviceMonitorSelector}'`,
      ...prometheuses.slice(0, 1).flatMap((prometheus) => selectionOf(prometheus, monitor)),
    ],
  })
}

interface Selectable {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly labelsOfNamespace: Labels
}

/** Returns why a Prometheus object does not select a ServiceMonitor; undefined if it does. */
function refusalOf(
  { metadata, spec }: PrometheusObject,
  { namespace, labels, labelsOfNamespace }: Selectable,
): string | undefined {
  const { serviceMonitorSelector: own, serviceMonitorNamespaceSelector: ofNamespace } = spec
  const refusal = (why: string) => `Prometheus ${metadata.name} ${why}`
  if (!own) return refusal('has no serviceMonitorSelector, which selects nothing')
  if (!selects(own, labels)) return refusal('selects other labels')
  if (!ofNamespace)
    return metadata.namespace === namespace
      ? undefined
      : refusal('has no serviceMonitorNamespaceSelector, so it selects in its own namespace only')
  return selects(ofNamespace, labelsOfNamespace) ? undefined : refusal('selects in namespaces with other labels')
}

/** A Prometheus that ignores namespaceSelector looks for the lake in the namespace of the ServiceMonitor only. */
function limitationsOf({ metadata, spec }: PrometheusObject, place: string, wanted: string): Circumstances[] {
  if (!spec.ignoreNamespaceSelectors || place === wanted) return []
  const { namespace = '', name } = metadata
  const object = `Prometheus ${namespace}/${name}`
  return [
    {
      summary: `${object} ignores the namespaceSelector of the ServiceMonitor in ${place}, so it does not watch ${wanted}.`,
      object,
      expected: `spec.ignoreNamespaceSelectors: false, or the ServiceMonitor in ${wanted}`,
      found: 'spec.ignoreNamespaceSelectors: true',
      remedy: [
        command`kubectl patch prometheus -n ${namespace} ${name} --type=merge -p '{"spec":{"ignoreNamespaceSelectors":false}}'`,
      ],
    },
  ]
}

/** Commands after which a Prometheus object selects the ServiceMonitor: labels on it and on its namespace, or a selector. */
function selectionOf({ metadata, spec }: PrometheusObject, monitor: Selectable): CommandLine[] {
  const { namespace, name, labels, labelsOfNamespace } = monitor
  const { serviceMonitorSelector: own, serviceMonitorNamespaceSelector: ofNamespace } = spec
  if (!own) return [comment`no label helps: the Prometheus object has no serviceMonitorSelector, which selects nothing`]
  const { namespace: place = '' } = metadata
  const both = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [place, namespace] }
  const widening = JSON.stringify({ spec: { serviceMonitorNamespaceSelector: { matchExpressions: [both] } } })
  const missing = labelsToFit(own, labels)
  const missingOfNamespace = ofNamespace ? labelsToFit(ofNamespace, labelsOfNamespace) : []
  return [
    ...(missing.length > 0
      ? [command`kubectl label servicemonitor -n ${namespace} ${name} --overwrite ${missing}`]
      : []),
    ...(missingOfNamespace.length > 0
      ? [command`kubectl label namespace ${namespace} --overwrite ${missingOfNamespace}`]
      : []),
    ...(ofNamespace || place === namespace
      ? []
      : [command`kubectl patch prometheus -n ${place} ${metadata.name} --type=merge -p '${widening}'`]),
  ]
}

type Labels = Readonly<Record<string, string>>

const labelsText = (labels: Labels) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'no labels'
