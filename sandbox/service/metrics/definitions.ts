/**
 * The definitions of the metrics, nearly each a fragment of SQL with a name, so that every query that uses one says which, and
 * each can be replaced alone. Times are datetime(3) in UTC; durations are whole milliseconds.
 *
 * Placeholders: `:projects` the projects asked for, `:environment` the environment that counts, `:start` and `:end` the
 * window. Aliases: `d` a deployment, `i` an incident, `s` its scope, `c` a commit, `b` a build.
 */
export interface Definitions {
  /** Whether a row of this environment counts. */
  readonly environment: (column: string) => string
  readonly succeeded: string
  readonly failed: string
  /** Whether a deployment is over, and so in the metrics at all. */
  readonly terminal: string
  /** The time of a deployment, which all that asks about its finish goes by. */
  readonly deployedAt: string
  /** Whether a time is within the window. */
  readonly within: (column: string) => string
  /** The window's length in days. */
  readonly days: string
  /** The UTC day, or the first day of the week or the month, that a time belongs to. */
  readonly bucket: Readonly<Record<'day' | 'week' | 'month', (column: string) => string>>
  /** The deployments that the frequency counts. */
  readonly counted: string
  /** What becomes of two durations between the same two points in the order of their rows: their central value. */
  readonly center: (value: string) => string
  /** The linear interpolation between closest ranks, from `value`, its `position` and their number `n`. */
  readonly percentile: (fraction: number) => string
  /** The line of deployments in which a commit ships once. */
  readonly shippingLine: string
  /** The order of deployments in that line. */
  readonly shippingOrder: string
  /** Whether a deployment makes its commits old for those after it. */
  readonly ships: string
  /** Whether a deployed commit is new: `shipment` counts the deployments of the line that ship it. */
  readonly newCommit: string
  /** Whether it is known what is new in a success: its place in the line is `nth`, `lists_commits` is its event's. */
  readonly knowsWhatIsNew: string
  /** When the change began, over the new commits. */
  readonly changeStart: string
  /** When the change was in production. */
  readonly changeEnd: string
  /** What a duration counts as. */
  readonly duration: (value: string) => string
  /** Whether a duration can be a sample. */
  readonly plausible: (value: string) => string
  /** Whether a deployment may be blamed for an incident that names none. */
  readonly blamable: string
  /** Which comes first when an incident begins at the very instant of a finish; an incident is due to what is before. */
  readonly blamePlace: { readonly deployment: number; readonly incident: number }
  /** Which of the deployments that may be blamed is the last before an incident, from `i.deployments_before`. */
  readonly lastBefore: string
  /** The deployment of an incident: `i.named` is the one that it names, `d.id` the last to blame before it. */
  readonly attributedTo: string
  /** Whether a deployment failed, given the number of its `incidents`. */
  readonly changeFailed: string
  /** When an incident began and ended; the latter NULL while it is open. */
  readonly incidentStart: string
  readonly incidentEnd: string
  /** Which time of an incident the window is about. */
  readonly restoredAt: string
  /** Whether the severity of an incident counts, from `:allSeverities` and `:severities`. */
  readonly severity: string
  /** What is said of a metric without data: nothing, or a number. */
  readonly withoutData: 'null' | 'zero'
  /** Whether a value exactly at the bound of a level reaches it. */
  readonly reachedAtBound: Readonly<Record<'rate' | 'duration', boolean>>
  /** What makes two builds the same work done again, and their order. */
  readonly sameBuild: string
  readonly buildOrder: string
  /** Whether a build repeats one before it: it is the `nth` of the same. */
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
  attributedTo: 'COALESCE(i.named, d.id)',
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

/** Milliseconds from one time to another. */
export const milliseconds = (from: string, to: string): string => `TIMESTAMPDIFF(MICROSECOND, ${from}, ${to}) DIV 1000`
