/** Claims that wait for a volume, and why. Troubleshooting T.1 of the checklist. */
import type { ClaimFacts, Facts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'

export const storage: Analyzer = (facts) =>
  facts.claims.filter(({ status }) => status.phase !== 'Bound').map((claim) => waiting(claim, facts))

const isDefault = 'storageclass.kubernetes.io/is-default-class'

function waiting(claim: ClaimFacts, facts: Facts): Insight {
  const { metadata, spec, status } = claim
  const object = objectOf('PersistentVolumeClaim', metadata)
  const remedy = [`kubectl describe pvc -n ${metadata.namespace} ${metadata.name}`, 'kubectl get storageclass']
  const classes = facts.storageClasses
  const known = classes.map(({ metadata: { name } }) => name).join(', ') || 'none'
  const trouble = (why: string, found: string, more: readonly string[] = []) => ({
    object,
    trouble: {
      summary: `${object} is ${status.phase}: ${why}.`,
      object,
      expected: 'Bound to a volume',
      found,
      remedy: [...remedy, ...more],
    },
  })
  if (status.phase === 'Lost') return trouble('the volume that it was bound to is gone', 'phase Lost')
  const wanted = spec.storageClassName
  if (wanted === undefined && !classes.some(({ metadata: { annotations } }) => annotations[isDefault] === 'true'))
    return trouble('it names no storage class, and the cluster has no default one', `storage classes: ${known}`)
  if (wanted !== undefined && wanted !== '' && !classes.some(({ metadata: { name } }) => name === wanted))
    return trouble(`the storage class ${wanted} does not exist`, `storage classes: ${known}`, [
      '# the class of a claim cannot be changed: delete the claim, and apply it with a class that exists',
    ])
  const failed = eventsOf(facts, 'PersistentVolumeClaim', metadata).find(({ type }) => type === 'Warning')
  return trouble(
    failed ? `no volume is provided for it (${failed.message})` : 'no volume was found for it',
    failed
      ? `event ${failed.reason}: ${failed.message}`
      : `phase ${status.phase}, storage class ${wanted ?? 'the default'}`,
    ['kubectl get persistentvolumes'],
  )
}
