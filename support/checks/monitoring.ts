/** Section 10: checks of the ServiceMonitor and of the scrapes by which Prometheus collects the service's metrics. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import { durationIn } from '../formats/duration'
import type { LabelSelector, PrometheusObject, ServiceMonitor } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import type { Target } from '../platform/prometheus'
import { serviceOf } from './services'

/** 10.2: checks that the ServiceMonitor exists, and returns it. */
export async function expectServiceMonitor({ kubernetes, configuration }: Platform): Promise<ServiceMonitor> {
  const { namespace, serviceMonitor: name } = configuration.monitoring
  const found = await kubernetes.serviceMonitor(name)
  if (found) return found
  const object = `ServiceMonitor ${namespace}/${name}`
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'exists',
    found: 'does not exist',
    remedy: [
      command`kubectl apply -f platform/apps/devlake/servicemonitor-devlake.yaml`,
      command`kubectl get servicemonitor -n ${namespace}`,
    ],
  })
}

/** 10.1: checks that the selectors and the port of the ServiceMonitor match the deployed service of the lake. */
export async function expectSelectsLake(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const { namespace, serviceMonitor: name } = configuration.monitoring
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
  const targets = service.spec.ports.map(({ targetPort, port }) => String(targetPort ?? port))
  const matching = spec.endpoints.some(({ port, targetPort }) =>
    port === undefined ? targetPort !== undefined && targets.includes(String(targetPort)) : ports.includes(port),
  )
  if (!matching)
    unmet.push({
      summary: `${object} names a port that the service ${serviceName} does not have.`,
      object,
      expected: `one of ${ports.join(', ')}`,
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
  const { namespace, serviceMonitor: name } = configuration.monitoring
  const { metadata } = await expectServiceMonitor(platform)
  const prometheuses = await kubernetes.prometheuses()
  expectData(prometheuses, 'Prometheus object', `Prometheus objects in ${namespace}`, [
    command`kubectl get prometheus -n ${namespace}`,
  ])
  for (const { metadata: own, spec } of prometheuses) {
    const { serviceMonitorSelector, serviceMonitorNamespaceSelector } = spec
    if (!serviceMonitorSelector || !selects(serviceMonitorSelector, metadata.labels)) continue
    // Without a namespace selector, Prometheus only selects in its own namespace.
    if (
      !serviceMonitorNamespaceSelector
        ? own.namespace === namespace
        : selects(serviceMonitorNamespaceSelector, await kubernetes.namespaceLabels(namespace))
    )
      return
  }
  const object = `ServiceMonitor ${namespace}/${name}`
  const [{ spec: wanted } = { spec: { paused: false } }] = prometheuses
  const selector = prometheuses.map(({ spec }) => JSON.stringify(spec.serviceMonitorSelector ?? null)).join('; ')
  throw new Unmet({
    summary: `${object} is not selected by any Prometheus.`,
    object,
    expected: `labels that match ${selector}`,
    found: labelsText(metadata.labels),
    remedy: [
      command`kubectl get prometheus -n ${namespace} -o jsonpath='{.items[*].spec.serviceMonitorSelector}'`,
      ...labelling(configuration.monitoring, metadata.labels, await kubernetes.namespaceLabels(namespace), wanted),
    ],
  })
}

/** Labels with which a Prometheus object selects the ServiceMonitor, on it and on its namespace. */
function labelling(
  { namespace, serviceMonitor: name }: Platform['configuration']['monitoring'],
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

/** The arguments of `kubectl label` with which a selector matches an object: `key=value` sets a label, `key-` removes it. */
export function labelsToFit(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): string[] {
  const set = Object.entries(matchLabels).filter(([key, value]) => labels[key] !== value)
  const unfit = matchExpressions.filter((expression) => !matches(expression, { ...labels, ...matchLabels }))
  return [
    ...set.map(([key, value]) => `${key}=${value}`),
    ...unfit.map(({ key, operator, values }) => {
      if (operator === 'In') return `${key}=${values[0] ?? ''}`
      return operator === 'Exists' ? `${key}=true` : `${key}-`
    }),
  ]
}

export function selects(
  { matchLabels, matchExpressions }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matches(expression, labels))
  )
}

function matches(
  { key, operator, values }: LabelSelector['matchExpressions'][number],
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

const labelsText = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'no labels'

/** 10.3: checks that each target of the ServiceMonitor is up and was scraped recently. @returns the first target */
export async function expectTargetUp(platform: Platform): Promise<Target> {
  const { namespace, serviceMonitor: name, prometheus } = platform.configuration.monitoring
  const pool = `serviceMonitor/${namespace}/${name}/`
  const object = `Prometheus target ${name}`
  const remedy = [
    command`kubectl port-forward -n ${namespace} svc/${prometheus.service} ${prometheus.port}:${prometheus.port}`,
    comment`then open http://localhost:${prometheus.port}/targets`,
  ]
  const targets = (await platform.prometheus.targets()).filter(({ scrapePool }) => scrapePool.startsWith(pool))
  const [first] = targets
  if (!first)
    throw new Unmet({
      summary: `Prometheus has no target for ${name}.`,
      object,
      reliesOn: [`ServiceMonitor ${namespace}/${name}`],
      expected: `a target in the pool ${pool}0`,
      found: 'no target',
      remedy,
    })
  const now = (await platform.prometheus.now()).getTime()
  expectNone(targets.flatMap((target) => targetProblem(target, name, now, { object, remedy }) ?? []))
  return first
}

function targetProblem(
  { health, lastError, lastScrape, scrapeInterval, scrapeUrl }: Target,
  name: string,
  now: number,
  subject: Pick<Circumstances, 'object' | 'remedy'>,
): Circumstances | undefined {
  if (health !== 'up')
    return {
      ...subject,
      summary: `The target ${name} is ${health}.`,
      reliesOn: [subject.object],
      expected: 'up',
      found: `${health}: ${lastError || 'no error given'} (${scrapeUrl})`,
    }
  const age = now - Date.parse(lastScrape)
  const maximumAge = 3 * durationIn(scrapeInterval) + 30_000
  if (age <= maximumAge) return undefined
  return {
    ...subject,
    summary: `The target ${name} has not been scraped for ${Math.round(age / 60_000)} minutes.`,
    expected: `a scrape every ${scrapeInterval}`,
    found: `the last scrape was at ${lastScrape}`,
  }
}

/** After this many scrapes of an unchanged answer, a difference is no longer a matter of time. */
const requiredScrapes = 3

/** Decides when Prometheus has had enough time to scrape what the service reports, by the times of its own scrapes. */
export class Settled {
  private answer = ''
  private since = 0

  constructor(private readonly platform: Platform) {}

  /**
   * Returns true once the answer has stayed the same for {@link requiredScrapes} scrapes.
   * @param answer the service's current answer
   * @throws Unmet when the target is not up
   */
  async isBy(answer: unknown): Promise<boolean> {
    const { lastScrape, scrapeInterval } = await expectTargetUp(this.platform)
    const scraped = Date.parse(lastScrape)
    const text = JSON.stringify(answer)
    if (text !== this.answer) {
      this.answer = text
      this.since = scraped
    }
    return scraped - this.since >= requiredScrapes * durationIn(scrapeInterval)
  }
}

/** 10.3: checks that no scrape failed or is missing in the look-back period. */
export async function expectNoGap(platform: Platform): Promise<void> {
  const target = await expectTargetUp(platform)
  const { lookBack, serviceMonitor: name } = platform.configuration.monitoring
  const { job, namespace, instance } = target.labels
  const selector = Object.entries({ job, namespace, instance }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${JSON.stringify(value)}`],
  )
  const [samples = []] = await platform.prometheus.samples(`up{${selector.join(',')}}[${Math.ceil(lookBack / 1000)}s]`)
  expectData(samples, 'scrape', `Prometheus target ${name}`)
  const interval = durationIn(target.scrapeInterval)
  const object = `Prometheus target ${name}`
  const expected = `a successful scrape every ${target.scrapeInterval}`
  const failed = samples.find(({ value }) => value !== 1)
  const gap = samples.find(({ at }, index) => index > 0 && at - (samples[index - 1]?.at ?? at) > 3 * interval + 1000)
  const faulty = failed ?? gap
  if (!faulty) return
  const previous = samples[samples.indexOf(faulty) - 1]
  throw new Unmet({
    summary: `Scrapes of ${name} ${failed ? 'failed' : 'are missing'} in the last ${Math.round(lookBack / 1000)} s.`,
    object,
    expected,
    found: failed
      ? `a failed scrape at ${new Date(faulty.at).toISOString()}`
      : `no scrape between ${new Date(previous?.at ?? 0).toISOString()} and ${new Date(faulty.at).toISOString()}`,
    remedy: [
      command`kubectl logs -n ${platform.configuration.monitoring.namespace} svc/${platform.configuration.monitoring.prometheus.service} --tail=100`,
    ],
  })
}
