/** Reads and writes the Kubernetes objects that the checklist covers, as parsed resources. */

import type { z } from 'zod'
import { bounds } from '../basis/bounds'
import { unlessBlocked } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { redaction } from '../basis/redaction'
import { namespaceOfEntry } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import type { Component, DependencyNames, Entry } from '../contracts/contract'
import * as core from './core-resources'
import {
  type AlertmanagerObject,
  type Application,
  alertmanager,
  application,
  type Certificate,
  certificate,
  type ExternalSecret,
  externalSecret,
  type Issuer,
  issuer,
  type PrometheusObject,
  prometheus,
  type SecretStore,
  type ServiceMonitor,
  secretStore,
  serviceMonitor,
} from './custom-resources'
import { Flux } from './flux'
import { Gateways } from './gateways'
import type { KubernetesApi } from './kubernetes-api'
import { ensureNamespace } from './missing-namespace'
import { type Lease, lease, type Node, node } from './node-resources'
import { namesOf } from './operation-names'
import { namespaceOf, type Operation, operations, type Place } from './operations'
import { parsed, type Workload, workloadsOf } from './parsed-objects'
import { type PodUse, podUse } from './pod-use'
import { Syncs } from './sync'
import { type OwnWorkload, ownWorkloads } from './workload-resources'

/** The namespaces that have Services to which a run connects. */
export type ServicePlace = Extract<Place, 'service' | 'grafana' | 'monitoring'>

/** The decoded values of a Secret by key; never undefined. */
export type SecretData = ReadonlyMap<string, string>

/** The labels of the ConfigMaps in which runs record what they create. */
const recordLabels = { 'app.kubernetes.io/managed-by': 'dora-acceptance' }

export class Kubernetes {
  private readonly others = new Map<string, Kubernetes>()
  readonly syncs: Syncs
  readonly flux: Flux
  readonly gateways: Gateways

  constructor(
    readonly api: KubernetesApi,
    private readonly configuration: Configuration,
    /** The version of the server, where another client has asked for it. */
    private knownVersion?: Promise<string>,
  ) {
    this.syncs = new Syncs(api, this.namespaceOf('application'))
    this.gateways = new Gateways(api, configuration.namespace)
    this.flux = new Flux(api, configuration.application.namespace)
  }

  /**
   * Returns the client for the namespace of a part: Grafana may have one of its own, in which its pods, Service and Secret lie.
   */
  of(part: Component | Entry | 'database'): Kubernetes {
    return this.in(this.namespaceOf(part === 'grafana' ? 'grafana' : 'service') ?? this.namespace)
  }

  /** Returns the client for the namespace of the Ingress, HTTPRoute or Service that leads to a role from outside. */
  entry(role: Entry): Kubernetes {
    return this.in(namespaceOfEntry(this.configuration, role))
  }

  private in(namespace: string): Kubernetes {
    if (namespace === this.namespace) return this
    const other = this.others.get(namespace) ?? new Kubernetes(this.api, { ...this.configuration, namespace })
    this.others.set(namespace, other)
    return other
  }

  /** The namespace of the service. */
  get namespace(): string {
    return this.configuration.namespace
  }

  /** The time by the clock of the API server. The runner's clock may be wrong; Kubernetes' timestamps are by the server's. */
  get now(): Date {
    return new Date(this.api.now)
  }

  version(): Promise<string> {
    this.knownVersion ??= this.api.version()
    return this.knownVersion
  }

  async nodes(): Promise<Node[]> {
    return parsed(node, await this.api.list(operations.listNodes, {}), 'Node')
  }

  async claim(name: string): Promise<core.PersistentVolumeClaim | undefined> {
    return this.one(core.persistentVolumeClaim, operations.getPersistentVolumeClaim, name, 'PersistentVolumeClaim')
  }

  async ingressClasses(): Promise<core.IngressClass[]> {
    return parsed(core.ingressClass, await this.api.list(operations.listIngressClasses, {}), 'IngressClass')
  }

  /** Returns the workloads that a label selector matches, in one namespace or in all. */
  async workloads({ selector, namespace }: DependencyNames): Promise<Workload[]> {
    const target = { namespace, query: { labelSelector: selector } }
    const [deployments, statefulSets, daemonSets] = await Promise.all([
      this.api.list(operations.listDeployments, target),
      this.api.list(operations.listStatefulSets, target),
      this.api.list(operations.listDaemonSets, target),
    ])
    return [
      ...workloadsOf('Deployment', deployments, ({ spec, status }) => [spec.replicas, status.availableReplicas]),
      ...workloadsOf('StatefulSet', statefulSets, ({ spec, status }) => [spec.replicas, status.readyReplicas]),
      ...workloadsOf('DaemonSet', daemonSets, ({ status }) => [status.desiredNumberScheduled, status.numberAvailable]),
    ]
  }

  /** Returns the workloads in the namespace of the service. */
  async ownWorkloads(): Promise<OwnWorkload[]> {
    const target = { namespace: this.namespace }
    const kinds = Object.values(ownWorkloads).map(async ({ operation, kind, schema }) =>
      parsed<OwnWorkload>(schema, await this.api.list(operation, target), kind),
    )
    return (await Promise.all(kinds)).flat()
  }

  async leases(): Promise<Lease[]> {
    return parsed(lease, await this.api.list(operations.listLeases, {}), 'Lease')
  }

  async certificates(): Promise<Certificate[]> {
    return parsed(certificate, await this.api.list(operations.listCertificates, {}), 'Certificate')
  }

  async issuers(): Promise<Issuer[]> {
    const kinds = [
      ['Issuer', operations.listIssuers],
      ['ClusterIssuer', operations.listClusterIssuers],
    ] as const
    const found = kinds.map(async ([kind, operation]) =>
      parsed(issuer, await this.api.list(operation, {}), kind).map((one): Issuer => ({ ...one, kind })),
    )
    return (await Promise.all(found)).flat()
  }

  async prometheuses(): Promise<PrometheusObject[]> {
    const { namespace } = this.configuration.monitoring
    return parsed(prometheus, await this.api.list(operations.listPrometheuses, { namespace }), 'Prometheus')
  }

  async alertmanagers(): Promise<AlertmanagerObject[]> {
    const { namespace } = this.configuration.monitoring
    return parsed(alertmanager, await this.api.list(operations.listAlertmanagers, { namespace }), 'Alertmanager')
  }

  async serviceMonitor(name: string): Promise<ServiceMonitor | undefined> {
    return this.one(serviceMonitor, operations.getServiceMonitor, name, 'ServiceMonitor')
  }

  async namespaceLabels(name: string): Promise<Readonly<Record<string, string>>> {
    const found = await this.one(core.namespace, operations.getNamespace, name, 'Namespace')
    return found?.metadata.labels ?? {}
  }

  /** Makes sure that the namespace of the service exists. @throws Blocked */
  ensureNamespace(): Promise<void> {
    return ensureNamespace(this.api, this.namespace)
  }

  async externalSecret(name: string): Promise<ExternalSecret | undefined> {
    return this.one(externalSecret, operations.getExternalSecret, name, 'ExternalSecret')
  }

  /**
   * Returns the ExternalSecret that is configured for a Secret, or that has its name, or that writes it. The last is only found by
   * a caller who may list ExternalSecrets.
   */
  async externalSecretOf(role: keyof Configuration['secretNames']): Promise<ExternalSecret | undefined> {
    const { name, externalSecret: configured } = this.configuration.secretNames[role]
    const named = await this.externalSecret(configured ?? name)
    if (named !== undefined || configured !== undefined) return named
    const all = await this.api
      .list(operations.listExternalSecrets, { namespace: this.namespace })
      .catch(unlessBlocked([]))
    return all
      .flatMap((object) => externalSecret.safeParse(object).data ?? [])
      .find(({ spec }) => spec.target.name === name)
  }

  async secretStore(reference: { kind: string; name: string }): Promise<SecretStore | undefined> {
    const operation =
      reference.kind === 'ClusterSecretStore' ? operations.getClusterSecretStore : operations.getSecretStore
    return this.one(secretStore, operation, reference.name, reference.kind)
  }

  /** Returns a Secret without its values: who owns it, when its keys were last changed, and whether they can change. */
  async secretMetadata(name: string) {
    const found = await this.one(core.secret, operations.getSecret, name, 'Secret')
    return found && { ...found.metadata, immutable: found.immutable }
  }

  /** Returns the decoded values of a Secret and registers each of them for redaction. */
  async secret(name: string): Promise<SecretData | undefined> {
    const secret = await this.one(core.secret, operations.getSecret, name, 'Secret')
    if (!secret) return undefined
    const data = new Map(Object.entries(secret.data).map(([key, value]) => [key, Buffer.from(value, 'base64')]))
    for (const bytes of data.values()) redaction.registerBytes(bytes)
    return new Map([...data].map(([key, bytes]) => [key, bytes.toString('utf8')]))
  }

  async application(name: string): Promise<Application | undefined> {
    return this.one(application, operations.getApplication, name, 'Application')
  }

  async pods(labels: Readonly<Record<string, string>>): Promise<core.Pod[]> {
    const target = { namespace: this.namespace, query: { labelSelector: selectorOf(labels) } }
    return parsed(core.pod, await this.api.list(operations.listPods, target), 'Pod')
  }

  /** Returns what the pods with the given labels use. */
  async podUses(labels: Readonly<Record<string, string>>): Promise<PodUse[]> {
    const target = { namespace: this.namespace, query: { labelSelector: selectorOf(labels) } }
    return parsed(podUse, await this.api.list(operations.listPods, target), 'Pod')
  }

  /** @param sinceMs the age of the oldest lines to return, in milliseconds */
  async log(pod: string, container: string, sinceMs: number): Promise<string> {
    const query = {
      container,
      sinceSeconds: String(Math.ceil(sinceMs / 1000)),
      timestamps: 'true',
      limitBytes: String(bounds.containerLog.most),
    }
    return this.api.text(operations.getPodLog, { namespace: this.namespace, name: pod, query })
  }

  /** @param place the namespace to read; that of the service by default */
  async service(name: string, place: ServicePlace = 'service'): Promise<core.Service | undefined> {
    if (place === 'grafana') return this.of(place).service(name)
    const operation = place === 'service' ? operations.getService : operations.getMonitoringService
    return this.one(core.service, operation, name, 'Service')
  }

  async endpointSlices(service: string, place: ServicePlace = 'service'): Promise<core.EndpointSlice[]> {
    if (place === 'grafana') return this.of(place).endpointSlices(service)
    const operation = place === 'service' ? operations.listEndpointSlices : operations.listMonitoringEndpointSlices
    const labelSelector = selectorOf({ 'kubernetes.io/service-name': service })
    const target = { namespace: this.namespaceOf(place), query: { labelSelector } }
    return parsed(core.endpointSlice, await this.api.list(operation, target), 'EndpointSlice')
  }

  async ingress(name: string): Promise<core.Ingress | undefined> {
    return this.one(core.ingress, operations.getIngress, name, 'Ingress')
  }

  /** Records what a run creates, so that a later run can find it. */
  async createRecord(name: string, data: Readonly<Record<string, string>>): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: recordLabels }, data }
    await this.api.change(operations.createRecord, { namespace: this.namespace, body })
  }

  /** Returns the recorded ConfigMaps unparsed. Anyone who may write ConfigMaps can have written them. */
  async records(): Promise<unknown[]> {
    const query = { labelSelector: selectorOf(recordLabels) }
    return this.api.list(operations.listRecords, { namespace: this.namespace, query })
  }

  async deleteRecord(name: string): Promise<void> {
    await this.api.change(operations.deleteRecord, { namespace: this.namespace, name })
  }

  namespaceOf(place: Place): string | undefined {
    return namespaceOf(this.configuration, place)
  }

  namesOf(operation: Operation): readonly string[] | undefined {
    return namesOf(this.configuration, operation)
  }

  private async one<T>(schema: z.ZodType<T>, operation: Operation, name: string, kind: string): Promise<T | undefined> {
    const found = await this.api.get(operation, { namespace: this.namespaceOf(operation.place), name })
    return found === undefined ? undefined : parsed(schema, [found], kind)[0]
  }
}
