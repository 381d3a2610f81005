/** The differences between the versions of stock DevLake that the suite follows, from its repository. */

import type { Platform } from '../../platform/platform'

/** The rules of a release and of those after it, until the next entry of {@link versions}. */
interface Version {
  /** The name in findings. */
  readonly name: string
  /** The panels by month have bars only for months that begin in the time range (grafana/dashboards/DORA.json). */
  readonly onlyBegunMonths: boolean
  /** The webhooks take pull requests (backend/plugins/webhook/api/pull_requests.go). */
  readonly takesPullRequests: boolean
}

/** Major, minor, patch and beta. A release has no beta and follows all of them. */
type Release = readonly [major: number, minor: number, patch: number, beta: number]

const released = Number.POSITIVE_INFINITY

/** The known versions, oldest first, each with the first and the last release that its rules were read from. */
type Known = Version & { readonly from: Release; readonly until: Release }

const versions: readonly [Known, ...Known[]] = [
  {
    name: 'v1.0.1',
    from: [1, 0, 1, released],
    until: [1, 0, 1, released],
    onlyBegunMonths: true,
    takesPullRequests: false,
  },
  {
    name: 'v1.0.2',
    from: [1, 0, 2, released],
    until: [1, 0, 2, released],
    onlyBegunMonths: false,
    takesPullRequests: false,
  },
  {
    name: 'v1.0.3-beta12',
    from: [1, 0, 3, 7],
    until: [1, 0, 3, released],
    onlyBegunMonths: false,
    takesPullRequests: true,
  },
]

/**
 * Parses the answer of /version, such as "v1.0.3-beta12-10-g420e494b4@420e494b4": the tag, the commits since then, and the
 * commit. Undefined for a name that is no version, such as "dev".
 */
function releaseIn(text: string): Release | undefined {
  const [, major, minor, patch, beta] =
    /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-beta(\d{1,6}))?(?=[-@+]|$)/.exec(text) ?? []
  if (major === undefined) return undefined
  return [Number(major), Number(minor), Number(patch), beta === undefined ? released : Number(beta)]
}

/** True if the first release is not later than the second. */
function isUpTo(one: Release, other: Release): boolean {
  const differing = one.findIndex((part, index) => part !== other[index])
  return differing < 0 || (one[differing] ?? 0) < (other[differing] ?? 0)
}

/** A version whose rules apply to a lake. */
export interface JudgedAs extends Version {
  /** A sentence for operators if the lake's own version is unknown to the suite; null if it is known. */
  readonly unknown: string | null
}

/** The rules for a version: its own, or those of the last known version before it. A name that is no version is the newest. */
export function versionOf(text: string): JudgedAs {
  const release = releaseIn(text)
  const index = release ? versions.findLastIndex(({ from }) => isUpTo(from, release)) : versions.length - 1
  const { from, until, ...version } = versions[Math.max(0, index)] ?? versions[0]
  const isKnown = release !== undefined && isUpTo(from, release) && isUpTo(release, until)
  return {
    ...version,
    unknown: isKnown
      ? null
      : `The version "${text}" of DevLake is unknown to the suite, which judges it as ${version.name}.`,
  }
}

/** The rules for the lake that gave this answer to /version. Without a version, which is an item of its own, it is unknown. */
export function versionIn(body: string): JudgedAs {
  const [, version = ''] = /"version":"([^"]{1,200})"/.exec(body) ?? []
  return versionOf(version)
}

/** The rules for the lake of a platform. */
export async function versionOfLake({ rest, contract }: Pick<Platform, 'rest' | 'contract'>): Promise<JudgedAs> {
  return versionIn((await rest.get(contract.rest.version)).body)
}
