/** Explains the metrics of a project: their values, the events behind them, the events left out, and the surfaces' values. */
import type { Account } from './account'
import { shown } from './comparison'
import type { ProjectEvents } from './compute'
import { canonical, minute, type ShippedDeployment } from './definitions'
import type { Incident } from './events'
import type { Metrics, Quantity, Reading, Window } from './metrics'
import { readingOf } from './reading'

export interface Explained {
  readonly project: string
  readonly window: Window
  readonly metrics: Metrics
  readonly events: ProjectEvents
  readonly account: Account
  /** The projects of deployments that belong to other projects, by id, as far as they are known. */
  readonly elsewhere?: ReadonlyMap<string, string>
  /** Empty if the events come from a file. */
  readonly surfaces: readonly { readonly surface: string; readonly reading: Reading }[]
}

/** The explanation as one JSON object: durations in minutes, rates in percent, null for no data. */
export function explanationAsJson({ project, window, metrics }: Explained): string {
  const { start, end } = window
  return JSON.stringify({ project, from: iso(start), to: iso(end), ...metrics }, null, 2)
}

export function explanationAsText(explained: Explained): string {
  const { project, window, metrics, events, surfaces } = explained
  const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore, rework } = metrics
  const within = (time: number | null) => time !== null && canonical.isWithin(time, window)
  const deployments = events.deployments.filter(({ finishedAt }) => within(finishedAt))
  const incidents = events.incidents.filter(({ createdAt, resolvedAt }) => within(createdAt) || within(resolvedAt))
  return [
    `${project}, from ${iso(window.start)} to ${iso(window.end)}`,
    '',
    numbers('Deployment frequency', [
      value('deployment frequency', deploymentFrequency.perDay, deploymentFrequency.level),
      counted(deploymentFrequency.deployments, 'successful deployment'),
    ]),
    numbers('Lead time for changes', [
      value('lead time', leadTime.mean, leadTime.level),
      `median ${shown('lead time p50', leadTime.p50)}`,
      `p95 ${shown('lead time p95', leadTime.p95)}`,
      counted(leadTime.samples, 'sample'),
    ]),
    numbers('Change failure rate', [
      value('change failure rate', changeFailureRate.percent, changeFailureRate.level),
      `${changeFailureRate.failed} of ${counted(changeFailureRate.deployments, 'deployment')}`,
    ]),
    numbers('Mean time to restore', [
      value('time to restore', timeToRestore.mean, timeToRestore.level),
      `median ${shown('time to restore p50', timeToRestore.p50)}`,
      `p95 ${shown('time to restore p95', timeToRestore.p95)}`,
      counted(timeToRestore.incidents, 'incident'),
    ]),
    numbers('Rework', [
      value('rework rate', rework.percent, null),
      `${rework.repeats} of ${counted(rework.builds, 'build')}`,
    ]),
    ...section(
      'Deployments',
      deployments.map((deployment) => deploymentLine(deployment, explained)),
    ),
    ...section(
      'Incidents',
      incidents.map((incident) => incidentLine(incident, explained)),
    ),
    ...section(
      'Left out',
      metrics.leftOut.map(({ type, id, reason }) => `${type} ${id}: ${reason}`),
    ),
    ...section(
      'Reported by the surfaces',
      surfaces.flatMap((one) => surfaceLines(one, readingOf(metrics))),
    ),
    '',
  ].join('\n')
}

const iso = (time: number) => new Date(time).toISOString()

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

const numbers = (title: string, parts: readonly string[]) => `${title.padEnd(22)} ${parts.join(', ')}`

const value = (quantity: Quantity, number: number | null, level: string | null) =>
  `${shown(quantity, number === null ? null : Number(number.toFixed(2)))}${level === null ? '' : ` (${level})`}`

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? ['', `${title}: none`] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)]

function deploymentLine(deployment: ShippedDeployment, { events, account }: Explained): string {
  const { id, result, environment, finishedAt, commits } = deployment
  const blamed = events.incidents.filter((incident) => account.blame.get(incident.id) === id)
  return [
    finishedAt === null ? 'no finish' : iso(finishedAt),
    id,
    result ?? 'running',
    environment || '(no environment)',
    counted(commits.length, 'commit'),
    leadTimeText(account.leadTimes.get(id)),
    ...blamed.map((incident) => `blamed for ${incident.id}, created at ${iso(incident.createdAt)}`),
  ].join('  ')
}

function leadTimeText(found: ReturnType<Account['leadTimes']['get']>): string {
  if (found === undefined || 'none' in found) return `no lead time: ${found?.none ?? 'it was not counted'}`
  return `lead time ${(found.duration / minute).toFixed(1)} min since commit ${found.commit ?? '(unknown)'}, authored at ${iso(found.began)}`
}

function incidentLine(incident: Incident, explained: Explained): string {
  const { id, createdAt, resolvedAt, severity } = incident
  const took = resolvedAt === null ? 'open' : `${((resolvedAt - createdAt) / minute).toFixed(1)} min`
  return `${iso(createdAt)}  ${id}  ${severity ?? '(no severity)'}  ${took}  ${blameText(incident, explained)}`
}

/** The deployment that the incident is blamed on, and how it was found; or why there is none. */
function blameText({ id, createdAt, environment, deploymentId }: Incident, explained: Explained): string {
  const { account, events, elsewhere } = explained
  const blamed = account.blame.get(id)
  if (deploymentId === null)
    return blamed !== undefined
      ? `attributed to ${blamed}, the latest successful deployment before it`
      : canonical.countsEnvironment(environment, 'production')
        ? 'attributed to no deployment: none succeeded before it'
        : `attributed to no deployment: its environment is ${environment || '(none)'}`
  if (blamed === undefined) {
    const owner = elsewhere?.get(deploymentId)
    const left = account.leadTimes.get(deploymentId)
    const why = !events.deployments.some((deployment) => deployment.id === deploymentId)
      ? owner === undefined
        ? 'an unknown deployment'
        : `a deployment of the project ${owner}`
      : canonical.countsEnvironment(environment, 'production')
        ? `which does not count: ${left && 'none' in left ? left.none : 'it was left out'}`
        : `but its own environment is ${environment || '(none)'}`
    return `attributed to no deployment: it names ${deploymentId}, ${why}`
  }
  const latest = latestBefore(createdAt, events)
  return `attributed to ${blamed}, which it names${latest === undefined || latest === blamed ? '' : ` (the latest before it is ${latest})`}`
}

/** The id of the latest successful deployment to production before a time. */
function latestBefore(time: number, { deployments }: ProjectEvents): string | undefined {
  let latest: { readonly id: string; readonly at: number } | undefined
  for (const deployment of deployments) {
    const at = canonical.timeOf(deployment)
    const outcome = canonical.outcomeOf(deployment.result)
    if (at === null || outcome === null || !canonical.canCauseIncidents(outcome)) continue
    if (!canonical.countsEnvironment(deployment.environment, 'production')) continue
    if (at < time && (latest === undefined || at > latest.at)) latest = { id: deployment.id, at }
  }
  return latest?.id
}

/** A line for each value that a surface reports for the window, followed by the recomputed value. */
function surfaceLines({ surface, reading }: Explained['surfaces'][number], expected: Reading): string[] {
  return (Object.entries(reading) as [Quantity, Reading[Quantity]][]).flatMap(([quantity, found]) =>
    found === undefined
      ? []
      : [
          `${surface}: ${quantity} ${shown(quantity, found)}${expected[quantity] === undefined ? '' : `, recomputed from the events: ${shown(quantity, expected[quantity] ?? null)}`}`,
        ],
  )
}
