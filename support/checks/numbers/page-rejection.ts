/** The findings about dashboards that differ from what the events yield. */
import { Blocked, type Circumstances, expectNone, type Unmet } from '../../basis/expectation'
import { shown, shownBoth } from '../../dora/comparison'
import type { ProjectEvents } from '../../dora/compute'
import type { Quantity, Reading, Value } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { inGrafana, panelOf } from '../dashboards/installation'
import { wrongCombinations } from './combinations'
import { expectedReading } from './dashboard-questions'
import { explanationsOf, rejection, statementOf, unknownListing } from './differences'
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
import { readableEvents } from './readable-events'

interface RejectedPages {
  /** The project, or the words for several. */
  readonly owner: string
  /** The words for the range. */
  readonly range: string
  /** A question for each project on the pages. */
  readonly questions: readonly Question[]
}

const ownerIn = ({ owner, range }: RejectedPages) => `${owner} (${range})`

/**
 * Wrong numbers go before wrong tables, and these before what cannot be decided.
 * @throws Unmet or Blocked always
 */
export async function rejectPages(
  platform: Platform,
  pages: RejectedPages,
  opened: OpenedPages,
  found: Problems,
): Promise<never> {
  const other = await unlistedIn(platform, opened, found, pages.questions)
  const { numbers, tables } = other ?? found
  const [first, ...others] = numbers
  if (first) throw await rejectionOf(platform, pages, [first, ...others], other?.read)
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
  expectNone(unmet)
  for (const one of [...open, ...undecidedIn(pages, other)]) throw new Blocked(one)
  throw new Error('There is no difference.')
}

/** The problems without those that the missing key `events.listedCommits` may explain. Undefined if it explains none. */
async function unlistedIn(
  platform: Platform,
  opened: OpenedPages,
  found: Problems,
  questions: readonly Question[],
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

function undecidedIn(pages: RejectedPages, other: WithUnlisted | undefined): Circumstances[] {
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

/** @param read the events of each project, if they differ from the stored ones */
async function rejectionOf(
  platform: Platform,
  pages: RejectedPages,
  all: readonly [PanelDifference, ...PanelDifference[]],
  read?: readonly ProjectEvents[],
): Promise<Unmet> {
  const { questions } = pages
  const numbers = all.map(({ reading: { quantity, value } }) => ({ window: 0, quantity, found: value ?? undefined }))
  const [only, ...others] = questions
  const likely =
    only && others.length === 0
      ? await explanationsOf(platform, only, numbers, read?.[0])
      : await combined(platform, questions, numbers)
  const wrong = async (one: PanelDifference, index: number) => {
    const { names, reading, drawn } = one
    return {
      place: [pages.owner, pages.range, panelOf(names, reading.panel)],
      quantity: reading.quantity,
      ...numberIn(one),
      likely: drawn ? [drawn.reason] : (likely[index] ?? []),
      remedy: await inGrafana(platform, names),
    }
  }
  const [first, ...rest] = all
  return rejection(await wrong(first, 0), await Promise.all(rest.map((one, index) => wrong(one, index + 1))), {
    object: panelOf(first.names, first.reading.panel),
    owner: ownerIn(pages),
    source: questions.length === 1 ? 'its events' : 'their events',
    columns: ['project', 'range', 'panel'],
  })
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
