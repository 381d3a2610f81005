/**
 * Collects facts when something failed, before anything is cleaned up, and within a deadline of its own. A fact that does not
 * come in time, or that the caller may not read, is listed with the reason; the rest is used. Everything is redacted.
 */
import { isAbsent } from '../basis/capability'
import type { Finding } from '../basis/finding'
import { selectorOf } from '../basis/labels'
import { redaction } from '../basis/redaction'
import { storesNamedBy } from '../basis/store-references'
import { entries } from '../configuration/hosts'
import { secretsModeOf } from '../configuration/secrets-mode'
import { serviceMonitorNames } from '../configuration/service-monitor'
import { type Component, components as componentNames, type Dependency } from '../contracts/contract'
import { isWell } from '../diagnosis/analyzers/pods'
import { type ContainerFacts, type Facts, factSchemas, factsSchema } from '../diagnosis/facts/facts'
import { namespace as namespaceSchema } from '../platform/core-resources'
import { operations } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { targetsOfService } from '../service/scraped-targets'
import { FactReader } from './fact-reader'

/** Lines that are kept of each log. */
const lastLines = 50
/** Containers whose logs are read. */
const mostLogs = 8

/**
 * Collects facts about the service and about the objects of the findings.
 * @param findings of failed checks; the namespaces of their objects are read besides that of the service
 */
export async function collectFacts(platform: Platform, findings: readonly Finding[], now: Date): Promise<Facts> {
  const begin = performance.now()
  const collector = new Collector(platform, begin + platform.configuration.deadlines.diagnosis)
  const found = await collector.collect(findings)
  const facts = {
    ...found,
    collectedAt: now.toISOString(),
    durationMs: Math.round(performance.now() - begin),
    names: await collector.names(),
    uncollected: collector.uncollected,
  }
  return factsSchema.parse(redaction.redactData(facts))
}

type Collected = Omit<Facts, 'collectedAt' | 'durationMs' | 'names' | 'uncollected'>

class Collector extends FactReader {
  async collect(findings: readonly Finding[]): Promise<Collected> {
    const { kubernetes, configuration } = this.platform
    const { namespace } = kubernetes
    const own = [...new Set([namespace, kubernetes.of('grafana').namespace])]
    const namespaces = [...new Set([...own, ...findings.flatMap(({ object }) => namespaceIn(object) ?? [])])]
    const inEach = async <T>(list: (namespace: string) => Promise<T[]>, among = namespaces) =>
      (await Promise.all(among.map(list))).flat()
    const { namespace: at, name: application } = configuration.application
    const [nodes, pods, workloads, claims, storageClasses, reached, ingresses] = await Promise.all([
      this.list(operations.listNodes, {}, factSchemas.node),
      inEach((namespace) => this.list(operations.listPodsAnywhere, { namespace }, factSchemas.pod)),
      inEach((namespace) => this.workloads(namespace)),
      this.list(operations.listClaims, { namespace }, factSchemas.claim),
      this.list(operations.listStorageClasses, {}, factSchemas.storageClass),
      this.services(own, findings),
      this.each(entries, (role) => {
        const { namespace } = kubernetes.entry(role)
        const { name } = configuration.ingresses[role]
        return this.get(operations.getIngress, { namespace, name }, factSchemas.ingress)
      }),
    ])
    const isMonitored = findings.some(({ object }) => /Prometheus|ServiceMonitor/.test(object))
    const { namespace: monitoring } = configuration.monitoring
    const [secrets, applications, existence, events, clusterEvents, logs, targets, serviceMonitors, networkPolicies] =
      await Promise.all([
        this.secrets(),
        this.get(operations.getApplication, { namespace: at, name: application }, factSchemas.application),
        this.namespaces([
          ...[namespace, this.platform.contract.names.ownNamespace],
          ...namespaces.filter((one) => one === monitoring || one === at),
          ...(isMonitored ? [monitoring] : []),
        ]),
        this.each([...new Set([...namespaces, ...(isMonitored ? [monitoring] : [])])], (namespace) =>
          this.list(operations.listEvents, { namespace }, factSchemas.event),
        ),
        this.list(operations.listClusterEvents, { namespace: 'default' }, factSchemas.event),
        this.logs(pods),
        isMonitored ? this.targets() : [],
        isMonitored
          ? this.get(operations.getServiceMonitor, serviceMonitorNames(configuration), factSchemas.serviceMonitor)
          : [],
        this.each(own, (namespace) =>
          this.list(operations.listNetworkPolicies, { namespace }, factSchemas.networkPolicy),
        ),
      ])
    return {
      ...{ nodes, pods, workloads, claims, storageClasses, ...reached, ingresses },
      ...{
        ...secrets,
        ...existence,
        applications,
        events: [...events, ...clusterEvents.filter(({ involvedObject }) => involvedObject.namespace === '')],
        logs,
        targets,
        serviceMonitors,
        networkPolicies,
      },
    }
  }

  async names(): Promise<Facts['names']> {
    const { configuration, contract, kubernetes } = this.platform
    const { components, dependencies, secretNames, monitoring, application } = configuration
    const { namespace: grafana } = kubernetes.of('grafana')
    const apart = (component: Component) =>
      component === 'grafana' && grafana !== kubernetes.namespace ? { namespace: grafana } : {}
    return {
      namespace: kubernetes.namespace,
      components: componentNames
        .map((component) => ({ component, ...components[component] }))
        .map(({ component, labels, service }) => ({
          component,
          ...apart(component),
          service,
          selector: selectorOf(labels),
        })),
      dependencies: await this.each(
        Object.entries(dependencies) as [Dependency, (typeof dependencies)[Dependency]][],
        async ([dependency, names]) => {
          const found = await this.ask(`workloads of ${dependency}`, () => kubernetes.workloads(names))
          const workloads = (found ?? []).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)
          return [{ dependency, selector: names.selector, workloads }]
        },
      ),
      database: { service: components.mysql.service, secret: secretNames.database.name },
      application: { namespace: application.namespace, name: application.name },
      ownNamespace: contract.names.ownNamespace,
      secrets: Object.values(secretNames).map(({ name }) => name),
      ...(grafana === kubernetes.namespace ? {} : { secretNamespaces: { [secretNames.grafana.name]: grafana } }),
      ...(secretNames.service.keys.some((key) => /encryption/i.test(key))
        ? { encryptionSecret: secretNames.service.name }
        : {}),
      secretsByHand: secretsModeOf(configuration) === 'manual',
      monitoring: {
        namespace: monitoring.namespace,
        serviceMonitor: monitoring.serviceMonitor,
        ...(monitoring.serviceMonitorNamespace ? { serviceMonitorNamespace: monitoring.serviceMonitorNamespace } : {}),
        prometheus: monitoring.prometheus.service,
        metricsPath: isAbsent(contract.metrics) ? '' : contract.metrics.path,
      },
    }
  }

  /** The namespaces by their existence. A namespace that the caller may not read is in none of the lists. */
  private async namespaces(
    names: readonly string[],
  ): Promise<Pick<Facts, 'namespaces' | 'absentNamespaces' | 'deletedNamespaces' | 'namespaceLabels'>> {
    const { api } = this.platform.kubernetes
    const found = await this.each([...new Set(names)], async (name) => {
      const asked = api.asked(operations.getNamespace, { name })
      const known = await this.ask(asked, async () => ({ object: await api.get(operations.getNamespace, { name }) }))
      return known ? [{ name, exists: known.object !== undefined, ...lifeOf(known.object) }] : []
    })
    const named = (wanted: boolean) => found.filter(({ exists }) => exists === wanted).map(({ name }) => name)
    const deleted = found.flatMap(({ name, deletedAt }) => (deletedAt ? [[name, deletedAt] as const] : []))
    return {
      namespaces: named(true),
      absentNamespaces: named(false),
      deletedNamespaces: Object.fromEntries(deleted),
      namespaceLabels: Object.fromEntries(found.flatMap(({ name, labels }) => (labels ? [[name, labels]] : []))),
    }
  }

  /** The services of some namespaces, and those of the monitoring that findings are about, with their endpoints. */
  private async services(
    namespaces: readonly string[],
    findings: readonly Finding[],
  ): Promise<Pick<Facts, 'services' | 'endpointSlices'>> {
    const { service, endpointSlice } = factSchemas
    const { namespace } = this.platform.configuration.monitoring
    const names = this.monitored(namespaces, findings)
    const [services, itsServices, endpointSlices, itsSlices] = await Promise.all([
      this.each(namespaces, (own) => this.list(operations.listServices, { namespace: own }, service)),
      this.each(names, (name) => this.get(operations.getMonitoringService, { namespace, name }, service)),
      this.each(namespaces, (own) => this.list(operations.listEndpointSlices, { namespace: own }, endpointSlice)),
      this.each(names, (name) => {
        const query = { labelSelector: selectorOf({ 'kubernetes.io/service-name': name }) }
        return this.list(operations.listMonitoringEndpointSlices, { namespace, query }, endpointSlice)
      }),
    ])
    return { services: [...services, ...itsServices], endpointSlices: [...endpointSlices, ...itsSlices] }
  }

  /** The names of the monitoring's services that findings are about, unless all services of its namespace are listed. */
  private monitored(listed: readonly string[], findings: readonly Finding[]): string[] {
    const { namespace } = this.platform.configuration.monitoring
    if (listed.includes(namespace)) return []
    const prefix = `Service ${namespace}/`
    const named = findings.filter(({ object }) => object.startsWith(prefix))
    return [...new Set(named.map(({ object }) => object.slice(prefix.length)))]
  }

  private async workloads(namespace: string): Promise<Facts['workloads']> {
    const kinds = [
      ['Deployment', operations.listDeployments],
      ['StatefulSet', operations.listStatefulSets],
      ['DaemonSet', operations.listDaemonSets],
    ] as const
    return this.each(kinds, ([kind, operation]) => this.list(operation, { namespace }, factSchemas.workload, { kind }))
  }

  /** The Secrets that the configuration names, and the ExternalSecrets and stores behind them. */
  private async secrets(): Promise<Pick<Facts, 'externalSecrets' | 'secretStores' | 'secrets'>> {
    const { kubernetes, configuration } = this.platform
    const roles = ['service', 'database', 'grafana'] as const
    const secrets = await this.each(roles, async (role) => {
      const { name } = configuration.secretNames[role]
      const here = kubernetes.of(role)
      const data = await this.ask(`secret ${name}`, () => here.secret(name))
      return data ? [factSchemas.secret.parse({ metadata: { name, namespace: here.namespace } })] : []
    })
    if (secretsModeOf(configuration) === 'manual') return { secrets, externalSecrets: [], secretStores: [] }
    const externalSecrets = await this.each(roles, async (role) => {
      const here = kubernetes.of(role)
      const { name, externalSecret = name } = configuration.secretNames[role]
      const found = await this.ask(`ExternalSecret of ${name}`, () => here.externalSecretOf(role))
      const target = { namespace: here.namespace, name: found?.metadata.name ?? externalSecret }
      return this.get(operations.getExternalSecret, target, factSchemas.externalSecret)
    })
    const references = externalSecrets.flatMap(({ metadata: { namespace }, spec }) =>
      storesNamedBy(spec).map((store) => ({ ...store, namespace })),
    )
    const stores = new Map(references.map((reference) => [`${reference.kind} ${reference.name}`, reference]))
    const secretStores = await this.each([...stores.values()], ({ kind, name, namespace }) =>
      kind === 'ClusterSecretStore'
        ? this.get(operations.getClusterSecretStore, { name }, factSchemas.secretStore, { kind })
        : this.get(operations.getSecretStore, { namespace, name }, factSchemas.secretStore, { kind }),
    )
    return { secrets, externalSecrets, secretStores }
  }

  /** The last log lines of unhealthy pods, including those of the previous container. */
  private async logs(pods: Facts['pods']): Promise<Facts['logs']> {
    const wanted = pods
      .filter((pod) => !isWell(pod))
      .flatMap(({ metadata: { namespace, name: pod }, status }) =>
        [...status.initContainerStatuses.filter(hasNotEnded), ...status.containerStatuses].flatMap(
          ({ name: container, lastState, state }) => [
            ...(lastState.terminated ? [{ namespace, pod, container, previous: true }] : []),
            // A container that was never started has no log.
            ...(state.waiting && !lastState.terminated ? [] : [{ namespace, pod, container, previous: false }]),
          ],
        ),
      )
    return this.each(wanted.slice(0, mostLogs), async ({ namespace, pod, container, previous }) => {
      const query = { container, tailLines: String(lastLines), ...(previous ? { previous: 'true' } : {}) }
      const text = await this.ask(`log of ${namespace}/${pod}, container ${container}`, () =>
        this.platform.kubernetes.api.text(operations.getLogAnywhere, { namespace, name: pod, query }),
      )
      const lines = redaction
        .redactForeign(text ?? '')
        .split('\n')
        .filter(Boolean)
        .slice(-lastLines)
      return text === undefined ? [] : [{ namespace, pod, container, previous, lines }]
    })
  }

  private async targets(): Promise<Facts['targets']> {
    const targets = await this.ask('targets of Prometheus', () => this.platform.prometheus.targets())
    return targetsOfService(this.platform, targets ?? []).map((target) => factSchemas.target.parse(target))
  }
}

const hasNotEnded = ({ state }: ContainerFacts) => state.terminated?.exitCode !== 0

/** The namespace in "Deployment cert-manager/cert-manager-webhook". */
const namespaceIn = (object: string) => /^[A-Z]\w+ ([a-z0-9.-]+)\//.exec(object)?.[1]

/** The labels of a namespace, and when its deletion was requested. */
function lifeOf(found: unknown) {
  const { labels, deletionTimestamp: deletedAt } = namespaceSchema.safeParse(found).data?.metadata ?? {}
  return { labels, deletedAt }
}
