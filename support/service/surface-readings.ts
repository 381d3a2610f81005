/** The answers of each surface about one project, read as quantities. */

import type { z } from 'zod'
import { type CommandLine, command, expositionText, promqlText } from '../basis/command'
import { applicable, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Contract } from '../contracts/contract'
import type { EventList, GraphQLRequest, RangeName, RestMetric, StatedRange } from '../contracts/dora'
import { listText, type Quantity, type Reading, type Value, type Window } from '../dora/metrics'
import type { Question } from '../dora/oracle'
import { readingOf, readingOfHistory } from '../dora/reading'
import type { Sample } from '../formats/exposition'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { fieldsOf, unknownFields } from './answer-fields'
import { expectStatus } from './api'
import { showDeployments } from './commands'
import { expectExposition } from './exposition'
import { recompute } from './raw-events'
import { exposedLabels, selectedBy, seriesOfService } from './scraped-targets'

/** The quantities of an answer, and the command that shows the answer. */
export interface SurfaceReading {
  readonly reading: Reading
  readonly command: CommandLine
  /** The range that the answer says it covers; absent if it names none. */
  readonly covered?: StatedRange | undefined
  /** The time of the answer by the clock of the service, in milliseconds since 1970 UTC. */
  readonly at?: number | undefined
  /** The stored events that the answer lists. */
  readonly listed?: EventList
  /** The fields of the answer that the contract does not name, so that they are not compared. */
  readonly unknown?: readonly string[]
  /** The metrics of which the project has no series, by the quantities that count as 0 or as no data for this reason. */
  readonly unexposed?: ReadonlyMap<Quantity, string>
}

/**
 * Reads a path of the REST API.
 * @param range undefined asks for the default range of the path
 * @throws Unmet when the answer is not as documented
 */
export async function readRest(
  platform: Platform,
  token: string,
  metric: RestMetric,
  project: string,
  range?: RangeName | Window,
): Promise<SurfaceReading> {
  const answer = await platform.rest.get(metric.path(project, range), token)
  const shown = command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`
  const date = Date.parse(String(answer.headers.date ?? ''))
  const at = Number.isNaN(date) ? undefined : date
  const body = jsonOf(answer)
  if (platform.contract.dora.saysNoData(answer.status, body)) return { reading: metric.noData, command: shown, at }
  expectStatus(answer, 200)
  const parsed = metric.answer.safeParse(body)
  if (parsed.success) {
    const unknown = unknownFields(body, fieldsOf(metric.answer), metric.notCompared)
    return { command: shown, at, covered: parsed.data.range, reading: parsed.data.reading, unknown }
  }
  throw undocumented(answer, new URL(answer.url).pathname, parsed.error.issues[0], shown)
}

/** Reads the metrics over GraphQL. @throws Unmet when the answer is not as documented */
export async function readGraphQL(
  platform: Platform,
  token: string,
  project: string,
  range: RangeName | undefined,
): Promise<SurfaceReading> {
  const { request, answer: schema } = applicable(platform.contract.dora.graphql)
  return askGraphQL(platform, token, request(project, range), inWords('doraMetrics', project, range), schema)
}

/** A question over GraphQL, whose URL names neither the project nor the range. */
export const inWords = (field: string, project: string, range: RangeName | undefined): string =>
  `${field} of GraphQL about ${project} (${range ?? 'without a range'})`

/** @throws Unmet when the answer is not as documented */
export async function askGraphQL<T>(
  platform: Platform,
  token: string,
  { query, variables }: GraphQLRequest,
  what: string,
  schema: z.ZodType<T>,
): Promise<{ readonly reading: T; readonly command: CommandLine }> {
  const { data, errors, failed, answer } = await platform.graphql.query(query, token, variables)
  const parsed = schema.safeParse(data)
  const shown = command`curl -s -X POST -H 'Authorization: Bearer …' -H 'Content-Type: application/json' -d '${JSON.stringify({ query: query.replace(/\s+/g, ' '), variables })}' ${answer.url}`
  // A failed field is null, or missing with its parents. The errors name it, and may follow all the data.
  if (errors.length > 0) {
    const issue = failed?.[0] === undefined ? undefined : { path: [failed[0]], message: 'an answer without errors' }
    throw undocumented({ ...answer, body: errors.join('; ') }, what, issue, shown)
  }
  if (!parsed.success) throw undocumented(answer, what, parsed.error.issues[0], shown)
  return { reading: parsed.data, command: shown }
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** @param shown the command that shows the answer */
export const undocumented = (
  { url, status, body }: HttpAnswer,
  what: string,
  issue: Issue | undefined,
  shown: CommandLine,
) =>
  new Unmet({
    summary: `${what} does not return the metrics as documented${issue ? `: ${issue.path.map(String).join('.') || 'the answer'}` : ''}.`,
    object: url,
    expected: issue?.message ?? 'the metrics of a project',
    found: `status ${status}: ${excerpt(body, 300)}`,
    remedy: [shown],
  })

/** Reads the metrics page of the service. @throws Unmet when it is not in the text format */
export async function readExposition(platform: Platform, project: string): Promise<SurfaceReading> {
  const families = await expectExposition(platform)
  const { path } = applicable(platform.contract.metrics)
  const samples = [...families.values()].flatMap((family) => family.samples)
  return {
    reading: readingOfSamples(platform, samples, project),
    unknown: unknownSamples(platform.contract, samples, project),
    unexposed: unexposedIn(platform.contract, samples, project),
    // The types are shown too: they say what the page has where it has nothing about the project, or no longer.
    command: command`curl -s ${(await platform.routes.to('lake')).base}${path} | grep -F -e '# TYPE ' -e 'project=${expositionText(project)}'`,
  }
}

/** Reads the samples that Prometheus scraped last. */
export async function readPrometheus(platform: Platform, project: string): Promise<SurfaceReading> {
  const names = [...new Set(platform.contract.dora.exposed.map(({ sample }) => sample))]
  const found = await Promise.all(
    names.map((name) => platform.prometheus.query(selectedBy(`${name}{`, 'project', project))),
  )
  const samples = (await seriesOfService(platform, found.flat())).map(({ labels, value }) => ({
    ...{ name: labels.__name__ ?? '', labels: exposedLabels(labels), value },
    target: { job: labels.job ?? '', instance: labels.instance },
  }))
  return {
    reading: readingOfTargets(platform, samples, project),
    unexposed: unexposedIn(platform.contract, samples, project),
    command: await platform.prometheus.commandFor(
      'query',
      selectedBy(`{__name__=~${promqlText(names.join('|'))}, `, 'project', project),
    ),
  }
}

interface ScrapedSample extends Sample {
  readonly target: { readonly job: string; readonly instance: string | undefined }
}

/** The quantities of a project by each target that exposes it. Where the targets differ, the value names each of them. */
function readingOfTargets(platform: Platform, samples: readonly ScrapedSample[], project: string): Reading {
  const targets = Map.groupBy(samples, ({ target }) => JSON.stringify(target))
  const readings = [...targets.values()].map((own) => ({
    target: own[0]?.target.instance ?? 'a target without a name',
    reading: readingOfSamples(platform, own, project),
  }))
  const first = readings[0]?.reading ?? nothingExposed
  return Object.fromEntries(
    (Object.entries(first) as [Quantity, Value][]).map(([quantity, value]) => {
      const all = readings.map(({ target, reading }) => ({ target, shown: reading[quantity] ?? null }))
      if (all.every(({ shown }) => shown === value)) return [quantity, value]
      return [quantity, all.map(({ target, shown }) => `${shown ?? 'nothing'} from ${target}`).join(' and ')]
    }),
  )
}

/** The quantities without a series: counts are 0, because the service exposes no series where there is no data. */
const nothingExposed: Reading = {
  'all-time deployments': 0,
  'all-time lead times': 0,
  'sum of all lead times': 0,
  'lead times up to an hour': 0,
  'lead times up to a day': 0,
  'all-time resolved incidents': 0,
  'sum of all times to restore': 0,
  'incidents resolved within an hour': 0,
  'incidents resolved within a day': 0,
  'change failure ratio': null,
}

/** The quantities of a project. Series that differ only in other labels are added up. */
function readingOfSamples({ contract }: Platform, samples: readonly Sample[], project: string): Reading {
  const own = samples.filter(({ labels }) => labels.project === project)
  const entries = contract.dora.exposed.flatMap(({ quantity, sample, bucket }): [Quantity, number][] => {
    const found = own.filter(
      ({ name, labels }) => name === sample && (bucket === undefined || Number(labels.le) === bucket),
    )
    return found.length === 0 ? [] : [[quantity, found.reduce((sum, { value }) => sum + value, 0)]]
  })
  return { ...nothingExposed, ...Object.fromEntries(entries), ...environmentOf(contract, own) }
}

function unexposedIn({ dora }: Contract, samples: readonly Sample[], project: string): ReadonlyMap<Quantity, string> {
  const named = new Set(samples.filter(({ labels }) => labels.project === project).map(({ name }) => name))
  return new Map(
    dora.exposed.flatMap(({ quantity, sample }) =>
      named.has(sample) ? [] : [[quantity, sample.replace(/_(?:count|sum|bucket)$/, '')]],
    ),
  )
}

/** The only metric whose environment the contract documents. */
const counterOf = ({ exposed }: Contract['dora']) =>
  exposed.find(({ quantity }) => quantity === 'all-time deployments')?.sample

/** The samples about a project, and their labels, that the contract does not name. */
export function unknownSamples({ dora }: Pick<Contract, 'dora'>, all: readonly Sample[], project: string): string[] {
  const own = all.filter(({ labels }) => labels.project === project)
  const counter = counterOf(dora)
  const isExposed = ({ name, labels }: Sample) =>
    dora.exposed.some(({ sample, bucket }) => sample === name && (bucket === undefined || Number(labels.le) === bucket))
  const unknown = own.flatMap((sample) => {
    const { le, project: _project, ...others } = sample.labels
    const name = le === undefined ? sample.name : `${sample.name}{le="${le}"}`
    const isKnown = isExposed(sample) || dora.exposedNotCompared[name] !== undefined
    const labels = Object.keys(others).filter((label) => label !== 'environment' || sample.name !== counter)
    return [...(isKnown ? [] : [name]), ...labels.map((label) => `label ${label} of ${sample.name}`)]
  })
  return [...new Set(unknown)].sort()
}

/**
 * The environments that the series of deployments name, in lower case as the comparison of environments ignores it. Nothing
 * if a series has no such label: that is a finding about the metric, not about a number of a project.
 */
function environmentOf({ dora }: Platform['contract'], own: readonly Sample[]): Reading {
  const counter = counterOf(dora)
  const found = own.flatMap(({ name, labels }) => (name === counter ? [labels.environment] : []))
  const named = found.flatMap((environment) => environment || [])
  if (named.length === 0 || named.length < found.length) return {}
  return { 'environment label': listText([...new Set(named.map((one) => one.toLowerCase()))]) }
}

/** Recomputes the metrics from the stored events. @throws Unmet when the database cannot be read */
export async function readStoredEvents(
  platform: Platform,
  question: Question & { readonly project: string },
): Promise<SurfaceReading> {
  const { windows, history } = await recompute(platform, question)
  const [metrics] = windows
  if (!metrics) throw new Error('The question has no window.')
  // The exposed ratio covers the window of the settings, not the window of the question.
  const { 'change failure ratio': _ratio, ...reading } = readingOf(metrics)
  return {
    reading: { ...reading, ...readingOfHistory(history) },
    command: showDeployments(platform, question.project),
  }
}

/**
 * Reads when the last collection of a project ended, in milliseconds since 1970 UTC; undefined if there is no data.
 * @throws NotApplicable when the flavour has no REST metrics
 */
export async function endOfCollection(platform: Platform, token: string, project: string): Promise<number | undefined> {
  const { overview } = applicable(platform.contract.dora.rest)
  return (await readRest(platform, token, overview, project, 'last7days')).covered?.end
}
