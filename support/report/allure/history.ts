/**
 * The earlier runs in Allure's reports. The archive keeps what Allure needs to know of each run, so that the history does not
 * depend on when and with what a report was rendered. Both renderers find a test by the same key.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { entriesIn, fileOf } from '../../record/archive'
import { longestHistory } from '../../record/history'
import type { Verdict } from '../../record/verdict'
import { historyFile } from './history-file'
import { buildOrderOf, titleOf } from './results'

const statuses = ['failed', 'broken', 'skipped', 'passed', 'unknown'] as const
const text = z.string()
const time = z.number()
const result = z.object({
  historyId: text,
  name: text,
  fullName: text,
  status: z.enum(statuses),
  start: time,
  stop: time,
})
const point = z.object({
  /** Of the record: it identifies the run. */
  digest: text,
  /** ISO 8601. */
  finishedAt: z.iso.datetime(),
  title: text,
  buildOrder: z.number(),
  platform: z.object({ server: text.nullable(), namespace: text, contract: text }),
  results: z.array(result),
})

/** A run as Allure's history knows it. Times are milliseconds since 1970 UTC. */
type HistoryPoint = z.infer<typeof point>

/** The run whose results are in a directory. */
export function historyPointOf(
  results: string,
  { digest, finishedAt, verdict, platform, scope }: Verdict,
): HistoryPoint {
  return {
    digest,
    finishedAt,
    title: titleOf(verdict),
    buildOrder: buildOrderOf(finishedAt),
    platform: { server: platform.server, namespace: platform.namespace, contract: scope.contract },
    results: readdirSync(results)
      .filter((name) => name.endsWith('-result.json'))
      .sort()
      .map((name) => result.parse(JSON.parse(readFileSync(join(results, name), 'utf8')))),
  }
}

/** The run whose reports are in a directory; undefined if they name none. */
export const currentPoint = (reports: string): HistoryPoint | undefined => pointIn(join(reports, historyFile))

/** The earlier runs of the same platform, oldest first. What cannot be read is passed over. */
export function earlierPoints(reports: string): HistoryPoint[] {
  const current = currentPoint(reports)
  if (current === undefined) return []
  const isEarlier = ({ digest, platform }: HistoryPoint) =>
    digest !== current.digest && JSON.stringify(platform) === JSON.stringify(current.platform)
  return entriesIn(reports)
    .flatMap((entry) => pointIn(fileOf(reports, entry, historyFile)) ?? [])
    .filter(isEarlier)
    .slice(0, longestHistory)
    .reverse()
}

function pointIn(file: string): HistoryPoint | undefined {
  try {
    return point.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** Writes the history into the directory of results where allure-commandline looks for it. */
export function writeHistoryOfAllure2(points: readonly HistoryPoint[], results: string): void {
  const directory = join(results, 'history')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory)
  const newestFirst = [...points].reverse()
  const trend = (dataOf: (point: HistoryPoint) => object) =>
    newestFirst.map((one) => ({ buildOrder: one.buildOrder, reportName: one.title, data: dataOf(one) }))
  const files = {
    'history.json': historyByTest(newestFirst),
    'history-trend.json': trend(({ results }) => statistic(results)),
    'duration-trend.json': trend(({ results }) => ({ duration: durationOf(results) })),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), JSON.stringify(content))
}

/** The history as the file of Allure 3, a line for each run. */
export const historyOfAllure3 = (points: readonly HistoryPoint[]): string =>
  points.map((one) => `${JSON.stringify(lineOf(one))}\n`).join('')

function lineOf({ digest, finishedAt, title, results }: HistoryPoint) {
  const tests = results.map(({ start, stop, historyId, ...shown }) => {
    const key = keyOf(historyId)
    return { ...shown, start, stop, duration: stop - start, id: key, historyId: key, url: '', reportLinks: [] }
  })
  return {
    uuid: digest,
    name: title,
    timestamp: Date.parse(finishedAt),
    knownTestCaseIds: tests.map(({ id }) => id),
    testResults: Object.fromEntries(tests.map((test) => [test.historyId, test])),
    metrics: {},
    url: '',
  }
}

function historyByTest(newestFirst: readonly HistoryPoint[]) {
  const runs = newestFirst.flatMap(({ digest, results }) => results.map((one) => ({ digest, ...one })))
  const tests = new Map<string, typeof runs>()
  for (const one of runs) tests.set(keyOf(one.historyId), [...(tests.get(keyOf(one.historyId)) ?? []), one])
  return Object.fromEntries(
    [...tests].map(([key, all]) => [
      key,
      {
        statistic: statistic(all),
        items: all.map(({ digest, status, start, stop }) => ({
          uid: md5(digest + key),
          status,
          time: { start, stop, duration: stop - start },
        })),
      },
    ]),
  )
}

function statistic(results: readonly Pick<z.infer<typeof result>, 'status'>[]) {
  const counts = statuses.map((status) => [status, results.filter((one) => one.status === status).length])
  return { ...Object.fromEntries(counts), total: results.length }
}

const durationOf = (results: HistoryPoint['results']) =>
  results.length === 0
    ? 0
    : Math.max(...results.map(({ stop }) => stop)) - Math.min(...results.map(({ start }) => start))

const md5 = (value: string) => createHash('md5').update(value).digest('hex')

/** The key of a test without parameters, as both renderers compute it. */
const keyOf = (historyId: string) => `${md5(historyId)}.${md5('')}`
