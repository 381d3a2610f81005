/** Section 0, infrastructure: checks of the version, the workers and the storage of the cluster. */
import semver from 'semver'
import { command } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { quantityOf } from '../formats/quantity'
import type { Node } from '../platform/core-resources'
import type { Platform } from '../platform/platform'

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

/** 0.2: checks the number of usable workers. Control-plane nodes and cordoned workers do not count. */
export async function expectWorkers({ kubernetes, configuration }: Platform): Promise<void> {
  const workers = (await kubernetes.nodes()).filter(({ metadata }) =>
    controlPlaneLabels.every((label) => !(label in metadata.labels)),
  )
  const unusable = workers.flatMap((node) => {
    const problem = problemOf(node)
    return problem ? [{ name: node.metadata.name, problem }] : []
  })
  const usable = workers.length - unusable.length
  const required = configuration.cluster.workers
  if (usable >= required) return
  const [first] = unusable
  throw new Unmet({
    summary: `Only ${usable} of the ${required} required workers can accept pods.`,
    object: first && unusable.length === 1 ? `Node ${first.name}` : 'the worker nodes',
    reliesOn: unusable.map(({ name }) => `Node ${name}`),
    expected: `at least ${required} workers that are Ready and not cordoned`,
    found:
      unusable.length > 0
        ? unusable.map(({ name, problem }) => `${name} ${problem}`).join('; ')
        : `${workers.length} workers in total`,
    remedy:
      unusable.length > 0
        ? unusable.map(({ name, problem }) =>
            problem === 'is cordoned' ? command`kubectl uncordon ${name}` : command`kubectl describe node ${name}`,
          )
        : [command`kubectl get nodes`],
  })
}

function problemOf({ spec, status }: Node): string | undefined {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True') return `is not Ready (${ready?.reason ?? ready?.message ?? 'no Ready condition'})`
  return spec.unschedulable ? 'is cordoned' : undefined
}

/** 0.3: checks that the volume claim is bound to a volume of at least the configured size. */
export async function expectStorage({ kubernetes, configuration }: Platform): Promise<void> {
  const { claim: name, size } = configuration.storage
  const object = `PersistentVolumeClaim ${kubernetes.namespace}/${name}`
  const remedy = [command`kubectl describe pvc -n ${kubernetes.namespace} ${name}`, command`kubectl get storageclass`]
  const claim = await kubernetes.claim(name)
  if (!claim)
    throw new Unmet({
      summary: `${object} does not exist.`,
      object,
      expected: `a bound claim of ${size}`,
      found: 'no claim',
      remedy: [command`kubectl get pvc -n ${kubernetes.namespace}`],
    })
  const capacity = claim.status.capacity.storage
  const unmet: Circumstances[] = []
  if (claim.status.phase !== 'Bound')
    unmet.push({
      summary: `${object} is ${claim.status.phase}.`,
      object,
      reliesOn: [object],
      expected: 'Bound',
      found: claim.status.phase,
      remedy,
    })
  else if (capacity === undefined || (quantityOf(capacity) ?? 0) < (quantityOf(size) ?? Number.POSITIVE_INFINITY))
    unmet.push({
      summary: `${object} is smaller than ${size}.`,
      object,
      expected: `${size} or more`,
      found: capacity ?? 'no capacity',
      remedy,
    })
  expectNone(unmet)
}
