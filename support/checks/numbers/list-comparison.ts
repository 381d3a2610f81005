/** Compares the stored events that a surface lists with those of the database, in every field that both show. Pure. */
import type { EventList, ListedEvent } from '../../contracts/dora'
import { type Difference, without } from '../../dora/comparison'
import type { ShippedDeployment } from '../../dora/definitions'
import type { Incident } from '../../dora/events'
import { listText, type Quantity, type Window } from '../../dora/metrics'
import type { IdOf } from '../../service/raw-events'
import type { ListedKind } from '../../service/surfaces'

/** The stored events of one project, in the form in which surfaces list them. */
export class StoredEvents {
  private readonly deployments: ListedEvent[] = []
  private readonly incidents: ListedEvent[] = []

  /**
   * @param asPosted restores the id that was posted from the one that is stored
   * @param isFormKnown true if the configuration says in which form ids are stored
   */
  constructor(
    private readonly project: string,
    private readonly asPosted: IdOf = (id) => id,
    private readonly isFormKnown = true,
  ) {}

  addDeployment({ id, result, environment, repository, startedAt, finishedAt }: ShippedDeployment): void {
    const { project } = this
    this.deployments.push({ id, project, result, environment, repository, started: startedAt, finished: finishedAt })
  }

  addIncident({ id, environment, severity, createdAt, resolvedAt }: Incident): void {
    const { project } = this
    this.incidents.push({ id, project, environment, severity, created: createdAt, resolved: resolvedAt })
  }

  of(kind: ListedKind): readonly ListedEvent[] {
    return this[kind]
  }

  /** A list with the ids as they were posted: some surfaces show the stored ones. Ids of another form are left out. */
  named(kind: ListedKind, list: EventList): EventList {
    const ids = this.idsOf(kind)
    const hasOtherIds = this.otherIds(kind, list) !== undefined
    const entries = list.entries.map((entry) => {
      const { id, ...rest } = entry
      if (hasOtherIds) return rest
      return typeof id !== 'string' || ids.has(id) ? entry : { ...rest, id: this.asPosted(id) }
    })
    return { ...list, entries }
  }

  /**
   * An id of a list and a stored one, if the list shows ids of another form: none of them is stored, and the configuration does not
   * say how ids are stored.
   */
  otherIds(kind: ListedKind, { entries }: EventList): { readonly shown: string; readonly stored: string } | undefined {
    const ids = this.idsOf(kind)
    const shown = entries.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
    const [[one], [other]] = [shown, [...ids]]
    if (this.isFormKnown || one === undefined || other === undefined) return undefined
    return shown.some((id) => ids.has(id) || ids.has(this.asPosted(id))) ? undefined : { shown: one, stored: other }
  }

  private idsOf(kind: ListedKind): ReadonlySet<string> {
    return new Set(this.of(kind).flatMap(({ id }) => id ?? []))
  }
}

const fields = [
  ...['id', 'project', 'result', 'environment', 'repository', 'severity'],
  ...['started', 'finished', 'created', 'resolved'],
] as (keyof ListedEvent)[]

const quantityOf = { deployments: 'listed deployments', incidents: 'stored incidents' } as const satisfies Record<
  ListedKind,
  Quantity
>

/**
 * The contract does not say by which of its times an incident belongs to a range, and whether deployments without a finish do.
 * A list that is right by one of these rules is right. An open incident has only the time of its creation, so no rule leaves out
 * one that was created in the range.
 */
const rules: Readonly<Record<ListedKind, readonly ((event: ListedEvent, window: Window) => boolean)[]>> = {
  deployments: [
    ({ finished }, window) => isIn(finished, window),
    ({ finished }, window) => finished === null || isIn(finished, window),
  ],
  incidents: [
    ({ created }, window) => isIn(created, window),
    ({ created, resolved }, window) => isIn(resolved ?? created, window),
    ({ created, resolved }, window) => isIn(created, window) || isIn(resolved, window),
    ({ created, resolved }, { start, end }) =>
      typeof created === 'number' && created < end && (typeof resolved !== 'number' || resolved >= start),
  ],
}

const isIn = (time: number | null | undefined, { start, end }: Window) =>
  typeof time === 'number' && time >= start && time < end

/**
 * The differences of a list from the stored events. A list that says that there are more events than it shows is a page.
 * @param window the range of the list; null is all time
 */
export function listDifferences(
  kind: ListedKind,
  list: EventList,
  stored: readonly ListedEvent[],
  window: Window | null,
): Difference[] {
  const candidates = window ? rules[kind].map((isMeant) => stored.filter((one) => isMeant(one, window))) : [stored]
  const attempts = candidates.map((expected) => contentDifferences(kind, list, expected))
  const [best = []] = attempts.sort((one, other) => one.length - other.length)
  return [...best, ...(kind === 'deployments' && window === null ? orderDifferences(list) : [])]
}

function contentDifferences(kind: ListedKind, list: EventList, expected: readonly ListedEvent[]): Difference[] {
  const { entries, count = entries.length } = list
  const shownFields = fields.filter((field) => entries.some((entry) => entry[field] !== undefined))
  const compared = shownFields.length > 0 ? shownFields : fields.slice(0, 1)
  const wanted = expected.map((one) => textOf(one, compared))
  const found = entries.map((one) => textOf(one, compared))
  const isPage = count > entries.length && entries.length > 0
  const missing = isPage ? missingOnPage(entries, expected, compared) : without(wanted, found)
  const surplus = without(found, wanted)
  return [
    ...(missing.length + surplus.length === 0
      ? []
      : [{ quantity: quantityOf[kind], expected: listText(missing), found: listText(surplus) }]),
    ...(kind !== 'deployments' || count === expected.length
      ? []
      : [{ quantity: 'stored deployments' as const, expected: expected.length, found: count }]),
  ]
}

/** A page shows the newest events, by their start or by their finish: none may be missing that is newer than the oldest one on it. */
function missingOnPage(
  entries: readonly ListedEvent[],
  expected: readonly ListedEvent[],
  compared: readonly (keyof ListedEvent)[],
): string[] {
  const found = entries.map((one) => textOf(one, compared))
  const attempts = (['finished', 'started', 'created', 'resolved'] as const).flatMap((field) => {
    const times = entries.flatMap((entry) => entry[field] ?? [])
    if (times.length === 0) return []
    const oldest = times.reduce((least, time) => Math.min(least, time))
    const newer = expected.filter((one) => (one[field] ?? Number.NEGATIVE_INFINITY) > oldest)
    return [
      without(
        newer.map((one) => textOf(one, compared)),
        found,
      ),
    ]
  })
  return attempts.sort((one, other) => one.length - other.length)[0] ?? []
}

/** "d1 success production finished 2026-03-01T12:00:00.000Z". Words are compared without regard to case. */
const textOf = (event: ListedEvent, compared: readonly (keyof ListedEvent)[]): string =>
  compared
    .map((field) => {
      const value = event[field]
      if (typeof value === 'number') return `${field} ${new Date(value).toISOString()}`
      if (value === null || value === undefined || value === '') return `no ${field}`
      return field === 'id' || field === 'project' || field === 'repository' ? value : value.toLowerCase()
    })
    .join(' ')
    .replaceAll(', ', ' ')

/** Deployments are listed newest first, by their start or by their finish. */
function orderDifferences({ entries }: EventList): Difference[] {
  const isSorted = (field: 'started' | 'finished') => {
    const times = entries.flatMap((entry) => entry[field] ?? [])
    return times.every((time, index) => index === 0 || time <= (times[index - 1] ?? time))
  }
  if (isSorted('finished') || (entries.some(({ started }) => started) && isSorted('started'))) return []
  const times = entries.flatMap(({ id, finished }) =>
    finished ? [`${id ?? 'one'} ${new Date(finished).toISOString()}`] : [],
  )
  const at = times.findIndex((time, index) => index > 0 && time.slice(-24) > (times[index - 1] ?? '').slice(-24))
  return [
    {
      quantity: 'listed deployments',
      expected: 'the newest first',
      found: `${times[at]} after ${times[at - 1]}`,
    },
  ]
}
