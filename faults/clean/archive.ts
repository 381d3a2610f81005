/** The archive that runs in a row leave: an entry for each, whose numbers are the service's own for the same range. */
import { readFileSync, statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { FourMetric, ProjectNumber } from '../../support/dora/measured'
import { entriesIn, fileOf } from '../../support/record/archive'
import { longestHistory } from '../../support/record/history'
import type { Verdict } from '../../support/record/verdict'
import type { Doors } from '../doors/doors'

/** The service's route for each metric. */
const routes: Readonly<Record<FourMetric, string>> = {
  'deployment frequency': 'deployment-frequency',
  'lead time': 'lead-time',
  'change failure rate': 'change-failure-rate',
  'time to restore': 'mttr',
}

/** Bytes of a page without its evidence. */
const mostOfPage = 1_000_000

/**
 * Compares an archive with the service and with itself.
 * @param directory the reports of all runs
 * @param total the number of runs
 * @returns a sentence for each difference
 */
export async function archiveProblems(directory: string, total: number, doors: Doors): Promise<string[]> {
  const entries = entriesIn(directory).reverse()
  const problems = entries.length === total ? [] : [`The archive has ${entries.length} entries after ${total} runs.`]
  const records = entries.map((entry) => JSON.parse(readFileSync(fileOf(directory, entry), 'utf8')) as Verdict)
  for (const [index, record] of records.entries()) {
    const entry = entries[index] ?? ''
    const bytes = statSync(fileOf(directory, entry, 'sign-off.html')).size
    if (bytes >= mostOfPage) problems.push(`The page of ${entry} has ${bytes} bytes.`)
    problems.push(...(await wrongNumbers(record, doors)).map((wrong) => `${entry}: ${wrong}`))
    const trend = record.history?.runs.map(({ metrics }) => metrics) ?? []
    const earlier = records.slice(Math.max(0, index - longestHistory), index).map(numbersOf)
    if (!isDeepStrictEqual(trend, earlier)) problems.push(`The trend of ${entry} is not that of the runs before it.`)
  }
  return problems
}

/** The numbers of a record in the shape of its trend. */
function numbersOf({ metrics = [] }: Verdict) {
  return Object.fromEntries(
    metrics.map(({ name, measured }) => [
      name,
      {
        all: measured?.all?.value ?? null,
        projects: Object.fromEntries(measured?.projects.map(({ project, value }) => [project, value]) ?? []),
      },
    ]),
  )
}

/** The numbers of a record that are not the service's for the same project and range. A metric without samples has no number. */
async function wrongNumbers({ metrics = [] }: Verdict, doors: Doors): Promise<string[]> {
  const wrong = metrics.filter(({ measured }) => !measured).map(({ name }) => `there is no ${name}.`)
  for (const { metric, projects } of metrics.flatMap(({ measured }) => measured ?? []))
    for (const number of projects.filter(({ samples }) => samples > 0)) {
      const shown = await shownBy(doors, routes[metric], number)
      const { project, value } = number
      if (value === null || rounded(value, shown) !== shown)
        wrong.push(`the ${metric} of ${project} is ${value}, that of the service ${shown}.`)
    }
  return wrong
}

/** A value with as many decimals as the service shows. */
const rounded = (value: number, shown: number) => Number(value.toFixed(`${shown}`.split('.')[1]?.length ?? 0))

async function shownBy(doors: Doors, route: string, { project, from, to }: ProjectNumber): Promise<number> {
  const range = new URLSearchParams({ project, timeRange: 'custom', startDate: from, endDate: to })
  const { summary } = (await doors.service('GET', `/api/dora/${route}?${range}`)) as { summary: { value: number } }
  return summary.value
}
