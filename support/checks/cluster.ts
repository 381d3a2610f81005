/** Section 0, infrastructure: checks of the version and the workers of the cluster. */
import semver from 'semver'
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { components } from '../contracts/contract'
import type { Node } from '../platform/node-resources'
import type { Platform } from '../platform/platform'
import { isLive } from '../platform/pod-use'
import { failureOf, isCordoned, unfitnessOf } from './node-fitness'

/** 0.1: checks the version of Kubernetes. By semantic version 1.9 is older than 1.28; a vendor's suffix does not matter. */
export async function expectVersion({ kubernetes, configuration }: Platform): Promise<void> {
  const { minimumVersion } = configuration.cluster
  const found = await kubernetes.version()
  const actual = semver.coerce(found)
  const minimum = semver.coerce(minimumVersion)
  if (actual && minimum && semver.gte(actual, minimum)) return
  throw new Unmet({
    summary: `Kubernetes ${found} is older than ${minimumVersion}.`,
    object: `API server ${kubernetes.api.server}`,
    expected: `version ${minimumVersion} or newer`,
    found,
    remedy: [command`kubectl version`],
  })
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** A node of the control plane is a worker too unless a taint keeps ordinary pods away. */
const isWorker = ({ metadata, spec }: Node): boolean =>
  controlPlaneLabels.every((label) => !(label in metadata.labels)) ||
  !spec.taints.some(({ key, effect }) => controlPlaneLabels.includes(key) && effect !== 'PreferNoSchedule')

/** 0.2: checks the number of workers that can take pods of the service. */
export async function expectWorkers({ kubernetes, configuration }: Platform): Promise<void> {
  const [nodes, serverVersion, leases, ...uses] = await Promise.all([
    kubernetes.nodes(),
    kubernetes.version(),
    kubernetes.leases(),
    ...components.map((component) => kubernetes.podUses(configuration.components[component].labels)),
  ])
  const pods = uses.flat().filter(isLive)
  const workers = nodes.filter(isWorker)
  const now = kubernetes.now.getTime()
  const surroundings = { serverVersion, now, leases, pods }
  const unusable = workers.flatMap((node) => {
    const problem = unfitnessOf(node, surroundings)
    return problem
      ? [{ name: node.metadata.name, problem, hasFailed: failureOf(node, surroundings) !== undefined }]
      : []
  })
  const usable = workers.length - unusable.length
  const required = configuration.cluster.workers
  if (usable >= required) return
  const [first] = unusable
  throw new Unmet({
    summary: `Only ${usable} of the ${required} required workers can accept pods.`,
    object: first && unusable.length === 1 ? `Node ${first.name}` : 'the worker nodes',
    reliesOn: unusable.map(({ name }) => `Node ${name}`),
    explainsNothing: unusable.every(({ hasFailed }) => !hasFailed),
    expected: `at least ${required} workers that are Ready and take pods of the service`,
    found:
      unusable.length > 0
        ? unusable.map(({ name, problem }) => `${name} ${problem}`).join('; ')
        : `${workers.length} workers in total`,
    remedy:
      unusable.length > 0
        ? unusable.map(({ name, problem }) =>
            problem === isCordoned ? command`kubectl uncordon ${name}` : command`kubectl describe node ${name}`,
          )
        : [command`kubectl get nodes`],
  })
}
