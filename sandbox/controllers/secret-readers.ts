/**
 * A kubelet starts a container only when the Secrets that its environment refers to exist. The sandbox's kubelet has started it
 * before, so this controller dates the start after the creation of the Secret.
 */
import type { V1Pod, V1Secret } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { now } from './writing'

/** A time in milliseconds; 0 without one. The types promise dates, but watched objects hold text. */
const timeOf = (given: Date | undefined): number => (given === undefined ? 0 : new Date(given).getTime())

export async function runSecretReaders(cluster: Cluster, secrets: Cache<V1Secret>, pods: Cache<V1Pod>): Promise<void> {
  const created = (namespace: string | undefined, name: string | undefined): number =>
    timeOf(secrets.find(namespace, name ?? '')?.metadata?.creationTimestamp)

  const startAgain = async (pod: V1Pod): Promise<void> => {
    const { metadata, spec, status } = pod
    const isEarly = (name: string, startedAt: Date | undefined): boolean => {
      const container = spec?.containers.find((one) => one.name === name)
      return (container?.env ?? []).some(({ valueFrom }) => {
        const at = created(metadata?.namespace, valueFrom?.secretKeyRef?.name)
        return startedAt !== undefined && timeOf(startedAt) < at
      })
    }
    const statuses = status?.containerStatuses ?? []
    if (!statuses.some(({ name, state }) => isEarly(name, state?.running?.startedAt))) return
    const containerStatuses = statuses.map((container) =>
      isEarly(container.name, container.state?.running?.startedAt)
        ? { ...container, state: { running: { startedAt: now() } } }
        : container,
    )
    await cluster.mergeStatus('Pod', pod, { containerStatuses })
  }

  await reconcile('secret readers', [secrets, pods], async () => {
    const running = pods.items().filter(({ status }) => status?.phase === 'Running')
    await Promise.all(running.map(startAgain))
  })
}
