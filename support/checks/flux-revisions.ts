/** Section 2, Flux: whether what the source holds is what was applied. Pure. */
import type { FluxSource, HelmRelease, Kustomization } from '../platform/flux-resources'
import type { Delivery } from './flux-delivery'

interface Problem {
  readonly says: string
  readonly expected: string
  readonly found: string
}

/** The difference between the revision of the source and that which a Kustomization has applied. */
export function revisionProblem(
  { lastAppliedRevision: applied, lastAttemptedRevision: attempted }: Kustomization['status'],
  { status }: FluxSource,
): Problem | undefined {
  const newest = status.artifact?.revision
  if (newest !== undefined && applied === newest && (attempted === undefined || attempted === applied)) return undefined
  return {
    says: 'has not applied the newest revision of its source',
    expected: newest ?? 'a revision of the source (status.artifact)',
    found: `${applied ?? 'nothing'} applied${attempted === undefined || attempted === applied ? '' : `, ${attempted} attempted`}`,
  }
}

/** The version of a chart without the digest or the revision that Flux appends to it. */
const versionOf = (revision: string) => revision.split(/[+@]/, 1)[0]

/** The difference between the chart of the source and that which a HelmRelease has installed. */
export function releaseProblem(
  { history }: HelmRelease['status'],
  { sources }: Delivery,
  { status }: FluxSource,
): Problem | undefined {
  const [newest] = history
  if (newest?.status !== 'deployed')
    return {
      says: 'has no deployed release',
      expected: 'deployed',
      found: newest
        ? `${newest.status ?? 'no status'} (chart ${newest.chartVersion ?? 'of unknown version'})`
        : 'no release',
    }
  const revision = sources[0]?.kind === 'HelmRepository' ? undefined : status.artifact?.revision
  const { chartVersion } = newest
  if (revision === undefined || chartVersion === undefined || versionOf(chartVersion) === versionOf(revision))
    return undefined
  return {
    says: 'has not installed the newest version of its chart',
    expected: `chart ${revision}`,
    found: `chart ${chartVersion}`,
  }
}
