/** Everything on the dashboards of one choice that differs from what the events yield. Pure. */
import type { DashboardNames } from '../../contracts/dashboards'
import { type ProjectEvents, replay } from '../../dora/compute'
import type { Quantity, QuantityKind, Window } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { likeliestUnlisted } from '../../dora/unlisted'
import type { PanelView } from '../../platform/grafana-pages'
import { type ExpectedPage, ProjectPage, togetherOn } from './expected-page'
import { quantitiesOf } from './metric'
import { type PanelDifference, panelDifferences, type WrongTable, wrongTables } from './panel-comparison'

/** The dashboards as they were drawn for a choice. */
export interface OpenedPages {
  readonly views: readonly (readonly [DashboardNames, readonly PanelView[]])[]
  readonly window: Window
  readonly precision: Readonly<Record<QuantityKind, number>>
  /** Selects the quantities that can be recomputed. */
  readonly isKnown: (quantity: Quantity) => boolean
  /** False if rows cannot be recomputed. */
  readonly comparesTables: boolean
}

interface TableProblem extends WrongTable {
  readonly names: DashboardNames
}

export interface Problems {
  /** The count of compared numbers. */
  readonly compared: number
  readonly numbers: readonly PanelDifference[]
  readonly tables: readonly TableProblem[]
}

export function problemsOn({ views, comparesTables, ...opened }: OpenedPages, expected: ExpectedPage): Problems {
  const { reading, rows } = expected
  const pages = views.map(([names, panels]) => {
    const found = panelDifferences(names, { ...opened, views: panels, expected: reading }, opened.isKnown)
    const tables = comparesTables ? wrongTables(names, panels, rows, opened.precision) : []
    return { ...found, tables: tables.map((one) => ({ ...one, names })) }
  })
  return {
    compared: pages.reduce((sum, { compared }) => sum + compared, 0),
    numbers: pages.flatMap(({ wrong }) => wrong),
    tables: pages.flatMap(({ tables }) => tables),
  }
}

/** The problems that remain if some first deployments did not list their commits. */
export interface WithUnlisted extends Problems {
  /** The problems that these deployments explain. */
  readonly explained: Pick<Problems, 'numbers' | 'tables'>
  /** The events of each project, with these deployments. Absent if they are too many to be tried. */
  readonly read?: readonly ProjectEvents[]
}

const isOfLeadTime = ({ reading }: PanelDifference) => quantitiesOf['lead time'].includes(reading.quantity)

/** True if first deployments that did not list their commits could explain a problem. */
export const mayBeUnlisted = ({ numbers, tables }: Problems): boolean => tables.length > 0 || numbers.some(isOfLeadTime)

/** Leaves open everything that first deployments without lists could explain. */
export const withoutLeadTimes = ({ compared, numbers, tables }: Problems): WithUnlisted => ({
  ...{ compared, numbers: numbers.filter((one) => !isOfLeadTime(one)), tables: [] },
  explained: { numbers: numbers.filter(isOfLeadTime), tables },
})

/**
 * Undefined if the fewest problems remain when all first deployments listed their commits.
 * @param questions one for each project, in the order of the events
 */
export function withUnlisted(
  opened: OpenedPages,
  found: Problems,
  questions: readonly Question[],
  stored: readonly ProjectEvents[],
): WithUnlisted | undefined {
  const problemsBy = (events: readonly ProjectEvents[]) => problemsOn(opened, pageOf(questions, events))
  const { events: read, count } = likeliestUnlisted(stored, (events) => {
    const { numbers, tables } = problemsBy(events)
    return numbers.length + tables.length
  })
  if (count === 0) return undefined
  const real = problemsBy(read)
  const numbers = new Set(real.numbers.map(numberKey))
  const tables = new Set(real.tables.map(tableKey))
  const explained = {
    numbers: found.numbers.filter((one) => !numbers.has(numberKey(one))),
    tables: found.tables.filter((one) => !tables.has(tableKey(one))),
  }
  return { ...real, explained, read }
}

function pageOf(questions: readonly Question[], projects: readonly ProjectEvents[]): ExpectedPage {
  const pages: ProjectPage[] = []
  for (const [index, question] of questions.entries()) {
    const page = new ProjectPage(question, pages.at(-1))
    replay(projects[index] ?? { deployments: [], incidents: [], builds: [] }, page)
    page.finish()
    pages.push(page)
  }
  return togetherOn(pages)
}

const numberKey = ({ names, reading: { panel, quantity, column } }: PanelDifference) =>
  JSON.stringify([names.title, panel, quantity, column])
const tableKey = ({ names, title }: TableProblem) => JSON.stringify([names.title, title])
