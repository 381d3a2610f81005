/**
 * Configures the targets of logs, port-forward and exec of each pod in kwok. The rules of a pod are created once and deleted
 * with the pod, so that a fault can change them. Only the environment of exec follows the starts of the containers.
 */
import {
  ApiException,
  type KubernetesObject,
  type V1Container,
  type V1Pod,
  type V1Secret,
} from '@kubernetes/client-node'
import { podLogOf, previousPodLogOf } from '../basis/layout'
import type { Ports } from '../basis/ports'
import { type Listener, listenerOf } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { debianProgram } from '../programs/debian'
import { ignoreMissing, merge } from './writing'

/** On a pod that nobody looks into, with the value "none": thousands of pods would need thousands of rules. */
const accessAnnotation = 'sandbox/access'
const apiVersion = 'kwok.x-k8s.io/v1alpha1'
/** The log of pods without a process of the sandbox. */
export const silentLog = podLogOf('silent')

const ruleFor = (pod: V1Pod, kind: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name: ruleName(pod) },
  spec: {
    selector: { matchNamespaces: [pod.metadata?.namespace ?? ''], matchNames: [pod.metadata?.name ?? ''] },
    ...spec,
  },
})

/** The environment of a container, with the values that the Secrets have now. */
function environmentOf({ metadata }: V1Pod, { env = [], envFrom = [] }: V1Container, secrets: Cache<V1Secret>) {
  const dataOf = (secret: string | undefined) => secrets.find(metadata?.namespace, secret ?? '')?.data ?? {}
  const decoded = (value: string) => Buffer.from(value, 'base64').toString('utf8')
  const values = new Map<string, string>()
  for (const { prefix = '', secretRef } of envFrom)
    for (const [key, value] of Object.entries(dataOf(secretRef?.name))) values.set(`${prefix}${key}`, decoded(value))
  for (const { name, value, valueFrom } of env) {
    const reference = valueFrom?.secretKeyRef
    const found = reference === undefined ? undefined : dataOf(reference.name)[reference.key]
    const text = found === undefined ? value : decoded(found)
    if (text !== undefined) values.set(name, text)
  }
  values.set('HOSTNAME', metadata?.name ?? '').set('POD_NAMESPACE', metadata?.namespace ?? '')
  return [...values].map(([name, value]) => ({ name, value }))
}

const execOf = (pod: V1Pod, secrets: Cache<V1Secret>): KubernetesObject =>
  ruleFor(pod, 'ClusterExec', {
    execs: (pod.spec?.containers ?? []).map((container) => ({
      containers: [container.name],
      local: { workDir: '/tmp', envs: environmentOf(pod, container, secrets) },
    })),
  })

/** Tests whether the cache has each value to which the environment refers: a kubelet starts no container before. */
const isComplete = ({ metadata, spec }: V1Pod, secrets: Cache<V1Secret>): boolean =>
  (spec?.containers ?? []).every(({ env = [] }) =>
    env.every(({ valueFrom }) => {
      const reference = valueFrom?.secretKeyRef
      return !reference || secrets.find(metadata?.namespace, reference.name ?? '')?.data?.[reference.key] !== undefined
    }),
  )

/** When the containers of a pod were started; it changes with each start. */
const startsOf = ({ metadata, status }: V1Pod): string =>
  JSON.stringify([metadata?.uid, (status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt)])

function rulesOf(pod: V1Pod, secrets: Cache<V1Secret>, ports: Ports): KubernetesObject[] {
  const listener = listenerOf(pod.metadata?.annotations, ports)
  const rule = (kind: string, spec: object) => ruleFor(pod, kind, spec)
  const { process } = listener ?? {}
  const logs =
    process === undefined
      ? { logsFile: silentLog, previousLogsFile: previousPodLogOf('others') }
      : { logsFile: podLogOf(process), previousLogsFile: previousPodLogOf(process) }
  const common = [rule('ClusterLogs', { logs: [{ ...logs, follow: true }] }), execOf(pod, secrets)]
  if (listener === undefined) return common
  const { containerPort } = listener
  return [...common, rule('ClusterPortForward', { forwards: [{ ports: [containerPort], ...forwardTo(listener) }] })]
}

/**
 * The way from a port-forward to a listener. kwok keeps its own connection until the listener ends it, even when the client has
 * gone. A database never does, so a relay that ends with its client, as in a kubelet, stands in between.
 */
function forwardTo({ port, readinessPath }: Listener) {
  return readinessPath === undefined
    ? { command: [debianProgram('socat'), '-', `TCP:127.0.0.1:${port}`] }
    : { target: { address: '127.0.0.1', port } }
}

const ruleName = ({ metadata }: V1Pod) => `${metadata?.namespace}.${metadata?.name}`

const ignoreConflict = (error: unknown) => {
  if (!(error instanceof ApiException && error.code === 409)) throw error
}

export async function runPodAccess(
  cluster: Cluster,
  secrets: Cache<V1Secret>,
  pods: Cache<V1Pod>,
  ports: Ports,
): Promise<void> {
  const known = new Map<string, KubernetesObject[]>()
  const started = new Map<string, string>()
  await reconcile('pod access', [pods, secrets], async () => {
    const accessible = pods.items().filter(({ metadata }) => metadata?.annotations?.[accessAnnotation] !== 'none')
    const present = new Set(accessible.map(ruleName))
    const add = accessible.filter((pod) => !known.has(ruleName(pod)))
    await Promise.all(
      add.map(async (pod) => {
        const rules = rulesOf(pod, secrets, ports)
        await Promise.all(rules.map((rule) => cluster.api.create(rule).catch(ignoreConflict)))
        known.set(ruleName(pod), rules)
        if (isComplete(pod, secrets)) started.set(ruleName(pod), startsOf(pod))
      }),
    )
    await Promise.all(
      accessible.map(async (pod) => {
        if (started.get(ruleName(pod)) === startsOf(pod) || !isComplete(pod, secrets)) return
        started.set(ruleName(pod), startsOf(pod))
        await ignoreMissing(merge(cluster.api, execOf(pod, secrets)))
      }),
    )
    const gone = [...known].filter(([name]) => !present.has(name))
    await Promise.all(
      gone.map(async ([name, rules]) => {
        await Promise.all(rules.map((rule) => ignoreMissing(cluster.api.delete(rule))))
        known.delete(name)
        started.delete(name)
      }),
    )
  })
}
