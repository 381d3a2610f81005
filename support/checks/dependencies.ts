/** Section 0, dependencies: checks of the components that must be installed before the service. */

import { command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Dependency } from '../contracts/contract'
import type { PrometheusObject } from '../platform/custom-resources'
import type { Workload } from '../platform/parsed-objects'
import type { Platform } from '../platform/platform'
import { askedPrometheuses } from './asked-prometheus'
import { conditionOf, describeCondition, describeWithReasons } from './conditions'
import { abandonedLeases } from './leases'
import { isBehind, lifecycleHindrances, lifecycleProblems } from './lifecycle'
import { podsOnDownNodes, restartProblems } from './operator-pods'
import { assignmentProblems, unwatchedProblems } from './prometheus-assignment'
import { type Hindrance, lasting, outcomeOf, settled, startingMs } from './settled'

/**
 * Checks that each part of a dependency is deployed, that each of its workloads has all of its pods, at least one, and that these
 * do not restart too often. A rollout that goes on gets the time to end.
 */
export async function expectDeployed(platform: Platform, dependency: Dependency): Promise<void> {
  const { kubernetes } = platform
  await settled(platform, async () => {
    const workloads = await deployedParts(platform, dependency)
    return outcomeOf(availabilityProblems(platform, dependency, workloads, await podsOnDownNodes(platform, workloads)))
  })
  const workloads = await deployedParts(platform, dependency)
  expectNone(abandonedLeases(workloads, await kubernetes.leases(), kubernetes.now.getTime()))
  const owners = workloads.map(({ kind, namespace, name, spec: { selector } }) => ({
    ...{ object: `${kind} ${namespace}/${name}`, namespace, selector },
  }))
  expectNone(await restartProblems(platform, owners))
}

/** Returns the workloads of a dependency. @throws Unmet unless there is one for each of its parts */
async function deployedParts({ kubernetes, configuration }: Platform, dependency: Dependency): Promise<Workload[]> {
  const names = configuration.dependencies[dependency]
  const scope = names.namespace ?? 'all namespaces'
  const flag = names.namespace ? ['-n', names.namespace] : ['--all-namespaces']
  const workloads = await kubernetes.workloads(names)
  const remedy = [command`kubectl get deployments,statefulsets,daemonsets ${flag} -l '${names.selector}'`]
  if (workloads.length === 0)
    throw new Unmet({
      summary: `No workload of ${titles[dependency]} is deployed.`,
      object: `workloads labelled ${names.selector}`,
      expected: `at least one Deployment, StatefulSet or DaemonSet in ${scope}`,
      found: 'no workload',
      remedy: [...remedy, comment`if its labels are different: configuration key dependencies.${dependency}.selector`],
    })
  const missing = names.parts.filter((part) => !workloads.some(({ labels }) => hasLabel(labels, part)))
  if (missing.length === 0) return workloads
  throw new Unmet({
    summary: `A part of ${titles[dependency]} is not deployed: ${missing.join(', ')}.`,
    object: `workloads labelled ${names.selector}`,
    expected: `workloads labelled ${names.parts.join(' and ')}`,
    found: workloads.map(({ kind, name }) => `${kind} ${name}`).join(', '),
    remedy: [...remedy, comment`if its labels are different: configuration key dependencies.${dependency}.parts`],
  })
}

function availabilityProblems(
  { configuration, contract }: Platform,
  dependency: Dependency,
  workloads: readonly Workload[],
  onDownNodes: ReadonlyMap<Workload, number>,
): Hindrance[] {
  const { parts } = configuration.dependencies[dependency]
  const { neededWhereDeployed = [] } = contract.names.dependencies[dependency]
  const enough = (one: Workload) => Math.max(Math.min(1, one.desired), one.desired - (onDownNodes.get(one) ?? 0))
  const isRequired = ({ labels }: Workload) =>
    parts.length === 0 || [...parts, ...neededWhereDeployed].some((part) => hasLabel(labels, part))
  return [
    ...workloads.flatMap((workload) => lifecycleHindrances(workload.kind, workload)),
    ...workloads.flatMap((workload) => stuckRollout(workload, titles[dependency]) ?? []).map(lasting),
    ...workloads
      // An optional part, such as the notifications of ArgoCD, may be turned off.
      .filter((workload) => workload.ready < enough(workload) || (workload.desired === 0 && isRequired(workload)))
      .map((workload) => ({
        circumstances: unavailability(workload, titles[dependency]),
        mayEnd: isBehind(workload.kind, workload) || isRollingOut(workload),
      })),
    ...workloads
      .filter((workload) => workload.ready >= enough(workload) && isOutdated(workload, enough(workload)))
      .map((workload) => ({ circumstances: outdatedness(workload, titles[dependency]), mayEnd: true })),
  ]
}

function unavailability({ kind, namespace, name, desired, ready }: Workload, title: string): Circumstances {
  const object = `${kind} ${namespace}/${name}`
  return {
    summary: `${object} of ${title} is not available.`,
    object,
    reliesOn: [object],
    expected: desired === 0 ? 'at least one pod' : `${desired} available pods`,
    found: desired > 0 ? `${ready} available pods` : kind === 'DaemonSet' ? 'no node for its pods' : 'scaled to 0',
    remedy: [
      command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
      command`kubectl get pods -n ${namespace}`,
    ],
  }
}

/** True while a workload replaces its pods by those of another revision. A pod that is lost otherwise is no rollout. */
function isRollingOut({ kind, desired, status }: Workload): boolean {
  if (kind === 'DaemonSet') return (status.updatedNumberScheduled ?? 0) < desired
  if (kind === 'StatefulSet') return status.currentRevision !== status.updateRevision
  const progressing = conditionOf(status.conditions, 'Progressing')
  // Kubernetes' reason for a rollout that has ended: NewRSAvailableReason in pkg/controller/deployment/util.
  return progressing?.status === 'True' && progressing.reason !== 'NewReplicaSetAvailable'
}

/**
 * True if a StatefulSet or a DaemonSet has pods of an older revision, which its update strategy may keep. A Deployment replaces all
 * of its pods, or says that it is stuck.
 */
function isOutdated({ kind, desired, status }: Workload, enough: number): boolean {
  if (kind === 'DaemonSet') return (status.updatedNumberScheduled ?? 0) < enough
  const isRevised = kind === 'StatefulSet' && status.currentRevision !== status.updateRevision
  return isRevised && (status.updatedReplicas ?? 0) < desired
}

function outdatedness({ kind, namespace, name, desired, status }: Workload, title: string): Circumstances {
  const object = `${kind} ${namespace}/${name}`
  const updated = status.updatedReplicas ?? status.updatedNumberScheduled ?? 0
  return {
    summary: `${object} of ${title} still has pods of an older revision.`,
    object,
    explainsNothing: true,
    expected: `${desired} pods of the current revision`,
    found: `${updated} of them`,
    remedy: [
      command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
      command`kubectl get ${kind.toLowerCase()} -n ${namespace} ${name} -o jsonpath='{.spec.updateStrategy}'`,
    ],
  }
}

/** A rollout that does not end: the pods of the older revision still serve, so the counts are right. */
function stuckRollout({ kind, namespace, name, status }: Workload, title: string): Circumstances | undefined {
  const stuck = status.conditions.filter(
    (one) =>
      (one.type === 'Progressing' && one.status === 'False') ||
      (one.type === 'ReplicaFailure' && one.status === 'True'),
  )
  if (stuck.length === 0) return undefined
  const object = `${kind} ${namespace}/${name}`
  return {
    summary: `${object} of ${title} is stuck in a rollout.`,
    object,
    explainsNothing: true,
    expected: 'pods of the current revision',
    found: stuck.map((one) => `${one.type} ${describeCondition(one)}`).join('; '),
    remedy: [
      command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
      command`kubectl get pods -n ${namespace}`,
    ],
  }
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [key = '', value] = label.split('=')
  return labels[key] === value
}

const titles: Record<Dependency, string> = {
  ingressController: 'the ingress controller',
  certManager: 'cert-manager',
  argocd: 'ArgoCD',
  flux: 'Flux',
  externalSecrets: 'the External Secrets Operator',
  prometheusOperator: 'the Prometheus operator',
  grafana: 'the Grafana of the monitoring stack',
}

/** 0.4: checks that the cluster has an IngressClass. Without one, no controller handles any ingress. */
export async function expectIngressClass({ kubernetes }: Platform): Promise<void> {
  const classes = await kubernetes.ingressClasses()
  const alive = classes.filter((one) => lifecycleProblems('IngressClass', one).length === 0)
  if (alive.length > 0) return
  expectNone(classes.flatMap((one) => lifecycleProblems('IngressClass', one)))
  throw new Unmet({
    summary: 'The cluster has no IngressClass.',
    object: 'IngressClasses of the cluster',
    expected: 'at least one IngressClass',
    found: 'no IngressClass',
    remedy: [command`kubectl get ingressclass`],
  })
}

/** 0.8: checks that Prometheus is available, and does not restart too often. One that restarts gets the time to start. */
export async function expectPrometheusAvailable(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const { namespace } = configuration.monitoring
  const operators = await kubernetes.workloads(configuration.dependencies.prometheusOperator)
  await settled(platform, async () => {
    const objects = await askedPrometheuses(platform)
    if (objects.length === 0)
      throw new Unmet({
        summary: `There is no Prometheus object in ${namespace}.`,
        object: `Prometheus objects in ${namespace}`,
        expected: 'at least one Prometheus object',
        found: 'no Prometheus object',
        remedy: [command`kubectl get prometheus -n ${namespace}`],
      })
    return outcomeOf(objects.flatMap((one) => prometheusProblems(platform, one, operators)))
  })
  const owners = (await askedPrometheuses(platform)).map(({ metadata: { name } }) => ({
    ...{ object: `Prometheus ${namespace}/${name}`, namespace },
    selector: { matchLabels: { 'operator.prometheus.io/name': name }, matchExpressions: [] },
  }))
  expectNone(await restartProblems(platform, owners))
}

function prometheusProblems(
  { kubernetes, configuration }: Platform,
  prometheus: PrometheusObject,
  operators: readonly Workload[],
): Hindrance[] {
  const { namespace } = configuration.monitoring
  const attendedBy = [`workloads labelled ${configuration.dependencies.prometheusOperator.selector}`]
  const { metadata, spec, status } = prometheus
  const unattended = [
    ...lifecycleHindrances('Prometheus', prometheus, { attendedBy }),
    ...assignmentProblems(prometheus, operators).map(lasting),
    ...unwatchedProblems('Prometheus', prometheus.metadata, operators).map(lasting),
  ]
  if (unattended.length > 0) return unattended
  const object = `Prometheus ${namespace}/${metadata.name}`
  const remedy = [command`kubectl get prometheus -n ${namespace}`]
  // The operator reports a Prometheus that has the pods it asks for as available, even if it asks for none.
  if (spec.replicas === 0)
    return [
      lasting({
        summary: `${object} asks for no replicas, so no Prometheus runs.`,
        object,
        expected: 'at least one replica',
        found: 'spec.replicas 0',
        remedy: [
          ...remedy,
          command`kubectl patch prometheus -n ${namespace} ${metadata.name} --type=merge -p '{"spec":{"replicas":1}}'`,
        ],
      }),
    ]
  const finding = (problem: string, expected: string, found: string) => ({
    summary: `${object} ${problem}.`,
    object,
    // The StatefulSet that the operator creates, and the operator itself.
    reliesOn: [`StatefulSet ${namespace}/prometheus-${metadata.name}`, ...attendedBy],
    expected,
    found,
    remedy,
  })
  const available = conditionOf(status.conditions, 'Available')
  if (available?.status !== 'True') {
    const age = kubernetes.now.getTime() - Date.parse(available?.lastTransitionTime ?? '')
    const circumstances = finding('is not available', 'Available', describeWithReasons(status.conditions, 'Available'))
    return [{ circumstances, mayEnd: age < startingMs }]
  }
  const reconciled = conditionOf(status.conditions, 'Reconciled')
  return reconciled?.status === 'False'
    ? [lasting(finding('is not reconciled by its operator', 'Reconciled', describeCondition(reconciled)))]
    : []
}
