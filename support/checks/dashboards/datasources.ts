/** The data sources that the panels of a dashboard use: the database of the service, which Grafana can query. */
import { type CommandLine, command, comment, urlPart } from '../../basis/command'
import { isTimeout } from '../../basis/connection'
import { type Circumstances, expectData, expectNone } from '../../basis/expectation'
import { rememberOutcome } from '../../basis/memo'
import type { DashboardNames } from '../../contracts/dashboards'
import { databaseOf, toDatabase } from '../../platform/database-commands'
import type { Datasource } from '../../platform/grafana'
import { datasourcesOf } from '../../platform/grafana-model'
import type { Platform } from '../../platform/platform'
import { expectAdminLetIn } from '../grafana'
import { datasourceNamed } from './chosen-datasource'
import { found, inGrafana, objectOf, showDashboards } from './installation'

/** 16.1: every data source that a panel uses is the service's database, and Grafana can query it. Returns their number. */
export async function expectDatasources(platform: Platform): Promise<number> {
  const used = new Map<string, Datasource>()
  const unmet: Circumstances[] = []
  for (const names of platform.contract.dashboards.all) {
    const { sources, unknown } = await usedOn(platform, names)
    for (const source of sources) used.set(source.uid, source)
    unmet.push(...unknown)
  }
  for (const source of used.values()) unmet.push(...(await troublesOf(platform, source)))
  expectNone(unmet)
  expectData([...used], 'data source that a panel uses', 'the dashboards', [await showDashboards(platform)])
  return used.size
}

/** The same for the panels of one dashboard. */
export async function expectDatasourcesOf(platform: Platform, names: DashboardNames): Promise<void> {
  const { sources, unknown } = await usedOn(platform, names)
  const known = await knownTroubles(platform)
  const troubles = sources.map((source) => {
    const ofSource = known.get(source.uid) ?? troublesOf(platform, source)
    known.set(source.uid, ofSource)
    return ofSource
  })
  expectNone([...unknown, ...(await Promise.all(troubles)).flat()])
}

/** The troubles of each data source by its uid, since most dashboards use the same one. */
const knownTroubles = rememberOutcome(async (_platform: Platform) => new Map<string, Promise<Circumstances[]>>())

/** The data sources that the panels of a dashboard use, and the findings about those that Grafana does not have. */
async function usedOn(platform: Platform, names: DashboardNames) {
  const all = await platform.grafana.datasources(await expectAdminLetIn(platform))
  // A missing dashboard fails 16.2.
  const { panels = [], variables = [] } = (await found(platform, names)) ?? {}
  const sources = new Map<string, Datasource>()
  const unknown: Circumstances[] = []
  for (const panel of panels)
    for (const name of datasourcesOf(panel)) {
      const source = datasourceNamed(name, all, variables)
      if (source) sources.set(source.uid, source)
      else
        unknown.push({
          summary: `The panel ${panel.title} uses a data source that Grafana does not have.`,
          object: objectOf(names),
          expected: all.map(({ uid }) => uid).join(', ') || 'a data source',
          found: name ?? 'no default data source',
          remedy: [await platform.grafana.commandFor('/api/datasources'), ...(await inGrafana(platform, names))],
        })
    }
  return { sources: [...sources.values()], unknown }
}

/** The finding about a data source that is not the database of the service, or that Grafana cannot query. */
async function troublesOf(
  platform: Platform,
  { uid, name, type, database, jsonData }: Datasource,
): Promise<Circumstances[]> {
  const { contract, configuration, grafana } = platform
  const object = `data source ${name} of Grafana`
  const used = jsonData?.database || database
  const wanted = { type: contract.dashboards.datasourceType, database: configuration.database.name }
  const remedy = [
    await grafana.commandFor(`/api/datasources/uid/${urlPart(uid)}/health`),
    comment`in Grafana: check Connections, Data sources, ${name}`,
  ]
  if (type !== wanted.type || used !== wanted.database)
    return [
      {
        summary: `The dashboards do not query the database ${wanted.database}: the ${object} points elsewhere.`,
        object,
        expected: `${wanted.type}, database ${wanted.database}`,
        found: `${type}, database ${used || 'not named'}`,
        remedy,
      },
    ]
  const { status, message } = await grafana.healthOf(uid, await expectAdminLetIn(platform))
  if (status === 'OK') return []
  return [
    {
      summary: `Grafana cannot query the ${object}.`,
      object,
      expected: 'status OK',
      ...behind(platform, [message]),
      found: `${status || 'no status'}: ${message}`,
      remedy: [...remedy, ...wayToDatabase(platform, message)],
    },
  ]
}

/** The words of Grafana and of MySQL for an error that MySQL itself sent. */
const sentByMySql = /access denied|MySQL error number|\bError [1-9]\d{3}\b|unknown database/i

/** The objects that errors of Grafana's queries may follow from: the database, whatever its address in the data source. */
export const behind = ({ configuration }: Platform, errors: readonly string[]): Pick<Circumstances, 'reliesOn'> =>
  errors.every((error) => sentByMySql.test(error))
    ? {}
    : {
        reliesOn: [
          ...databaseOf(configuration),
          ...(errors.some(isTimeout) ? [toDatabase('grafana', configuration)] : []),
        ],
      }

/** The commands that show why Grafana does not reach the database, where its message says so. */
function wayToDatabase({ kubernetes }: Platform, message: string): CommandLine[] {
  const { namespace } = kubernetes.of('grafana')
  if (/no such host/.test(message) && namespace !== kubernetes.namespace)
    return [
      comment`in the address of the data source: name the namespace, such as devlake-mysql.${kubernetes.namespace}`,
    ]
  if (!/timeout|deadline exceeded/i.test(message)) return []
  const namespaces = [...new Set([namespace, kubernetes.namespace])]
  return namespaces.map((one) => command`kubectl get networkpolicies -n ${one}`)
}
