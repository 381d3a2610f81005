/** Proposals for the dashboards: the folder, and the uid of each one that has another than the contract. */
import { Blocked, Unmet } from '../basis/expectation'
import { expectAdminLetIn } from '../checks/grafana'
import type { DashboardNames } from '../contracts/dashboards'
import type { Hit } from '../platform/grafana'
import type { Platform } from '../platform/platform'
import { type Findings, onlyOf } from './proposal'

/** Proposes where the dashboards are. Only reads; a Grafana that cannot be read is one question. */
export async function proposeDashboards(platform: Platform, findings: Findings): Promise<void> {
  try {
    const login = await expectAdminLetIn(platform)
    proposeNames(platform, await platform.grafana.dashboards(login), findings)
  } catch (error) {
    if (!(error instanceof Blocked || error instanceof Unmet)) throw error
    findings.ask(
      'grafana.tokenKey',
      `The dashboards could not be read: ${error.finding.summary} If people log in by single sign-on, create a service account with the role Admin in Grafana, store its token in a Secret of ${platform.kubernetes.namespace}, and set these keys:`,
      ['secretNames: { grafana: { name: SECRET, keys: [KEY] } }', 'grafana: { tokenKey: KEY }'],
    )
  }
}

function proposeNames({ contract }: Platform, hits: readonly Hit[], findings: Findings): void {
  const { folder, all } = contract.dashboards
  const found = all.flatMap((names) => {
    const byUid = hits.find(({ uid }) => uid === names.uid)
    if (byUid) return [byUid]
    const hit = byTitle(names, hits, folder)
    if (hit === undefined) ask(names, hits, findings)
    else
      findings.propose(
        ['grafana', 'dashboards', names.title],
        { uid: hit.uid },
        undefined,
        `The dashboard with this title in ${hit.folderTitle || 'no folder'}.`,
      )
    return hit ?? []
  })
  const place = onlyOf([...new Set(found.map(({ folderTitle }) => folderTitle))])
  if (place) findings.propose(['grafana', 'folder'], place, folder, 'The folder of the dashboards that were found.')
}

const titled = ({ title, installedAs = title }: DashboardNames, hits: readonly Hit[]) =>
  hits.filter((hit) => hit.title === installedAs)

/** The only dashboard with the title, or the only one of them in the folder. */
function byTitle(names: DashboardNames, hits: readonly Hit[], folder: string): Hit | undefined {
  const all = titled(names, hits)
  return onlyOf(all) ?? onlyOf(all.filter(({ folderTitle }) => folderTitle === folder))
}

/** A question lists at most this many dashboards. */
const shown = 20

function ask(names: DashboardNames, hits: readonly Hit[], findings: Findings): void {
  const all = titled(names, hits)
  findings.ask(
    'grafana.dashboards',
    `${all.length > 0 ? 'Several dashboards have' : 'No dashboard has'} the title ${names.installedAs ?? names.title}. Which one is it?`,
    (all.length > 0 ? all : hits)
      .slice(0, shown)
      .map(({ uid, title, folderTitle }) => `uid ${uid}: ${folderTitle || 'no folder'}/${title}`),
  )
}
