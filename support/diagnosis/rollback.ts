/** Turns the checklist's rollback (R.1 to R.4) into commands for the objects that exist on this platform. Pure. */
import type { Checklist } from '../basis/checklist'
import type { Facts } from './facts/facts'

/** A step of the checklist's rollback, with commands for the objects that exist. */
export interface RollbackStep {
  /** Such as "R.1". */
  readonly id: string
  readonly step: string
  /** Empty if there is nothing to do, or no command for it. */
  readonly commands: readonly string[]
}

export function rollbackOf(entries: Checklist['rollback'], facts: Facts): RollbackStep[] {
  return entries.map((entry) => ({ ...entry, commands: commands[entry.id]?.(facts) ?? [] }))
}

/** Without this finalizer, ArgoCD leaves the resources that an Application deployed. */
const cascade = 'resources-finalizer.argocd.argoproj.io'

const commands: Readonly<Record<string, (facts: Facts) => readonly string[]>> = {
  'R.1': ({ applications }) =>
    applications.flatMap(({ metadata: { namespace, name, finalizers } }) => [
      ...(finalizers.includes(cascade)
        ? []
        : [
            `kubectl patch application -n ${namespace} ${name} --type=merge -p '{"metadata":{"finalizers":["${cascade}"]}}'  # otherwise the resources that it deployed remain`,
          ]),
      `kubectl delete application -n ${namespace} ${name}`,
    ]),
  'R.2': ({ namespaces, names }) =>
    namespaces.includes(names.ownNamespace) ? [`kubectl delete namespace ${names.ownNamespace}`] : [],
  'R.3': ({ names, secrets }) =>
    names.secretsByHand
      ? secrets
          .filter(({ metadata: { name } }) => names.secrets.includes(name))
          .map(({ metadata: { namespace, name } }) => `kubectl delete secret -n ${namespace} ${name}`)
      : [],
}
