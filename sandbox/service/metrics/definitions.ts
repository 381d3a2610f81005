/**
 * The definitions of the metrics. Most are named fragments of SQL, so that a query shows which definitions it uses and
 * each can be replaced on its own. Times are datetime(3) in UTC; durations are whole milliseconds.
 *
 * Placeholders: `:projects` the requested projects, `:environment` the environment that counts, `:start` and `:end` the
 * window. Aliases: `d` a deployment, `i` an incident, `s` its scope, `c` a commit, `b` a build.
 */
export interface Definitions {
  /** Selects the rows of the environment that counts. */
  readonly environment: (column: string) => string
  readonly succeeded: string
  readonly failed: string
  /** Selects the deployments that have ended. Only these are in any metric. */
  readonly terminal: string
  /** The time of a deployment. Everything that depends on its finish uses this time. */
  readonly deployedAt: string
  /** Selects the times within the window. */
  readonly within: (column: string) => string
  /** The window's length in days. */
  readonly days: string
  /** The UTC day of a time, or the first day of its week or month. */
  readonly bucket: Readonly<Record<'day' | 'week' | 'month', (column: string) => string>>
  /** Selects the deployments that the frequency counts. */
  readonly counted: string
  /** The central value of the durations in a group of rows. */
  readonly center: (value: string) => string
  /** Linear interpolation between closest ranks, from `value`, its `position` and the number of values `n`. */
  readonly percentile: (fraction: number) => string
  /** The columns of a shipping line: the deployments among which a commit ships only once. */
  readonly shippingLine: string
  /** The order of deployments in a shipping line. */
  readonly shippingOrder: string
  /** Selects the deployments that ship their commits: later deployments in the line do not ship them as new. */
  readonly ships: string
  /** Selects the new commits of a deployment. `shipment` numbers the deployments in the line that ship a commit. */
  readonly newCommit: string
  /** Selects the successes whose new commits are known, from `nth`, the position in the line, and `lists_commits`. */
  readonly knowsWhatIsNew: string
  /** The start of the change, from its new commits. */
  readonly changeStart: string
  /** The time at which the change was in production. */
  readonly changeEnd: string
  /** The value that a duration counts as. */
  readonly duration: (value: string) => string
  /** Selects the durations that can be samples. */
  readonly plausible: (value: string) => string
  /** Selects the deployments that can be blamed for an incident that names none. */
  readonly blamable: string
  /** Decides which comes first if an incident begins at the instant of a finish. The deployment before it is blamed. */
  readonly blamePlace: { readonly deployment: number; readonly incident: number }
  /** The number of the blamable deployment that counts as the last before an incident, from `i.deployments_before`. */
  readonly lastBefore: string
  /** The deployment of an incident. `i.named` is the one that it names, `i.last_before` the last blamable one before it. */
  readonly attributedTo: string
  /** Selects the deployments whose change failed, from the number of their `incidents`. */
  readonly changeFailed: string
  /** The start and end of an incident; the end is NULL while it is open. */
  readonly incidentStart: string
  readonly incidentEnd: string
  /** The time of an incident that must be within the window. */
  readonly restoredAt: string
  /** Selects the incidents whose severity counts, from `:allSeverities` and `:severities`. */
  readonly severity: string
  /** The value of a metric without data. */
  readonly withoutData: 'null' | 'zero'
  /** True if a value exactly at the bound of a level reaches it. */
  readonly reachedAtBound: Readonly<Record<'rate' | 'duration', boolean>>
  /** The columns that are equal in builds of the same work, and the order of these builds. */
  readonly sameBuild: string
  readonly buildOrder: string
  /** Selects the builds that repeat an earlier one. `nth` is the position among builds of the same work. */
  readonly repeated: string
}

export const canonical: Definitions = {
  environment: (column) => `LOWER(${column}) = LOWER(:environment)`,
  succeeded: `d.result = 'SUCCESS'`,
  failed: `d.result = 'FAILURE'`,
  terminal: `d.result IN ('SUCCESS', 'FAILURE') AND d.finished_date IS NOT NULL`,
  deployedAt: 'd.finished_date',
  within: (column) => `${column} >= :start AND ${column} < :end`,
  days: 'TIMESTAMPDIFF(MICROSECOND, :start, :end) / 86400e6',
  bucket: {
    day: (column) => `DATE(${column})`,
    week: (column) => `DATE(${column}) - INTERVAL WEEKDAY(${column}) DAY`,
    month: (column) => `DATE(${column}) - INTERVAL (DAYOFMONTH(${column}) - 1) DAY`,
  },
  counted: 'd.succeeded',
  center: (value) => `SUM(${value}) / (COUNT(${value}) * 1e0)`,
  percentile: (fraction) => `SUM(value * GREATEST(0e0, 1e0 - ABS(position - 1e0 - (n - 1) * ${fraction}e0)))`,
  shippingLine: 'd.project, d.repository',
  shippingOrder: 'd.finished_date, d.id',
  ships: 'd.succeeded',
  newCommit: 'd.shipment = 1',
  knowsWhatIsNew: '(d.lists_commits OR d.nth > 1)',
  changeStart: 'MIN(c.authored_date)',
  changeEnd: 'd.finished_date',
  duration: (value) => value,
  plausible: (value) => `${value} >= 0`,
  blamable: 'd.succeeded',
  blamePlace: { incident: 0, deployment: 1 },
  lastBefore: 'i.deployments_before',
  attributedTo: 'COALESCE(i.named, i.last_before)',
  changeFailed: 'd.failed OR incidents > 0',
  incidentStart: 'i.created_date',
  incidentEnd: 'i.resolution_date',
  restoredAt: 'i.resolution_date',
  severity: '(:allSeverities OR LOWER(i.severity) IN (:severities))',
  withoutData: 'null',
  reachedAtBound: { rate: true, duration: false },
  sameBuild: 'b.project_name, b.commit_sha, b.stage',
  buildOrder: 'b.finished_date, b.id',
  repeated: 'b.nth > 1',
}

/** SQL for the whole milliseconds between two times. */
export const milliseconds = (from: string, to: string): string => `TIMESTAMPDIFF(MICROSECOND, ${from}, ${to}) DIV 1000`
