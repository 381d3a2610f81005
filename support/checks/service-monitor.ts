/** Section 10, ServiceMonitor: checks that it selects the lake, and that a Prometheus that is attended to selects it. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import { serviceMonitorNames } from '../configuration/service-monitor'
import type { PrometheusObject, ServiceMonitor } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { serviceMonitorCandidates } from './candidates'
import { portsOf } from './endpoints'
import { labelsToFit, selects } from './label-selector'
import { expectAlive, lifecycleProblems, missing } from './lifecycle'
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
  const prometheuses = await kubernetes.prometheuses()
  const { namespace: place } = configuration.monitoring
  expectData(prometheuses, 'Prometheus object', `Prometheus objects in ${place}`, [
    command`kubectl get prometheus -n ${place}`,
  ])
  const selecting: PrometheusObject[] = []
  for (const prometheus of prometheuses) {
    const { serviceMonitorSelector, serviceMonitorNamespaceSelector } = prometheus.spec
    if (!serviceMonitorSelector || !selects(serviceMonitorSelector, metadata.labels)) continue
    // Without a namespace selector, Prometheus only selects in its own namespace.
    if (
      !serviceMonitorNamespaceSelector
        ? prometheus.metadata.namespace === namespace
        : selects(serviceMonitorNamespaceSelector, await kubernetes.namespaceLabels(namespace))
    )
      selecting.push(prometheus)
  }
  const { selector: operator } = configuration.dependencies.prometheusOperator
  const attendedBy = [`workloads labelled ${operator}`]
  const problems = selecting.map((prometheus) => lifecycleProblems('Prometheus', prometheus, { attendedBy }))
  if (problems.some((found) => found.length === 0)) return
  expectNone(problems.flat())
  const object = `ServiceMonitor ${namespace}/${name}`
  const [{ spec: wanted } = { spec: { paused: false } }] = prometheuses
  const selector = prometheuses.map(({ spec }) => JSON.stringify(spec.serviceMonitorSelector ?? null)).join('; ')
  throw new Unmet({
    summary: `${object} is not selected by any Prometheus.`,
    object,
    expected: `labels that match ${selector}`,
    found: labelsText(metadata.labels),
    remedy: [
      command`kubectl get prometheus -n ${place} -o jsonpath='{.items[*].spec.serviceMonitorSelector}'`,
      ...labelling({ namespace, name }, metadata.labels, await kubernetes.namespaceLabels(namespace), wanted),
    ],
  })
}

/** Labels with which a Prometheus object selects the ServiceMonitor, on it and on its namespace. */
function labelling(
  { namespace, name }: ReturnType<typeof serviceMonitorNames>,
  labels: Readonly<Record<string, string>>,
  labelsOfNamespace: Readonly<Record<string, string>>,
  { serviceMonitorSelector: own, serviceMonitorNamespaceSelector: ofNamespace }: PrometheusObject['spec'],
): CommandLine[] {
  if (!own) return [comment`no label helps: the Prometheus object has no serviceMonitorSelector, which selects nothing`]
  const missing = labelsToFit(own, labels)
  const missingOfNamespace = ofNamespace ? labelsToFit(ofNamespace, labelsOfNamespace) : []
  return [
    ...(missing.length > 0
      ? [command`kubectl label servicemonitor -n ${namespace} ${name} --overwrite ${missing}`]
      : []),
    ...(missingOfNamespace.length > 0
      ? [command`kubectl label namespace ${namespace} --overwrite ${missingOfNamespace}`]
      : []),
  ]
}

const labelsText = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'no labels'
