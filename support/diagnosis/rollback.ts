/** The rollback of the checklist, as the commands for what really exists on this platform. Pure. */
import type { Checklist, RollbackAction } from '../basis/checklist'
import type { Facts } from './facts/facts'

/** A step of the checklist's rollback, with the commands for what really exists. */
export interface RollbackStep {
  /** Such as "R.1". */
  readonly id: string
  readonly step: string
  /** A person carries it out: there is nothing to type. */
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

/** Without it, ArgoCD leaves what an Application deployed. */
const cascade = 'resources-finalizer.argocd.argoproj.io'

const commands: Readonly<Record<RollbackAction, (facts: Facts) => readonly string[]>> = {
  'delete application': ({ applications }) =>
    applications.flatMap(({ metadata: { namespace, name, finalizers } }) => [
      ...(finalizers.includes(cascade)
        ? []
        : [
            `kubectl patch application -n ${namespace} ${name} --type=merge -p '{"metadata":{"finalizers":["${cascade}"]}}'  # else what it deployed stays`,
          ]),
      `kubectl delete application -n ${namespace} ${name}`,
    ]),
  'delete namespace': ({ namespaces, names }) =>
    namespaces.includes(names.ownNamespace) ? [`kubectl delete namespace ${names.ownNamespace}`] : [],
  'delete secrets': ({ names, secrets }) =>
    names.secretsByHand
      ? secrets
          .filter(({ metadata: { name } }) => names.secrets.includes(name))
          .map(({ metadata: { namespace, name } }) => `kubectl delete secret -n ${namespace} ${name}`)
      : [],
  'by hand': () => [],
}
