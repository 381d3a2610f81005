/** Section 3, workloads: checks that a component has all of its pods, and that all of them are of the current revision. */

import { type CommandLine, command, comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import { type Component, components } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import type { OwnWorkload } from '../platform/workload-resources'
import { lifecycleHindrances } from './lifecycle'
import { placed } from './placed'
import { type Hindrance, lasting } from './settled'

/**
 * Returns the workloads whose pods have the labels of a component. A workload that is scaled to 0 counts only if no other one has
 * pods, and then the component has no pod at all. Pods without a workload are judged by themselves.
 */
export async function workloadsOf(platform: Platform, component: Component): Promise<OwnWorkload[]> {
  const labels = Object.entries(platform.configuration.components[component].labels)
  return (await placed(platform, component).kubernetes.ownWorkloads()).filter(({ desired, spec }) => {
    const own = spec.template.metadata.labels
    return desired > 0 && labels.every(([key, value]) => own[key] === value)
  })
}

/** Returns the workloads of all components. */
export const serviceWorkloads = async (platform: Platform): Promise<OwnWorkload[]> =>
  (await Promise.all(components.map((component) => workloadsOf(platform, component)))).flat()

/** A workload as findings name it. */
export const objectOf = ({ kind, metadata }: OwnWorkload): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`

/** Returns the problem of each workload, which may end if its rollout goes on. */
export const workloadProblems = (workloads: readonly OwnWorkload[]): Hindrance[] =>
  workloads.flatMap((workload) => {
    const [unattended] = lifecycleHindrances(workload.kind, workload)
    return unattended ?? rolloutProblem(workload) ?? []
  })

function rolloutProblem(workload: OwnWorkload): Hindrance | undefined {
  const { kind, metadata, status, desired, existing, ready, updated } = workload
  const { name, namespace = '' } = metadata
  const object = objectOf(workload)
  const counts = `${desired} wanted, ${existing} exist, ${updated} of the current revision, ${ready} ready`
  const finding = (problem: string, found = counts): Circumstances => ({
    summary: `${object} ${problem}.`,
    object,
    reliesOn: [object],
    expected: `${desired} ready ${desired === 1 ? 'pod' : 'pods'}, all of the current revision`,
    found,
    remedy: [
      command`kubectl rollout status ${kind.toLowerCase()} -n ${namespace} ${name} --timeout=5s`,
      command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
    ],
  })
  const condition = (type: string, state: string) =>
    status.conditions.find((one) => one.type === type && one.status === state)
  const goesOn = (circumstances: Circumstances): Hindrance => ({ circumstances, mayEnd: true })
  const rejected = condition('ReplicaFailure', 'True')
  if (rejected) return lasting(finding('cannot create its pods', `${counts}: ${rejected.message ?? 'no reason given'}`))
  const stuck = condition('Progressing', 'False')
  if (stuck)
    return lasting(finding('is stuck in a rollout', `${counts}: ${stuck.message ?? stuck.reason ?? 'no reason given'}`))
  if (existing > updated) {
    const problem = finding('still has pods of an older revision')
    const halt = haltOf(workload)
    // kubectl reports no rollout status of a workload that does not roll out by itself.
    return halt ? lasting({ ...problem, remedy: [...halt, ...problem.remedy.slice(1)] }) : goesOn(problem)
  }
  if (existing < desired) return goesOn(finding(existing > 0 ? `has ${existing} of ${desired} pods` : 'has no pods'))
  return ready < desired ? goesOn(finding(`has ${ready} of ${desired} ready pods`)) : undefined
}

/** The commands that continue a rollout which the update strategy holds; undefined where it goes on by itself. */
function haltOf({ kind, metadata, spec: { updateStrategy } }: OwnWorkload): readonly CommandLine[] | undefined {
  const { name, namespace = '' } = metadata
  if (updateStrategy.type === 'OnDelete')
    return [
      comment`its update strategy is OnDelete: delete its pods one by one, and it creates them by the current revision`,
    ]
  const { partition = 0 } = updateStrategy.rollingUpdate ?? {}
  if (partition === 0) return undefined
  const released = JSON.stringify({ spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } })
  return [
    comment`its update strategy keeps the pods below the number ${partition} on the older revision. To update them too:`,
    command`kubectl patch ${kind.toLowerCase()} -n ${namespace} ${name} --type merge -p '${released}'`,
  ]
}
