/** The first reads of the scenarios, sent before the scenarios ask for them. */
import { entries } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import { type Component, type Contract, components as componentNames } from '../contracts/contract'
import type { Pod } from './core-resources'
import { pingFromInside } from './inside-ping'
import { Kubernetes } from './kubernetes'
import type { PlatformParts } from './platform'
import { runningContainersOf } from './running-containers'

/** The components whose logs are read (3.2). */
const logged = ['lake', 'mysql'] as const

/**
 * Starts the first reads of the scenarios of some sections in parallel. The answers are kept for a moment (recent.ts), so
 * that the scenarios find them. A read that fails here is repeated by its scenario, which reports the reason.
 * @param sections ids of checklist sections
 */
export function readAhead(
  { kubernetes, configuration, contract }: Pick<PlatformParts, 'kubernetes' | 'configuration' | 'contract'>,
  sections: ReadonlySet<string>,
): void {
  // The evidence of a scenario is what it has read itself.
  const unwitnessed = new Kubernetes(kubernetes.api.unwitnessed(), configuration, kubernetes.version())
  const reads = firstReads(unwitnessed, configuration, contract)
  for (const section of sections) for (const answer of reads[section]?.() ?? []) answer.catch(() => {})
}

/** The first reads of the scenarios, by section. */
function firstReads(
  kubernetes: Kubernetes,
  configuration: Configuration,
  contract: Contract,
): Readonly<Record<string, () => readonly Promise<unknown>[]>> {
  const { application, components, dependencies, ingresses, logs, secretNames, storage } = configuration
  const places = ['service', 'database', 'grafana'] as const
  const secrets = places.map((role) => ({ here: kubernetes.of(role), name: secretNames[role].name }))
  const parts = componentNames.map((component) => ({ here: kubernetes.of(component), ...components[component] }))
  const logsOf = async (component: Component) => {
    const here = kubernetes.of(component)
    const pods = await here.pods(components[component].labels)
    const read = ({ name }: { readonly name: string }, pod: Pod) => here.log(pod.metadata.name, name, logs.lookBack)
    await Promise.all(pods.flatMap((pod) => runningContainersOf(pod).map((container) => read(container, pod))))
  }
  return {
    '0': () => [
      kubernetes.nodes(),
      kubernetes.leases(),
      kubernetes.claim(storage.claim),
      kubernetes.ingressClasses(),
      kubernetes.certificates(),
      kubernetes.prometheuses(),
      ...Object.values(dependencies).map((dependency) => kubernetes.workloads(dependency)),
    ],
    '1': () => secrets.flatMap(({ here, name }) => [here.externalSecret(name), here.secret(name)]),
    '2': () => [kubernetes.application(application.name)],
    '3': () => [
      kubernetes.ownWorkloads(),
      ...parts.map(({ here, labels }) => here.pods(labels)),
      ...logged.map(logsOf),
    ],
    '4': () => [
      ...parts.flatMap(({ here, service }) => [here.service(service), here.endpointSlices(service)]),
      pingFromInside(kubernetes, configuration, contract),
    ],
    '5': () => entries.map((role) => kubernetes.entry(role).ingress(ingresses[role].name)),
  }
}
