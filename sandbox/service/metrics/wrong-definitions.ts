/**
 * Ways to get a definition wrong, each with a name, so that whoever judges the service can be seen to notice. A file names
 * those that are in force; without it the canonical ones are. It is read anew for each query, so a switch needs no restart.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
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
  'window-closed-at-both-ends': { within: (column) => `${column} >= :start AND ${column} <= :end` },
  'window-open-at-its-start': { within: (column) => `${column} > :start AND ${column} <= :end` },
  'window-a-day-longer': { days: `(${canonical.days} + 1)` },
  'window-a-day-shorter': { days: `(${canonical.days} - 1)` },
  'days-of-another-time-zone': {
    bucket: { ...canonical.bucket, day: (column) => `DATE(${column} + INTERVAL 2 HOUR)` },
  },
  'each-incident-a-failure': { changeFailed: 'd.failed + incidents' },
  'incidents-ignored': { changeFailed: 'd.failed' },
  'only-incidents': { changeFailed: 'incidents > 0' },
  'open-incidents-ignored': { attributedTo: `CASE WHEN i.ended IS NULL THEN NULL ELSE ${canonical.attributedTo} END` },
  'late-incidents-ignored': { attributedTo: `CASE WHEN i.began < :end THEN ${canonical.attributedTo} END` },
  'successes-only': { terminal: `d.result = 'SUCCESS' AND ${ended}` },
  'incident-at-the-same-instant': { blamePlace: { deployment: 0, incident: 1 } },
  'named-deployment-ignored': { attributedTo: 'd.id' },
  'only-named-deployments': { attributedTo: 'i.named' },
  'failed-deployments-blamed': { blamable: 'TRUE' },
  'head-commit': { changeStart: 'MAX(c.authored_date)' },
  'committed-instead-of-authored': { changeStart: 'MIN(c.committed_date)' },
  'line-of-all-repositories': { shippingLine: 'd.project' },
  'redeploys-as-changes': { newCommit: 'TRUE' },
  'first-deployment-trusted': { knowsWhatIsNew: 'TRUE' },
  'median-as-mean': { center: (value) => (value === 'value' ? canonical.percentile(0.5) : canonical.center(value)) },
  'mean-as-percentile': { percentile: () => canonical.center('value') },
  'percentile-by-nearest-rank': {
    percentile: (fraction) => `MAX(CASE WHEN position = GREATEST(1, CEIL(n * ${fraction}e0)) THEN value END)`,
  },
  'negative-durations-kept': { plausible: () => 'TRUE' },
  'low-severity-dropped': { severity: `LOWER(i.severity) <> 'low'` },
  'severities-of-settings-ignored': { severity: 'TRUE' },
  'restored-by-creation': { restoredAt: 'i.created_date' },
} as const satisfies Readonly<Record<string, Partial<Definitions>>>

export type WrongDefinition = keyof typeof wrongDefinitions

const names = z.array(z.enum(Object.keys(wrongDefinitions) as [WrongDefinition, ...WrongDefinition[]]))

/** The canonical definitions, but for what the file says at the moment of the question. */
export function switchableDefinitions(file: string | undefined): Definitions {
  if (file === undefined) return canonical
  const current = (): Definitions => {
    const text = read(file)
    if (text === undefined) return canonical
    const inForce = names.parse(JSON.parse(text))
    return Object.assign({}, canonical, ...inForce.map((name) => wrongDefinitions[name]))
  }
  return new Proxy(canonical, { get: (_canonical, key) => Reflect.get(current(), key) })
}

/** Undefined without the file, which may go away at any moment. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
