/** Named ways to get a definition wrong; see ../switches. */
import { canonical, type Definitions } from './definitions'

const ended = 'd.finished_date IS NOT NULL'

export const wrongDefinitions = {
  'failures-as-deployments': { counted: '1' },
  'aborted-as-success': {
    succeeded: `d.result IN ('SUCCESS', 'ABORTED')`,
    terminal: `d.result IN ('SUCCESS', 'FAILURE', 'ABORTED') AND ${ended}`,
  },
  'aborted-as-failure': {
    failed: `d.result IN ('FAILURE', 'ABORTED')`,
    terminal: `d.result IN ('SUCCESS', 'FAILURE', 'ABORTED') AND ${ended}`,
  },
  'every-environment': { environment: () => 'TRUE' },
  'no-environment-as-production': {
    environment: (column) => `(LOWER(${column}) = LOWER(:environment) OR ${column} = '')`,
  },
  'environment-by-case': { environment: (column) => `BINARY ${column} = BINARY :environment` },
  'counted-by-start': { deployedAt: 'COALESCE(d.started_date, d.finished_date)' },
  'times-in-whole-seconds': {
    deployedAt: `TIMESTAMP(DATE_FORMAT(d.finished_date + INTERVAL 500000 MICROSECOND, '%Y-%m-%d %H:%i:%s'))`,
  },
  'window-closed-at-both-ends': { within: (column) => `${column} >= :start AND ${column} <= :end` },
  'window-open-at-its-start': { within: (column) => `${column} > :start AND ${column} <= :end` },
  'window-a-day-longer': { days: `(${canonical.days} + 1)` },
  'working-days': { days: `(${canonical.days} * 5 / 7)` },
  'window-a-day-shorter': { days: `(${canonical.days} - 1)` },
  'days-of-another-time-zone': {
    bucket: { ...canonical.bucket, day: (column) => `DATE(${column} + INTERVAL 2 HOUR)` },
  },
  'days-of-the-week-year': {
    bucket: { ...canonical.bucket, day: (column) => `STR_TO_DATE(DATE_FORMAT(${column}, '%x-%m-%d'), '%Y-%m-%d')` },
  },
  'each-incident-a-failure': { changeFailed: 'd.failed + incidents' },
  'incidents-ignored': { changeFailed: 'd.failed' },
  'only-incidents': { changeFailed: 'incidents > 0' },
  'open-incidents-ignored': { attributedTo: `CASE WHEN i.ended IS NULL THEN NULL ELSE ${canonical.attributedTo} END` },
  'late-incidents-ignored': { attributedTo: `CASE WHEN i.began < :end THEN ${canonical.attributedTo} END` },
  'successes-only': { terminal: `d.result = 'SUCCESS' AND ${ended}` },
  'incident-at-the-same-instant': { blamePlace: { deployment: 0, incident: 1 } },
  'named-deployment-ignored': { attributedTo: 'i.last_before' },
  'only-named-deployments': { attributedTo: 'i.named' },
  'first-deployment-blamed': { lastBefore: 'GREATEST(1, i.deployments_before)' },
  'failed-deployments-blamed': { blamable: 'TRUE' },
  'head-commit': { changeStart: 'MAX(c.authored_date)' },
  'committed-instead-of-authored': { changeStart: 'MIN(c.committed_date)' },
  'until-the-start': { changeEnd: 'd.started_date' },
  'failures-ship': { ships: 'TRUE' },
  'order-of-arrival': { shippingOrder: 'd.created_at, d.id' },
  'order-by-id': { shippingOrder: 'd.id' },
  'line-of-all-repositories': { shippingLine: 'd.project' },
  'redeploys-as-changes': { newCommit: 'TRUE' },
  'first-deployment-trusted': { knowsWhatIsNew: 'TRUE' },
  'median-as-mean': { center: (value) => (value === 'value' ? canonical.percentile(0.5) : canonical.center(value)) },
  'mean-as-percentile': { percentile: () => canonical.center('value') },
  'percentile-by-nearest-rank': {
    percentile: (fraction) => `MAX(CASE WHEN position = GREATEST(1, CEIL(n * ${fraction}e0)) THEN value END)`,
  },
  'negative-durations-kept': { plausible: () => 'TRUE' },
  'negative-durations-as-zero': { duration: (value) => `GREATEST(0, ${value})` },
  'durations-in-whole-hours': { duration: (value) => `(${value}) DIV 3600000 * 3600000` },
  'instant-durations-dropped': { plausible: (value) => `${value} > 0` },
  'no-data-as-zero': { withoutData: 'zero' },
  'bounds-of-rates-missed': { reachedAtBound: { rate: false, duration: false } },
  'bounds-of-durations-reached': { reachedAtBound: { rate: true, duration: true } },
  'low-severity-dropped': { severity: `LOWER(i.severity) <> 'low'` },
  'severities-of-settings-ignored': { severity: 'TRUE' },
  'incidents-begin-when-updated': { incidentStart: 'i.updated_date' },
  'restored-by-creation': { restoredAt: 'i.created_date' },
  'open-incidents-until-now': {
    incidentEnd: 'COALESCE(i.resolution_date, LEAST(:end, UTC_TIMESTAMP(3)))',
    restoredAt: 'COALESCE(i.resolution_date, i.created_date)',
  },
  'stages-as-one-build': { sameBuild: 'b.project_name, b.commit_sha' },
} as const satisfies Readonly<Record<string, Partial<Definitions>>>

export type WrongDefinition = keyof typeof wrongDefinitions
