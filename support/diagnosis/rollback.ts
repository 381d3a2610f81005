/** The rollback of the checklist (R.1 to R.4), as the commands for what really exists on this platform. Pure. */
import type { Checklist } from '../basis/checklist'
import type { Facts } from './facts/facts'

/** A step of the checklist's rollback, with the commands for what really exists. */
export interface RollbackStep {
  /** Such as "R.1". */
  readonly id: string
  readonly step: string
  /** None where there is nothing to do, or nothing to type. */
  readonly commands: readonly string[]
}

export function rollbackOf(entries: Checklist['rollback'], facts: Facts): RollbackStep[] {
  return entries.map((entry) => ({ ...entry, commands: commands[entry.id]?.(facts) ?? [] }))
}

/** Without it, ArgoCD leaves what an Application deployed. */
const cascade = 'resources-finalizer.argocd.argoproj.io'

const commands: Readonly<Record<string, (facts: Facts) => readonly string[]>> = {
  'R.1': ({ applications }) =>
    applications.flatMap(({ metadata: { namespace, name, finalizers } }) => [
      ...(finalizers.includes(cascade)
        ? []
        : [
            `kubectl patch application -n ${namespace} ${name} --type=merge -p '{"metadata":{"finalizers":["${cascade}"]}}'  # else what it deployed stays`,
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
