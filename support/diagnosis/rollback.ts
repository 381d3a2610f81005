/** Decides whether the deployment failed, and turns the checklist's rollback into commands for the objects that exist. Pure. */

import type { Checklist, RollbackAction } from '../basis/checklist'
import { type CommandLine, command } from '../basis/command'
import { labelsOf } from '../basis/labels'
import { isWell, podsBehind } from './analyzers/pods'
import { hasEndpoints } from './analyzers/services'
import type { Facts } from './facts/facts'

/** A step of the checklist's rollback, with commands for the objects that exist. */
export interface RollbackStep {
  /** Such as "R.1". */
  readonly id: string
  readonly step: string
  /** True if a person carries it out, without a command. */
  readonly byHand: boolean
  /** Empty where there is nothing to do, or where a person carries it out. */
  readonly commands: readonly string[]
}

/** The phases of a sync that did not succeed. */
const failedSync = /^(Failed|Error)$/

/**
 * True if the service was not deployed as it should run: a component without healthy pods or endpoints, or an Application that is
 * degraded or whose sync failed. Only then does a rollback mend anything.
 */
export function deploymentFailed(facts: Facts): boolean {
  const { names, services, applications } = facts
  const isDown = names.components.some(({ selector, service: name, namespace = names.namespace }) => {
    const found = podsBehind(labelsOf(selector), namespace, facts)
    const service = services.find(({ metadata }) => metadata.name === name)
    return found.length === 0 || !found.every(isWell) || (service !== undefined && !hasEndpoints(service, facts))
  })
  return (
    isDown ||
    applications.some(
      ({ status: { health, operationState } }) =>
        /^(Degraded|Missing)$/.test(health?.status ?? '') || failedSync.test(operationState?.phase ?? ''),
    )
  )
}

export function rollbackOf(entries: Checklist['rollback'], facts: Facts): RollbackStep[] {
  return entries.map(({ id, step, action }) => ({
    id,
    step,
    byHand: action === 'by hand',
    commands: commands[action](facts),
  }))
}

/** Without this finalizer, ArgoCD leaves the resources that an Application deployed. */
const cascade = 'resources-finalizer.argocd.argoproj.io'

const commands: Readonly<Record<RollbackAction, (facts: Facts) => readonly CommandLine[]>> = {
  'delete application': ({ applications }) =>
    applications.flatMap(({ metadata: { namespace, name, finalizers } }) => [
      ...(finalizers.includes(cascade)
        ? []
        : [
            command`kubectl patch application -n ${namespace} ${name} --type=merge -p '${JSON.stringify({ metadata: { finalizers: [cascade] } })}'  # otherwise the resources that it deployed remain`,
          ]),
      command`kubectl delete application -n ${namespace} ${name}`,
    ]),
  'delete namespace': ({ namespaces, names }) =>
    namespaces.includes(names.ownNamespace) ? [command`kubectl delete namespace ${names.ownNamespace}`] : [],
  'delete secrets': ({ names, secrets }) =>
    names.secretsByHand
      ? secrets
          .filter(({ metadata: { name } }) => names.secrets.includes(name))
          .map(({ metadata: { namespace, name } }) => command`kubectl delete secret -n ${namespace} ${name}`)
      : [],
  'by hand': () => [],
}
