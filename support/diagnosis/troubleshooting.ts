/** Finds the checklist's troubleshooting entry for a cause, with commands that use this platform's names. Pure. */

import type { Checklist, Symptom } from '../basis/checklist'
import { type CommandLine, command } from '../basis/command'
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
  /** Ids of the items that the cause concerns. */
  readonly items: readonly string[]
  /** The text of all its findings. */
  readonly said: string
}

/** Recognises a symptom in the text of the findings. */
const recognisers: Readonly<Record<Symptom, (said: string) => boolean>> = {
  pending: (said) => /\bPending\b/.test(said) && /\b(Pod|PersistentVolumeClaim)\b/.test(said),
  'database connection': (said) => /MySQL|password|database/i.test(said),
  'not found': (said) => /\b404\b|endpoints|Ingress/.test(said),
  scraping: (said) => /ServiceMonitor|[Tt]arget|[Ss]crape/.test(said),
}

const isInOneOf = (sections: readonly string[]) => (item: string) => sections.includes(item.split('.')[0] ?? '')

/** The first entry of the checklist that applies to a cause, or null if there is none. */
export function troubleshootingOf(
  suspect: Suspect,
  entries: Checklist['troubleshooting'],
  facts: Facts | null,
): Troubleshooting | null {
  const { items, said } = suspect
  const entry = entries.find(
    ({ matches, sections }) =>
      (sections === undefined || items.some(isInOneOf(sections))) && recognisers[matches](said),
  )
  if (!entry) return null
  const { id, issue, look, matches } = entry
  return { id, issue, look, commands: facts === null ? [] : commands[matches](facts) }
}

const commands: Readonly<Record<Symptom, (facts: Facts) => readonly CommandLine[]>> = {
  pending: ({ names: { namespace }, claims }) => [
    command`kubectl get pvc -n ${namespace}`,
    ...claims.map(({ metadata: { name } }) => command`kubectl describe pvc -n ${namespace} ${name}`),
  ],
  'database connection': (facts) => [
    ...podsOf('lake', facts).map((pod) => command`kubectl logs -n ${facts.names.namespace} ${pod} | grep -i mysql`),
    ...podsOf('mysql', facts).map((pod) => command`kubectl get pod -n ${facts.names.namespace} ${pod}`),
    // The checklist prints the Secret itself. Its keys and sizes are enough here.
    command`kubectl describe secret -n ${facts.names.namespace} ${facts.names.database.secret}`,
  ],
  'not found': ({ names: { namespace, components }, ingresses }) => [
    ...ingresses.map(({ metadata }) => command`kubectl describe ingress -n ${metadata.namespace} ${metadata.name}`),
    ...components
      .filter(({ component }) => component === 'lake')
      .map(
        ({ service }) => command`kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service}`,
      ),
  ],
  scraping: ({ names: { monitoring } }) => [
    command`kubectl get servicemonitor -n ${monitoring.serviceMonitorNamespace ?? monitoring.namespace} ${monitoring.serviceMonitor} -o yaml`,
    command`kubectl logs -n ${monitoring.namespace} svc/${monitoring.prometheus} --tail=100`,
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
