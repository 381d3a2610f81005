/** Names and commands for ArgoCD. The commands go through the Kubernetes API: the argocd CLI would need a login of its own. */
import { type CommandLine, command } from './command'

interface Named {
  readonly namespace: string
  readonly name: string
}

/** Starts a sync. */
export const syncOf = ({ namespace, name }: Named): CommandLine =>
  command`kubectl patch application -n ${namespace} ${name} --type=merge -p '{"operation":{"initiatedBy":{"username":"kubectl"},"sync":{"syncStrategy":{"hook":{}}}}}'`

/** Compares the Application with its source now. */
export const refreshOf = ({ namespace, name }: Named): CommandLine =>
  command`kubectl annotate application -n ${namespace} ${name} --overwrite argocd.argoproj.io/refresh=normal`

/** Lists the resources with their sync status. */
export const differencesOf = ({ namespace, name }: Named): CommandLine =>
  command`kubectl get application -n ${namespace} ${name} -o jsonpath='{.status.sync.status}{"\\n"}{range .status.resources[*]}{.status} {.kind} {.namespace}/{.name}{"\\n"}{end}'`

/** The name under which findings rely on the comparison of an Application, which says nothing about its health. */
export const comparisonOf = (application: string) => `${application}, comparison`
