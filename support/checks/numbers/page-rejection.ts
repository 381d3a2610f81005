/** The findings about dashboards that differ from what the events yield. */
import { Blocked, byObject, type Circumstances, type Failure, Unmet } from '../../basis/expectation'
import { shown, shownBoth } from '../../dora/comparison'
import type { ProjectEvents } from '../../dora/compute'
import type { Quantity, Reading, Value } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { inGrafana, panelOf } from '../dashboards/installation'
import { wrongCombinations } from './combinations'
import { expectedReading } from './dashboard-questions'
import { explanationsOf, statementOf, unknownListing } from './differences'
import { unknownIdForm } from './id-form'
import {
  mayBeUnlisted,
  type OpenedPages,
  type Problems,
  type WithUnlisted,
  withoutLeadTimes,
  withUnlisted,
} from './page-problems'
import type { PanelDifference } from './panel-comparison'
import { inWords } from './panel-readings'
import { type NumberOnPanel, troublesOf } from './panel-troubles'
import { readableEvents } from './readable-events'

/** The dashboards of one choice, some of which differ from the events. */
export interface WrongPages {
  /** The project, or the words for several. */
  readonly owner: string
  /** The words for the range. */
  readonly range: string
  /** A question for each project on the pages. */
  readonly questions: readonly Question[]
  readonly opened: OpenedPages
  readonly found: Problems
}

const ownerIn = ({ owner, range }: Pick<WrongPages, 'owner' | 'range'>) => `${owner} (${range})`

/**
 * The finding about the pages of several choices: each panel, table or chart that is wrong is a trouble of its own. Wrong ones go
 * before what cannot be decided. Undefined if there are no such pages.
 */
export async function rejectionOf(platform: Platform, all: readonly WrongPages[]): Promise<Failure | undefined> {
  const numbers: NumberOnPanel[] = []
  const tables: Circumstances[] = []
  const open: Circumstances[] = []
  for (const pages of all) {
    const other = await unlistedIn(platform, pages)
    const found = other ?? pages.found
    numbers.push(...(await numbersOn(platform, pages, found.numbers, numbers, other?.read)))
    const ofPages = await tablesOn(platform, pages, found.tables)
    tables.push(...ofPages.unmet)
    open.push(...ofPages.open, ...undecidedIn(pages, other))
  }
  const [first, ...further] = [...troublesOf(numbers), ...byObject(tables)]
  if (first) return new Unmet(first, further)
  const [undecided] = open
  return undecided && new Blocked(undecided)
}

async function tablesOn(platform: Platform, pages: WrongPages, tables: Problems['tables']) {
  const unmet: Circumstances[] = []
  const open: Circumstances[] = []
  for (const { names, title, kind, difference } of tables) {
    const { says, otherIds, ...values } = difference
    if (otherIds && platform.configuration.events.idPrefix === undefined)
      open.push(unknownIdForm(`The table ${title} of the dashboard ${names.title}`, otherIds))
    else
      unmet.push({
        summary: `The ${kind} ${title} of the dashboard ${names.title} ${says} for ${ownerIn(pages)}.`,
        object: panelOf(names, title),
        ...values,
        remedy: await inGrafana(platform, names, `the query of the ${kind}`),
      })
  }
  return { unmet, open }
}

/** The problems without those that the missing key `events.listedCommits` may explain. Undefined if it explains none. */
async function unlistedIn(
  platform: Platform,
  { opened, found, questions }: WrongPages,
): Promise<WithUnlisted | undefined> {
  if (platform.configuration.events.listedCommits || !mayBeUnlisted(found)) return undefined
  const stored: ProjectEvents[] = []
  for (const { project } of questions) {
    const events = await readableEvents(platform, project)
    if (!events) return withoutLeadTimes(found)
    stored.push(events)
  }
  return withUnlisted(opened, found, questions, stored)
}

function undecidedIn(pages: WrongPages, other: WithUnlisted | undefined): Circumstances[] {
  if (!other) return []
  const { numbers, tables } = other.explained
  return [
    ...numbers.map((one) => {
      const { shows, expected, found } = numberIn(one)
      const { quantity } = one.reading
      return unknownListing(statementOf({ shows, found, quantity }, ownerIn(pages)), expected)
    }),
    ...tables.map(({ names, title, kind, difference: { says, expected } }) =>
      unknownListing(`The ${kind} ${title} of the dashboard ${names.title} ${says} for ${ownerIn(pages)}`, expected),
    ),
  ]
}

/** A wrong number in the words of a finding. */
function numberIn({ names, reading, expected = null, drawn }: PanelDifference) {
  const { panel, quantity } = reading
  const [wanted, found] = shownBoth({ quantity, expected, found: reading.value ?? null })
  return {
    shows: `The panel ${panel} of the dashboard ${names.title} ${drawn ? 'draws' : 'shows'}`,
    expected: drawn ? shown(quantity, expected) : wanted,
    found: drawn?.found ?? (reading.value === undefined ? inWords(reading) : found),
  }
}

/**
 * @param explained the numbers of other pages, whose reasons hold for the same panels: finding reasons takes all events of a project
 * @param read the events of each project, if they differ from the stored ones
 */
async function numbersOn(
  platform: Platform,
  pages: WrongPages,
  all: readonly PanelDifference[],
  explained: readonly NumberOnPanel[],
  read?: readonly ProjectEvents[],
): Promise<NumberOnPanel[]> {
  const { questions } = pages
  const objectOf = ({ names, reading }: PanelDifference) => panelOf(names, reading.panel)
  const numbers = all.map(({ reading: { quantity, value } }) => ({ window: 0, quantity, found: value ?? undefined }))
  const [only, ...others] = questions
  const known = all.map(
    (one) =>
      explained.find(({ object, quantity }) => object === objectOf(one) && quantity === one.reading.quantity)?.likely,
  )
  const likely = known.every((reasons) => reasons !== undefined)
    ? known
    : only && others.length === 0
      ? await explanationsOf(platform, only, numbers, read?.[0])
      : await combined(platform, questions, numbers)
  const source = questions.length === 1 ? 'its events' : 'their events'
  return Promise.all(
    all.map(async (one, index) => ({
      ...{ object: objectOf(one), owner: ownerIn(pages), source, isDrawn: one.drawn !== undefined },
      place: [pages.owner, pages.range, objectOf(one)],
      quantity: one.reading.quantity,
      ...numberIn(one),
      likely: one.drawn ? [one.drawn.reason] : (likely[index] ?? []),
      remedy: await inGrafana(platform, one.names),
    })),
  )
}

/** The wrong ways to combine the numbers of several projects that yield each of the numbers. */
async function combined(
  platform: Platform,
  questions: readonly Question[],
  numbers: readonly { readonly quantity: Quantity; readonly found: Value | undefined }[],
): Promise<string[][]> {
  const each: Reading[] = []
  for (const question of questions) each.push(await expectedReading(platform, question))
  const { precision } = platform.contract.dora
  return numbers.map(({ quantity, found }) => wrongCombinations(each, quantity, found, precision))
}
