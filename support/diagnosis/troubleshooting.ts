/** Finds the checklist's troubleshooting entry for a cause, with commands that use this platform's names. Pure. */
import type { Checklist } from '../basis/checklist'
import type { Facts } from './facts/facts'

/** A troubleshooting entry of the checklist, with commands that use this platform's names. */
export interface Troubleshooting {
  /** Such as "T.1". */
  readonly id: string
  readonly issue: string
  readonly look: string
  readonly commands: readonly string[]
}

interface Suspect {
  readonly items: readonly string[]
  /** The text of all findings. */
  readonly said: string
}

const of = (sections: readonly string[]) => (item: string) => sections.includes(item.split('.')[0] ?? '')

/** The condition under which an entry applies to a cause. */
const matches: Readonly<Record<string, (suspect: Suspect) => boolean>> = {
  'T.1': ({ said }) => /\bPending\b/.test(said) && /\b(Pod|PersistentVolumeClaim)\b/.test(said),
  'T.2': ({ items, said }) => items.some(of(['6'])) && /MySQL|password|database/i.test(said),
  'T.3': ({ items, said }) => items.some(of(['4', '5', '7', '8', '9'])) && /\b404\b|endpoints|Ingress/.test(said),
  'T.4': ({ items, said }) => items.some(of(['10'])) && /ServiceMonitor|[Tt]arget|[Ss]crape/.test(said),
}

/** The entry of the checklist that applies to a cause, or null if there is none. */
export function troubleshootingOf(
  suspect: Suspect,
  entries: Checklist['troubleshooting'],
  facts: Facts | null,
): Troubleshooting | null {
  const entry = entries.find(({ id }) => matches[id]?.(suspect))
  if (!entry) return null
  return { ...entry, commands: facts === null ? [] : (commands[entry.id]?.(facts) ?? []) }
}

const commands: Readonly<Record<string, (facts: Facts) => readonly string[]>> = {
  'T.1': ({ names: { namespace }, claims }) => [
    `kubectl get pvc -n ${namespace}`,
    ...claims.map(({ metadata: { name } }) => `kubectl describe pvc -n ${namespace} ${name}`),
  ],
  'T.2': (facts) => [
    ...podsOf('lake', facts).map((pod) => `kubectl logs -n ${facts.names.namespace} ${pod} | grep -i mysql`),
    ...podsOf('mysql', facts).map((pod) => `kubectl get pod -n ${facts.names.namespace} ${pod}`),
    // The checklist prints the Secret itself. Its keys and sizes are enough here.
    `kubectl describe secret -n ${facts.names.namespace} ${facts.names.database.secret}`,
  ],
  'T.3': ({ names: { namespace, components }, ingresses }) => [
    ...ingresses.map(({ metadata: { name } }) => `kubectl describe ingress -n ${namespace} ${name}`),
    ...components
      .filter(({ component }) => component === 'lake')
      .map(({ service }) => `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service}`),
  ],
  'T.4': ({ names: { monitoring } }) => [
    `kubectl get servicemonitor -n ${monitoring.namespace} ${monitoring.serviceMonitor} -o yaml`,
    `kubectl logs -n ${monitoring.namespace} prometheus-${monitoring.prometheus}-0 | grep ${monitoring.serviceMonitor}`,
  ],
}

/** The names of a component's pods. */
function podsOf(component: string, { names, pods }: Facts): string[] {
  const selector = names.components.find((one) => one.component === component)?.selector ?? ''
  return pods
    .filter(({ metadata }) => metadata.namespace === names.namespace)
    .filter(({ metadata: { labels } }) =>
      selector.split(',').every((pair) => labels[pair.split('=')[0] ?? ''] === pair.split('=')[1]),
    )
    .map(({ metadata: { name } }) => name)
}
