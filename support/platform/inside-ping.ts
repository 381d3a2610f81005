/** A ping of the lake from inside the cluster, by its service. */
import type { Configuration } from '../configuration/schema'
import type { Component, Contract } from '../contracts/contract'
import type { CommandAnswer } from './command-answer'
import { askFromInside } from './exec'
import type { Kubernetes } from './kubernetes'
import { operations } from './operations'
import { ensureMayOpen } from './streams'

/** Components whose pods can send a request from inside the cluster, the closest to a user first. */
export const clientComponents: readonly Component[] = ['ui', 'lake', 'grafana']

/** The answer to a ping, and the pod that sent it. */
interface InsidePing extends CommandAnswer {
  readonly component: Component
  readonly pod: string
}

/** The URL of the lake's ping inside the cluster. */
export const pingUrl = ({ components: { lake } }: Configuration, { ping }: Contract) =>
  `http://${lake.service}:${lake.port}${ping.path}`

/**
 * Pings the lake from the first running pod that has wget or curl. Returns undefined if there is none.
 * @throws Blocked if the caller may not run commands in pods, or the command does not finish in time
 */
export async function pingFromInside(
  kubernetes: Kubernetes,
  configuration: Configuration,
  contract: Contract,
): Promise<InsidePing | undefined> {
  const { components, deadlines } = configuration
  await ensureMayOpen(kubernetes, operations.execInPod)
  for (const component of clientComponents) {
    for (const { metadata, spec, status } of await kubernetes.pods(components[component].labels)) {
      const [container] = spec.containers
      if (status.phase !== 'Running' || metadata.deletionTimestamp || !container) continue
      const client = { namespace: kubernetes.namespace, pod: metadata.name, container: container.name }
      const answer = await askFromInside(kubernetes.api, client, pingUrl(configuration, contract), deadlines.request)
      if (answer) return { ...answer, component, pod: metadata.name }
    }
  }
  return undefined
}
