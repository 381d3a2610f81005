/**
 * Configures the targets of logs, port-forward and exec of each pod in kwok. The rules of a pod are created once and deleted
 * with the pod. They are never updated, so that a fault can change them.
 */
import { ApiException, type KubernetesObject, type V1Pod } from '@kubernetes/client-node'
import { podLogOf, previousPodLogOf } from '../basis/layout'
import type { Ports } from '../basis/ports'
import { listenerOf } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { ignoreMissing } from './writing'

/** On a pod that nobody looks into, with the value "none": thousands of pods would need thousands of rules. */
const accessAnnotation = 'sandbox/access'
const apiVersion = 'kwok.x-k8s.io/v1alpha1'
/** The log of pods without a process of the sandbox. */
export const silentLog = podLogOf('silent')

function rulesOf(pod: V1Pod, ports: Ports): KubernetesObject[] {
  const { name = '', namespace = '' } = pod.metadata ?? {}
  const listener = listenerOf(pod.metadata?.annotations, ports)
  const rule = (kind: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name: ruleName(pod) },
    spec: { selector: { matchNamespaces: [namespace], matchNames: [name] }, ...spec },
  })
  const exec = rule('ClusterExec', {
    execs: [
      {
        local: {
          workDir: '/tmp',
          envs: [
            { name: 'HOSTNAME', value: name },
            { name: 'POD_NAMESPACE', value: namespace },
          ],
        },
      },
    ],
  })
  const { process } = listener ?? {}
  const logs =
    process === undefined
      ? { logsFile: silentLog }
      : { logsFile: podLogOf(process), previousLogsFile: previousPodLogOf(process) }
  const common = [rule('ClusterLogs', { logs: [{ ...logs, follow: true }] }), exec]
  if (listener === undefined) return common
  const { containerPort, port } = listener
  return [
    ...common,
    rule('ClusterPortForward', { forwards: [{ ports: [containerPort], target: { address: '127.0.0.1', port } }] }),
  ]
}

const ruleName = ({ metadata }: V1Pod) => `${metadata?.namespace}.${metadata?.name}`

const ignoreConflict = (error: unknown) => {
  if (!(error instanceof ApiException && error.code === 409)) throw error
}

export async function runPodAccess(cluster: Cluster, pods: Cache<V1Pod>, ports: Ports): Promise<void> {
  const known = new Map<string, KubernetesObject[]>()
  await reconcile('pod access', [pods], async () => {
    const accessible = pods.items().filter(({ metadata }) => metadata?.annotations?.[accessAnnotation] !== 'none')
    const present = new Set(accessible.map(ruleName))
    const add = accessible.filter((pod) => !known.has(ruleName(pod)))
    await Promise.all(
      add.map(async (pod) => {
        const rules = rulesOf(pod, ports)
        await Promise.all(rules.map((rule) => cluster.api.create(rule).catch(ignoreConflict)))
        known.set(ruleName(pod), rules)
      }),
    )
    const gone = [...known].filter(([name]) => !present.has(name))
    await Promise.all(
      gone.map(async ([name, rules]) => {
        await Promise.all(rules.map((rule) => ignoreMissing(cluster.api.delete(rule))))
        known.delete(name)
      }),
    )
  })
}
