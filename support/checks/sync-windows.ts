/**
 * Section 2, sync windows: the times at which an AppProject forbids ArgoCD to sync. ArgoCD only logs that a window keeps it from
 * syncing by itself, so the suite decides by the same rules: Matches and CanSync in pkg/apis/application/v1alpha1/types.go.
 */
import { Cron } from 'croner'
import { command, comment } from '../basis/command'
import { type Circumstances, Unmet } from '../basis/expectation'
import { durationIn } from '../formats/duration'
import { matchesGlob } from '../formats/glob'
import { projectOf, type SyncWindow, syncWindowsOf } from '../platform/app-project'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'

/** Who starts a sync. A window may allow those by hand. */
export type Starter = 'ArgoCD' | 'hand'

/** The parts of an Application by which a window selects it. */
interface Matched {
  readonly metadata: { readonly name: string }
  readonly spec: Pick<Application['spec'], 'destination'>
}

/** Returns the windows that forbid a sync of the Application now; undefined if the caller may not read them. */
export async function forbiddingWindows(
  { kubernetes }: Platform,
  application: Application,
  starter: Starter,
): Promise<readonly SyncWindow[] | undefined> {
  const all = await syncWindowsOf(kubernetes.api, application)
  return all && forbidding(all, application, kubernetes.now, starter)
}

/** Returns those of the windows of a project that forbid a sync of the Application. */
export function forbidding(
  all: readonly SyncWindow[],
  application: Matched,
  now: Date,
  starter: Starter,
): readonly SyncWindow[] {
  const windows = all.filter((window) => holdsFor(window, application))
  // ArgoCD syncs nothing while it cannot read one of the windows.
  const malformed = windows.filter((window) => isOpen(window, now) === undefined)
  if (malformed.length > 0) return malformed
  const open = windows.filter((window) => isOpen(window, now))
  const denying = open.filter(({ kind }) => kind === 'deny')
  const isAllowed = open.some(({ kind }) => kind === 'allow')
  const others = isAllowed ? [] : windows.filter(({ kind }) => kind === 'allow')
  const found = denying.length > 0 ? denying : others
  return starter === 'hand' && found.every(({ manualSync }) => manualSync) ? [] : found
}

function holdsFor(window: SyncWindow, { metadata, spec: { destination } }: Matched): boolean {
  const lists: readonly (readonly [readonly string[], readonly (string | undefined)[]])[] = [
    [window.applications, [metadata.name]],
    [window.clusters, [destination.name || undefined, destination.server || undefined]],
    [window.namespaces, [destination.namespace ?? '']],
  ]
  const fits = lists
    .filter(([patterns]) => patterns.length > 0)
    .map(([patterns, values]) => values.some((value) => value !== undefined && matchesOne(patterns, value)))
  return window.andOperator ? fits.length > 0 && fits.every(Boolean) : fits.some(Boolean)
}

const matchesOne = (patterns: readonly string[], value: string) =>
  patterns.some((pattern) => matchesGlob(pattern, value))

/** Tells whether a window is open; undefined if its schedule or its duration is malformed. */
function isOpen({ schedule, duration, timeZone }: SyncWindow, now: Date): boolean | undefined {
  const lengthMs = durationIn(duration)
  // The parser of ArgoCD takes a question mark for an asterisk.
  const fields = schedule.replaceAll('?', '*')
  if (lengthMs === 0) return undefined
  try {
    const opens = new Cron(fields, { mode: '5-part', timezone: zoneOf(timeZone) })
    const next = opens.nextRun(new Date(now.getTime() - lengthMs))
    return next !== null && next < now
  } catch {
    return undefined
  }
}

function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name || 'UTC' }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}

/** Describes a window that forbids a sync, such as `the deny window "0 22 * * *" for 8h (UTC) is open`. */
function described(window: SyncWindow, now: Date): string {
  const { kind, schedule, duration, timeZone } = window
  const state = { true: 'is open', false: 'is closed', undefined: 'cannot be read by ArgoCD' } as const
  return `the ${kind} window "${schedule}" for ${duration} (${timeZone || 'UTC'}) ${state[`${isOpen(window, now)}`]}`
}

/** The commands that show the sync windows of the project. */
export const showWindows = (application: Application) => {
  const { namespace, name } = projectOf(application)
  return command`kubectl get appproject -n ${namespace} ${name} -o jsonpath='{.spec.syncWindows}'`
}

/** Says of a sync that is due or requested that nobody has to start it. */
export const goesOn = comment`the sync takes place by itself when the windows allow it`

/** The finding about windows that forbid a sync. */
export function held(
  { kubernetes }: Platform,
  application: Application,
  windows: readonly SyncWindow[],
  { object, expected, found, remedy }: Omit<Circumstances, 'summary'>,
): Unmet {
  return new Unmet({
    summary: `A sync window keeps ArgoCD from syncing ${object}.`,
    object,
    expected,
    found: [found, ...windows.map((window) => described(window, kubernetes.now))].join('; '),
    remedy: [showWindows(application), ...remedy],
  })
}
