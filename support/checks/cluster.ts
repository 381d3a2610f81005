/** Section 0, infrastructure: the version, the workers and the storage of the cluster. */
import { quantityToScalar } from '@kubernetes/client-node/dist/util.js'
import semver from 'semver'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Node } from '../platform/core-resources'
import type { Platform } from '../platform/platform'

/** 0.1. Versions are compared as versions: 1.9 is older than 1.28, and a vendor's suffix does not matter. */
export async function expectVersion({ kubernetes, configuration }: Platform): Promise<void> {
  const { minimumVersion } = configuration.cluster
  const found = await kubernetes.version()
  const actual = semver.coerce(found)
  const wanted = semver.coerce(minimumVersion)
  if (actual && wanted && semver.gte(actual, wanted)) return
  throw new Unmet({
    summary: `Kubernetes ${found} is older than ${minimumVersion}.`,
    object: `API server ${kubernetes.api.server}`,
    expected: `version ${minimumVersion} or newer`,
    found,
    remedy: ['kubectl version'],
  })
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** 0.2. A control-plane node is no worker, and a cordoned worker takes no pods. */
export async function expectWorkers({ kubernetes, configuration }: Platform): Promise<void> {
  const workers = (await kubernetes.nodes()).filter(({ metadata }) =>
    controlPlaneLabels.every((label) => !(label in metadata.labels)),
  )
  const troubles = workers.flatMap((node) => {
    const trouble = troubleOf(node)
    return trouble ? [{ name: node.metadata.name, trouble }] : []
  })
  const usable = workers.length - troubles.length
  const wanted = configuration.cluster.workers
  if (usable >= wanted) return
  const [first] = troubles
  throw new Unmet({
    summary: `Only ${usable} of the ${wanted} workers that are needed can take pods.`,
    object: first && troubles.length === 1 ? `Node ${first.name}` : 'the worker nodes',
    reliesOn: troubles.map(({ name }) => `Node ${name}`),
    expected: `at least ${wanted} workers that are Ready and not cordoned`,
    found:
      troubles.length > 0
        ? troubles.map(({ name, trouble }) => `${name} ${trouble}`).join('; ')
        : `${workers.length} workers in all`,
    remedy:
      troubles.length > 0
        ? troubles.map(({ name, trouble }) =>
            trouble === 'is cordoned' ? `kubectl uncordon ${name}` : `kubectl describe node ${name}`,
          )
        : ['kubectl get nodes'],
  })
}

function troubleOf({ spec, status }: Node): string | undefined {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True') return `is not Ready (${ready?.reason ?? ready?.message ?? 'no condition'})`
  return spec.unschedulable ? 'is cordoned' : undefined
}

/** 0.3. The claim is Bound, and what was bound is large enough. */
export async function expectStorage({ kubernetes, configuration }: Platform): Promise<void> {
  const { claim: name, size } = configuration.storage
  const object = `PersistentVolumeClaim ${kubernetes.namespace}/${name}`
  const remedy = [`kubectl describe pvc -n ${kubernetes.namespace} ${name}`, 'kubectl get storageclass']
  const claim = await kubernetes.claim(name)
  if (!claim)
    throw new Unmet({
      summary: `${object} does not exist.`,
      object,
      expected: `a bound claim of ${size}`,
      found: 'none',
      remedy,
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
  else if (capacity === undefined || quantityToScalar(capacity) < quantityToScalar(size))
    unmet.push({
      summary: `${object} is smaller than ${size}.`,
      object,
      expected: `${size} or more`,
      found: capacity ?? 'no capacity',
      remedy,
    })
  expectNone(unmet)
}
