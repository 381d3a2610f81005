/** Proposals for the monitoring: its namespace, the ServiceMonitor of the lake, and the services of Prometheus and Alertmanager. */
import { selects } from '../basis/label-selector'
import { type Findings, inWords, onlyOf } from './proposal'
import type { Subject } from './service-parts'
import type { Found } from './snapshot'

/** Proposes the namespace of the monitoring, the ServiceMonitor of the lake, and the service of Prometheus. */
export function proposeMonitoring(
  subject: Subject,
  lake: Found<'services'> | undefined,
  hasMetrics: boolean,
  findings: Findings,
): void {
  const { snapshot, names } = subject
  const fallback = names.monitoring
  const monitor = hasMetrics ? serviceMonitorOf(subject, lake, findings) : undefined
  const selecting = monitor ? snapshot.prometheuses.filter((one) => isSelectedBy(one, monitor)) : []
  const objects = selecting.length > 0 ? selecting : snapshot.prometheuses
  const byObject = objects.map(({ metadata }) => metadata.namespace)
  // Without the operator, only the labels of its pods show where Prometheus runs.
  const byLabel = snapshot.services.filter(isServerOf('prometheus')).map(({ metadata }) => metadata.namespace)
  const places = [...new Set(byObject.length > 0 ? byObject : byLabel)]
  const own = monitor?.metadata.namespace ?? ''
  const place = places.includes(fallback.namespace)
    ? fallback.namespace
    : (onlyOf(places) ?? (places.length === 0 || places.includes(own) ? monitor?.metadata.namespace : undefined))
  if (place === undefined) {
    findings.ask('monitoring.namespace', 'Which namespace has the Prometheus that scrapes the service?', places)
    return
  }
  const where = objects.find(({ metadata }) => metadata.namespace === place)
  findings.propose(
    ['monitoring', 'namespace'],
    place,
    fallback.namespace,
    where
      ? `The Prometheus object ${inWords(where)}.`
      : places.includes(place)
        ? 'A service there selects the pods of Prometheus.'
        : 'The ServiceMonitor of the lake lies there.',
  )
  if (monitor && monitor.metadata.namespace !== place)
    findings.propose(
      ['monitoring', 'serviceMonitorNamespace'],
      monitor.metadata.namespace,
      undefined,
      `The ServiceMonitor ${inWords(monitor)} lies in another namespace than Prometheus.`,
    )
  const scraping = selecting.filter(({ metadata }) => metadata.namespace === place)
  proposeServer(subject, { place, part: 'prometheus', objects: scraping }, findings)
  proposeServer(subject, { place, part: 'alertmanager', objects: [] }, findings)
  for (const part of ['prometheusOperator', 'grafana'] as const)
    if (names.dependencies[part].namespace === fallback.namespace) {
      const runs = placeOfPart(subject, part, place)
      findings.propose(
        ['dependencies', part, 'namespace'],
        runs,
        fallback.namespace,
        runs === place ? 'The namespace of the monitoring.' : `Its pods run there, and none in ${place}.`,
      )
    }
}

/** The namespace of the operator or of the Grafana of the monitoring: that of Prometheus, unless its pods run only elsewhere. */
function placeOfPart(
  { snapshot, names, ...own }: Subject,
  part: 'prometheusOperator' | 'grafana',
  place: string,
): string {
  const { selector, namespace: usual } = names.dependencies[part]
  const running = new Set(
    snapshot.pods
      .filter(({ metadata }) => isLabelled(selector, metadata.labels))
      .map(({ metadata }) => metadata.namespace),
  )
  // A Grafana there may be that of the service.
  for (const one of [own.namespace, own.grafana]) if (one !== place) running.delete(one)
  const [first] = [place, usual].filter((one) => one !== undefined && running.has(one))
  return first ?? onlyOf([...running]) ?? place
}

/** The selectors of a contract: key=value, or key in (one,other). */
function isLabelled(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const [, key = '', one, several] = /^(\S+?)(?:=(\S+)| in \((\S+)\))$/.exec(selector) ?? []
  const value = labels[key]
  return value !== undefined && (one === undefined ? (several ?? '').split(',') : [one]).includes(value)
}

/** The ServiceMonitor that selects the service of the lake. */
function serviceMonitorOf(
  { snapshot, names, namespace }: Subject,
  lake: Found<'services'> | undefined,
  findings: Findings,
): Found<'serviceMonitors'> | undefined {
  const { serviceMonitor: name, namespace: place } = names.monitoring
  const fitting = snapshot.serviceMonitors.filter(({ metadata, spec }) => {
    const { any, matchNames } = spec.namespaceSelector
    const watched = matchNames.length > 0 ? matchNames : [metadata.namespace]
    return lake !== undefined && (any || watched.includes(namespace)) && selects(spec.selector, lake.metadata.labels)
  })
  const byDefault = fitting.filter(({ metadata }) => metadata.name === name)
  const chosen = byDefault.find(({ metadata }) => metadata.namespace === place) ?? onlyOf(byDefault) ?? onlyOf(fitting)
  if (chosen)
    findings.propose(
      ['monitoring', 'serviceMonitor'],
      chosen.metadata.name,
      name,
      `The ServiceMonitor ${inWords(chosen)} selects the service ${lake?.metadata.name}.`,
    )
  else
    findings.ask(
      'monitoring.serviceMonitor',
      fitting.length === 0
        ? 'No ServiceMonitor selects the service of the lake. Which one is meant to?'
        : 'Several ServiceMonitors select the service of the lake. Which one is meant to?',
      (fitting.length > 0 ? fitting : snapshot.serviceMonitors).map(inWords),
    )
  return chosen
}

/**
 * True if a Prometheus object selects a ServiceMonitor. The labels of namespaces are not known here, except the one with their name,
 * which Kubernetes sets.
 */
function isSelectedBy({ metadata, spec }: Found<'prometheuses'>, monitor: Found<'serviceMonitors'>): boolean {
  const { serviceMonitorSelector: own, serviceMonitorNamespaceSelector: ofNamespace } = spec
  const { namespace } = monitor.metadata
  if (!own || !selects(own, monitor.metadata.labels)) return false
  return ofNamespace
    ? selects(ofNamespace, { 'kubernetes.io/metadata.name': namespace })
    : metadata.namespace === namespace
}

const isServerOf =
  (part: 'prometheus' | 'alertmanager') =>
  ({ spec }: Found<'services'>): boolean =>
    spec.selector['app.kubernetes.io/name'] === part || spec.selector.app === part

interface Server {
  readonly place: string
  readonly part: 'prometheus' | 'alertmanager'
  /** The objects of the operator whose pods are wanted; empty if they are not known. */
  readonly objects: readonly Found<'prometheuses'>[]
}

/** Labels by which the operator names the object of a pod: https://prometheus-operator.dev/docs/platform/operator */
const labelsOfObject = ['operator.prometheus.io/name', 'prometheus']

/** Proposes the service of Prometheus or Alertmanager. The headless one of the operator has no address of its own. */
function proposeServer({ snapshot, names }: Subject, { place, part, objects }: Server, findings: Findings): void {
  const fallback = names.monitoring[part]
  const inside = snapshot.services.filter(({ metadata }) => metadata.namespace === place)
  const isServer = isServerOf(part)
  const all = inside.filter((one) => one.spec.clusterIP !== 'None' && isServer(one) && one.spec.ports.length > 0)
  const ofObjects = all.filter(({ spec }) =>
    objects.some(({ metadata }) => labelsOfObject.some((label) => spec.selector[label] === metadata.name)),
  )
  const fitting = ofObjects.length > 0 ? ofObjects : all
  const usual = ofObjects.length > 0 ? ofObjects : inside
  if (usual.some(({ metadata }) => metadata.name === fallback.service)) return
  const chosen = onlyOf(fitting)
  if (!chosen && part === 'alertmanager' && !snapshot.services.some(isServer)) {
    const reason = 'no service selects pods of Alertmanager'
    findings.propose(['absent', 'alertmanager'], reason, undefined, `Found: ${reason}.`)
    return
  }
  if (!chosen) {
    findings.ask(
      `monitoring.${part}.service`,
      `Which service in ${place} is that of ${part}?`,
      (fitting.length > 0 ? fitting : inside).map(({ metadata }) => metadata.name),
    )
    return
  }
  const { metadata, spec } = chosen
  findings.propose(['monitoring', part, 'service'], metadata.name, fallback.service, `It selects the pods of ${part}.`)
  const [first] = spec.ports
  if (first && !spec.ports.some(({ port }) => port === fallback.port))
    findings.propose(
      ['monitoring', part, 'port'],
      first.port,
      fallback.port,
      `The port of the service ${metadata.name}.`,
    )
}
