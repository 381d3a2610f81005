/** Section 0, leases: checks that the operator that leads still renews its lease. One that hangs keeps its pod ready. */
import { command } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { Lease } from '../platform/node-resources'
import type { Workload } from '../platform/parsed-objects'

/** The least time in milliseconds after which a lease counts as abandoned; its holder renews it every few seconds. */
const leastSilenceMs = 60_000

/**
 * Returns the leases that pods of the workloads have held since their last rollout and no longer renew. A lease that was last
 * renewed before the rollout may be left over from an older version. So may one in another namespace, from another installation
 * whose workloads have the same names, if the workload renews a lease elsewhere.
 * @param now milliseconds since 1970 by the clock of the API server
 */
export function abandonedLeases(
  workloads: readonly Workload[],
  leases: readonly Lease[],
  now: number,
): Circumstances[] {
  const leading = new Set(leases.filter((lease) => !isSilent(lease, now)).map((lease) => holderOf(lease, workloads)))
  return leases.flatMap((lease) => {
    const { holderIdentity, renewTime, leaseDurationSeconds } = lease.spec
    const { namespace = '', name } = lease.metadata
    const workload = holderOf(lease, workloads)
    if (!workload || !isSilent(lease, now) || !(Date.parse(renewTime ?? '') >= rolledOutAt(workload))) return []
    if (workload.namespace !== namespace && leading.has(workload)) return []
    const object = `Lease ${namespace}/${name}`
    const owner = `${workload.kind} ${workload.namespace}/${workload.name}`
    return [
      {
        summary: `${object} is no longer renewed, so ${owner} does nothing.`,
        object,
        reliesOn: [owner],
        expected: `a renewal at least every ${leaseDurationSeconds ?? 15} s`,
        found: `the last one by ${holderIdentity} at ${renewTime}`,
        remedy: [
          command`kubectl get lease -n ${namespace} ${name} -o yaml`,
          command`kubectl rollout restart ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name}`,
        ],
      },
    ]
  })
}

function isSilent({ spec: { renewTime, leaseDurationSeconds } }: Lease, now: number): boolean {
  const tolerated = Math.max(leastSilenceMs, 4_000 * (leaseDurationSeconds ?? 15))
  return now - Date.parse(renewTime ?? '') > tolerated
}

/** The workload whose pod holds a lease: the names of pods begin with that of their workload. One of its namespace goes first. */
function holderOf({ metadata, spec }: Lease, workloads: readonly Workload[]): Workload | undefined {
  const isHere = ({ namespace }: Workload) => Number(namespace === metadata.namespace)
  return workloads
    .filter(({ name, ready }) => ready > 0 && (spec.holderIdentity ?? '').startsWith(`${name}-`))
    .sort((one, other) => other.name.length - one.name.length || isHere(other) - isHere(one))[0]
}

/** The end of the last rollout in milliseconds since 1970; NaN where the workload does not record it. */
const rolledOutAt = ({ status }: Workload): number =>
  Date.parse(status.conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? '')
