/** Section 1: checks that the running pods use the current values of the Secrets. */
import { command } from '../basis/command'
import { type Circumstances, expectNone } from '../basis/expectation'
import { components } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import type { ContainerUse, PodUse } from '../platform/pod-use'
import type { SecretRole } from './external-secrets'

type SecretMetadata = NonNullable<Awaited<ReturnType<Platform['kubernetes']['secretMetadata']>>>

/**
 * 1.3 and 1.4: checks that no container was started before the last change of a value that it reads only at its start: an
 * environment variable, or a file mounted by subPath. Other mounted files follow the Secret.
 */
export async function expectInUse({ kubernetes, configuration }: Platform, role: SecretRole): Promise<void> {
  const { name } = configuration.secretNames[role]
  const secret = await kubernetes.secretMetadata(name)
  if (!secret) return
  const uses = await Promise.all(
    components.map((component) => kubernetes.podUses(configuration.components[component].labels)),
  )
  const pods = uses.flat().filter(({ metadata }) => !metadata.deletionTimestamp)
  expectNone(pods.flatMap((pod) => pod.spec.containers.flatMap((container) => staleness(pod, container, name, secret))))
}

function staleness(pod: PodUse, container: ContainerUse, name: string, secret: SecretMetadata): Circumstances[] {
  const started = pod.status.containerStatuses.find((status) => status.name === container.name)?.state.running
    ?.startedAt
  const reads = readsAtStart(pod, container, name)
  if (!started || !reads) return []
  const changed = lastChange(secret, reads.keys)
  // Kubernetes' times have whole seconds.
  if (changed === undefined || changed <= Date.parse(started) + 1000) return []
  const { namespace = '', name: podName } = pod.metadata
  const owner = `Secret ${namespace}/${name}`
  return [
    {
      summary: `${owner} has changed since the container ${container.name} of Pod ${namespace}/${podName} read it.`,
      object: `Pod ${namespace}/${podName}`,
      expected: `a container that was started after the last change of ${reads.keys?.join(', ') ?? 'the Secret'}`,
      found: `changed at ${new Date(changed).toISOString()}, started at ${started}, read as ${reads.how}`,
      remedy: [command`kubectl delete pod -n ${namespace} ${podName}`],
    },
  ]
}

/** The keys of a Secret that a container reads once, at its start; all of them if `keys` is undefined. */
function readsAtStart(
  { spec }: PodUse,
  { env, envFrom, volumeMounts }: ContainerUse,
  name: string,
): { readonly keys: readonly string[] | undefined; readonly how: string } | undefined {
  if (envFrom.some(({ secretRef }) => secretRef?.name === name))
    return { keys: undefined, how: 'environment variables' }
  const volumes = spec.volumes
    .filter(
      ({ secret, projected }) =>
        secret?.secretName === name || projected?.sources.some((source) => source.secret?.name === name),
    )
    .map((volume) => volume.name)
  if (volumeMounts.some((mount) => (mount.subPath || mount.subPathExpr) && volumes.includes(mount.name)))
    return { keys: undefined, how: 'a file mounted by subPath' }
  const references = env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? [])
  const keys = references.filter((reference) => reference.name === name).map(({ key }) => key)
  return keys.length > 0 ? { keys, how: 'environment variables' } : undefined
}

/** When a client last changed one of the keys, in milliseconds since 1970, by the record that the API server keeps. */
function lastChange({ managedFields }: SecretMetadata, keys: readonly string[] | undefined): number | undefined {
  const times = managedFields.flatMap(({ time, fieldsV1 }) => {
    const data = fieldsV1['f:data'] ?? fieldsV1['f:stringData']
    if (!time || typeof data !== 'object' || data === null) return []
    return keys === undefined || keys.some((key) => `f:${key}` in data) ? [Date.parse(time)] : []
  })
  return times.length > 0 ? Math.max(...times) : undefined
}
