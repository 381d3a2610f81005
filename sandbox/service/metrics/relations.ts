/** Common table expressions that several metrics are computed from. Durations are in milliseconds. */
import type { Values } from '../database/database'
import { type Definitions, milliseconds } from './definitions'

/** A half-open interval of time: it includes `start` and excludes `end`. */
export interface Window {
  readonly start: Date
  readonly end: Date
}

export interface Scope {
  readonly projects: readonly string[]
  readonly window: Window
}

/** A window that covers the whole stored history. */
export const allTime: Window = { start: new Date('1900-01-01T00:00:00Z'), end: new Date('9999-12-31T00:00:00Z') }

const production = 'production'

/** Values of the placeholders that every query has. */
export function scopeValues({ projects, window }: Scope, environment = production): Values {
  return { projects, environment, start: window.start, end: window.end }
}

/** All deployments of the environment that have ended. */
export const finishedDeployments = (definitions: Definitions): string => `
  finished_deployments AS (
    SELECT d.id, d.cicd_scope_id AS project, COALESCE(d.repo_id, '') AS repository, d.commit_sha, d.started_date,
      ${definitions.deployedAt} AS finished_date, d.created_at, ${definitions.succeeded} AS succeeded, ${definitions.failed} AS failed,
      COALESCE(o.lists_commits, TRUE) AS lists_commits
    FROM deployments d LEFT JOIN deployment_origins o ON o.deployment_id = d.id
    WHERE d.cicd_scope_id IN (:projects) AND ${definitions.environment('d.environment')} AND ${definitions.terminal}
  )`

/** One row per success that shipped new commits: start and end of its change, and the last date of the new commits. */
const changes = (definitions: Definitions): string => `
  numbered AS (
    SELECT d.*, ROW_NUMBER() OVER (
      PARTITION BY ${definitions.shippingLine} ORDER BY ${definitions.shippingOrder}) AS nth
    FROM finished_deployments d
  ),
  shipped AS (
    SELECT d.*, l.commit_sha AS shipped_sha, ROW_NUMBER() OVER (
      PARTITION BY ${definitions.shippingLine}, l.commit_sha ORDER BY ${definitions.shippingOrder}) AS shipment
    FROM numbered d JOIN deployment_commits l ON l.deployment_id = d.id
    WHERE ${definitions.ships}
  ),
  changes AS (
    SELECT d.id, d.project, d.commit_sha, d.finished_date,
      ${definitions.changeStart} AS change_start, ${definitions.changeEnd} AS change_end,
      MAX(c.committed_date) AS last_committed
    FROM shipped d JOIN commits c ON c.sha = d.shipped_sha
    WHERE d.succeeded AND ${definitions.newCommit} AND ${definitions.knowsWhatIsNew}
    GROUP BY d.id, d.project, d.commit_sha, d.started_date, d.finished_date
  )`

/** All lead times of the changes shipped in the window; `lead_time_samples` has only the plausible ones. */
export const leadTimes = (definitions: Definitions): string => `
  ${finishedDeployments(definitions)}, ${changes(definitions)},
  lead_times AS (
    SELECT d.*, ${definitions.duration(milliseconds('d.change_start', 'd.change_end'))} AS value
    FROM changes d WHERE ${definitions.within('d.finished_date')} AND d.change_start IS NOT NULL
  ),
  lead_time_samples AS (SELECT * FROM lead_times WHERE ${definitions.plausible('value')})`

/**
 * The incidents of the environment, each with the deployment that it is attributed to, or NULL. Incidents and blamable
 * deployments share one timeline: the last deployment before an incident is the k-th if k of them precede it. Nothing is
 * joined, because MariaDB gives a temporary table no index over a column as long as an id, and would compare every
 * incident with every deployment.
 */
export const attributedIncidents = (definitions: Definitions): string => `
  timeline AS (
    SELECT d.project, d.finished_date AS at, ${definitions.blamePlace.deployment} AS place, d.id AS deployment,
      NULL AS id, NULL AS title, NULL AS severity, NULL AS named, NULL AS began, NULL AS ended
    FROM finished_deployments d WHERE ${definitions.blamable}
    UNION ALL
    SELECT s.project_name, i.created_date, ${definitions.blamePlace.incident}, NULL,
      i.id, i.title, i.severity, s.deployment_id, ${definitions.incidentStart}, ${definitions.incidentEnd}
    FROM incidents i JOIN incident_scopes s ON s.incident_id = i.id
    WHERE s.project_name IN (:projects) AND ${definitions.environment('s.environment')}
  ),
  placed AS (
    SELECT t.*, COUNT(t.deployment) OVER (
      PARTITION BY t.project ORDER BY t.at, t.place, t.deployment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS deployments_before
    FROM timeline t
  ),
  incidents_by_deployment AS (
    SELECT i.*, MAX(i.deployment) OVER (PARTITION BY i.project, ${definitions.lastBefore}) AS last_before FROM placed i
  ),
  attributed_incidents AS (
    SELECT i.id, i.title, i.severity, i.began, i.ended, ${definitions.attributedTo} AS deployment_id
    FROM incidents_by_deployment i WHERE i.id IS NOT NULL
  )`

/** All incidents resolved in the window; `restoration_samples` has only those with a plausible duration. */
export const restorations = (definitions: Definitions): string => `
  restorations AS (
    SELECT i.id, s.project_name AS project, i.title, i.severity, i.created_date, ${definitions.incidentEnd} AS resolution_date,
      ${definitions.duration(milliseconds(definitions.incidentStart, definitions.incidentEnd))} AS value
    FROM incidents i JOIN incident_scopes s ON s.incident_id = i.id
    WHERE s.project_name IN (:projects) AND ${definitions.environment('s.environment')}
      AND ${definitions.incidentEnd} IS NOT NULL AND ${definitions.within(definitions.restoredAt)}
      AND ${definitions.severity}
  ),
  restoration_samples AS (SELECT * FROM restorations WHERE ${definitions.plausible('value')})`

/** The number of samples, mean, p50 and p95 of each project, from a relation with `project` and `value`. */
export const distribution = (definitions: Definitions, samples: string): string => `
  SELECT project, COUNT(*) AS samples, ${definitions.center('value')} AS mean,
    ${definitions.percentile(0.5)} AS p50, ${definitions.percentile(0.95)} AS p95
  FROM (
    SELECT project, value, ROW_NUMBER() OVER (PARTITION BY project ORDER BY value) AS position,
      COUNT(*) OVER (PARTITION BY project) AS n
    FROM ${samples}
  ) ranked
  GROUP BY project`
