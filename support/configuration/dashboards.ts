/** The dashboards of a contract, by the names that the configuration gives them. */
import type { DashboardNames, DashboardsContract } from '../contracts/dashboards'
import { ConfigurationError } from './error'
import type { Configuration } from './schema'

/**
 * Returns the dashboards with the folder, the uids and the titles of the configuration.
 * @param source names the configuration in an error
 * @throws ConfigurationError if the contract has no dashboard of a configured title, or two titles are the same dashboard
 */
export function namedDashboards(
  contract: DashboardsContract,
  { folder = contract.folder, dashboards = {} }: Configuration['grafana'],
  source: string,
): DashboardsContract {
  const refuse = (reason: string) =>
    new ConfigurationError(`${source} cannot be used:\n  grafana.dashboards: ${reason}`)
  const titles = contract.all.map(({ title }) => title)
  const unknown = Object.keys(dashboards).find((title) => !titles.includes(title))
  if (unknown !== undefined)
    throw refuse(
      `the checklist has no dashboard "${unknown}"; expected one of ${titles.map((title) => `"${title}"`).join(', ')}`,
    )
  const all = contract.all.map((names) => {
    const { uid = null, title: installedAs = names.installedAs } = dashboards[names.title] ?? { uid: names.uid }
    return { ...names, uid, ...(installedAs === undefined ? {} : { installedAs }) }
  })
  for (const { title, uid, installedAs = title } of all) {
    const same = all.find((other) => other.title !== title && isSame(other, { title, uid, installedAs }))
    if (same) throw refuse(`"${title}" and "${same.title}" are the same dashboard; each has one of its own`)
  }
  return { ...contract, folder, all }
}

type Named = Pick<DashboardNames, 'title' | 'uid' | 'installedAs'>

const isSame = (one: Named, other: Named): boolean =>
  one.uid === other.uid && (one.uid !== null || (one.installedAs ?? one.title) === (other.installedAs ?? other.title))
