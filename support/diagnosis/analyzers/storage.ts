/** Explains claims that are not bound to a volume (troubleshooting T.1 of the checklist). */
import { type CommandLine, command, comment } from '../../basis/command'
import type { ClaimFacts, Facts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'
import { unwell } from './pods'

export const storage: Analyzer = (facts) =>
  facts.claims.filter(({ status }) => status.phase !== 'Bound').map((claim) => insightInto(claim, facts))

const isDefault = 'storageclass.kubernetes.io/is-default-class'

/** The binding mode, and the event, of a claim that gets its volume once a pod that mounts it has a node. */
const waiting = 'WaitForFirstConsumer'

const consumersOf = ({ metadata: { namespace, name } }: ClaimFacts, { pods }: Facts) =>
  pods.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.volumes.some((volume) => volume.persistentVolumeClaim?.claimName === name),
  )

function insightInto(claim: ClaimFacts, facts: Facts): Insight {
  const { metadata, spec, status } = claim
  const object = objectOf('PersistentVolumeClaim', metadata)
  const remedy = [
    command`kubectl describe pvc -n ${metadata.namespace} ${metadata.name}`,
    command`kubectl get storageclass`,
  ]
  const classes = facts.storageClasses
  const known = classes.map(({ metadata: { name } }) => name).join(', ') || 'none'
  const problem = (why: string, found: string, more: readonly CommandLine[] = []) => ({
    object,
    problem: {
      summary: `${object} is ${status.phase}: ${why}.`,
      object,
      expected: 'Bound to a volume',
      found,
      remedy: [...remedy, ...more],
    },
  })
  if (status.phase === 'Lost') return problem('the volume that it was bound to no longer exists', 'phase Lost')
  const wanted = spec.storageClassName
  const used = classes.find(({ metadata: { name, annotations } }) =>
    wanted === undefined ? annotations[isDefault] === 'true' : name === wanted,
  )
  if (wanted === undefined && !used)
    return problem('it names no storage class, and the cluster has no default class', `storage classes: ${known}`)
  if (wanted !== undefined && wanted !== '' && !used)
    return problem(`the storage class ${wanted} does not exist`, `storage classes: ${known}`, [
      comment`the storage class of a claim cannot be changed: delete the claim and create it again with a class that exists`,
    ])
  const [latest] = eventsOf(facts, 'PersistentVolumeClaim', metadata).filter(
    ({ type, reason }) => type === 'Warning' || reason === waiting,
  )
  const failed = latest?.type === 'Warning' ? latest : undefined
  if (!failed && used?.volumeBindingMode === waiting)
    return { object, possibleCauses: unwell(consumersOf(claim, facts)) }
  return problem(
    failed ? `no volume could be provisioned for it (${failed.message})` : 'no volume is available for it',
    failed
      ? `event ${failed.reason}: ${failed.message}`
      : `phase ${status.phase}, ${wanted === undefined ? 'default storage class' : `storage class ${wanted}`}`,
    [command`kubectl get persistentvolumes`],
  )
}
