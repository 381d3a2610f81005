/** Turns the checklist's rollback into commands for the objects that exist on this platform. Pure. */

import type { Checklist, RollbackAction } from '../basis/checklist'
import { type CommandLine, command } from '../basis/command'
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
