/**
 * Deployments and incidents whose scope belongs to no project, so they are on no dashboard although they were collected. Rows that
 * a deleted connection or a removed data scope left behind are history, and no finding. Pure.
 */
import { type CommandLine, comment, sqlText } from '../../../basis/command'
import { few } from '../../../basis/few'
import type { Administration } from '../rows/administration'
import type { Lake } from '../rows/rows'
import { collectNow, isYoung } from './collections'
import { collect, connect, requestTo, webhookOf } from './requests'
import type { Trapped } from './traps'
import { isScopeOf } from './uncounted'

type Sources = Pick<
  Administration,
  'blueprints' | 'blueprintConnections' | 'blueprintScopes' | 'webhooks' | 'pipelines'
>

/** Finds scopes whose deployments to production belong to no project. */
export function unreachedDeployments(
  { deploymentCommits, mappings }: Pick<Lake, 'deploymentCommits' | 'mappings'>,
  sources: Sources,
  address: string,
  now: number,
): Trapped[] {
  const production = deploymentCommits.filter(({ environment }) => environment === 'PRODUCTION')
  return unreached(production, mappings, sources, address, now, {
    one: 'deployment to production',
    several: 'deployments to production',
    plural: 'deployments',
    kindOf: () => 'cicd_scopes',
    nameOf: ({ deployment }) => deployment,
  })
}

/** Finds scopes whose incidents belong to no project: they count in no change failure rate and no time to restore. */
export function unreachedIncidents(
  { incidents, mappings }: Pick<Lake, 'incidents' | 'mappings'>,
  sources: Sources,
  address: string,
  now: number,
): Trapped[] {
  return unreached(incidents, mappings, sources, address, now, {
    one: 'incident',
    several: 'incidents',
    plural: 'incidents',
    kindOf: ({ kind }) => kind,
    nameOf: ({ id }) => id,
  })
}

interface Kind<Row> {
  /** The words for one row and for several in the finding, and for all of them in its summary. */
  readonly one: string
  readonly several: string
  readonly plural: string
  /** The table of the scope, as in `project_mapping`. */
  kindOf(row: Row): string
  nameOf(row: Row): string
}

function unreached<Row extends { readonly scope: string; readonly writtenAt: number | null }>(
  rows: readonly Row[],
  mappings: Lake['mappings'],
  sources: Sources,
  address: string,
  now: number,
  { one, several, plural, kindOf, nameOf }: Kind<Row>,
): Trapped[] {
  const reached = new Map<string, Set<string>>()
  for (const { kind, scope } of mappings) reached.set(kind, (reached.get(kind) ?? new Set()).add(scope))
  const without = rows.filter((row) => !reached.get(kindOf(row))?.has(row.scope))
  return [...Map.groupBy(without, ({ scope }) => scope)].flatMap(([scope, held]) => {
    const blueprint = blueprintOf(scope, sources)
    if (blueprint === undefined && !isOpenWebhook(scope, sources)) return []
    // The next collection of its blueprint maps the scope of a new row to its project.
    const names = held.filter(({ writtenAt }) => !(blueprint && isYoung(writtenAt, blueprint, now))).map(nameOf)
    const found = [...new Set(names)]
    if (found.length === 0) return []
    return [
      {
        summary: `The ${plural} of ${scope} belong to no project.`,
        object: `scope ${scope}`,
        expected: 'a project that owns the scope (table project_mapping)',
        found: `no project, but ${found.length} ${found.length === 1 ? one : several}: ${few(found)}`,
        remedy: blueprint ? collectNow(blueprint, sources, address) : attach(scope, address),
        query: `SELECT * FROM project_mapping WHERE row_id = ${sqlText(scope)}`,
      },
    ]
  })
}

/** The blueprint that collects a scope, such as `github:GithubRepo:1:42`: plugin, kind, connection and id in the source. */
function blueprintOf(scope: string, { blueprints, blueprintConnections, blueprintScopes }: Sources) {
  const webhook = webhookOf(scope)
  const linked =
    webhook === null
      ? blueprintScopes.find((one) => isScopeOf(scope, one))
      : blueprintConnections.find((one) => one.plugin === 'webhook' && one.connection === webhook)
  return blueprints.find(({ id }) => id === linked?.blueprint)
}

/** True for a webhook that still takes events. */
const isOpenWebhook = (scope: string, { webhooks }: Sources) => webhooks.some(({ id }) => id === webhookOf(scope))

function attach(scope: string, address: string): CommandLine[] {
  const connection = webhookOf(scope) ?? 'ID'
  return [
    comment`replace ID by the id of the blueprint of its project, from`,
    requestTo(address, 'GET', '/blueprints'),
    comment`and add the connections that it already has:`,
    connect(address, 'ID', connection),
    ...collect(address, 'ID'),
    comment`or, if nothing sends to it any more, because its project was deleted, delete the connection:`,
    requestTo(address, 'DELETE', `/plugins/webhook/connections/${connection}`),
  ]
}
