/** What each surface reports about one project: REST, GraphQL, the metrics page and Prometheus, as readings. */

import { applicable, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { RangeName, RestMetric } from '../contracts/dora'
import type { Quantity, Reading, Window } from '../dora/metrics'
import type { Sample } from '../formats/exposition'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { expectStatus } from './api'
import { expectExposition } from './exposition'

/** A reading, and the command that shows it. */
export interface SurfaceReading {
  readonly surface: string
  readonly reading: Reading
  readonly command: string
}

interface Answered extends SurfaceReading {
  /** The end of its range; none where there is no data. */
  readonly end: number | undefined
}

/** A path of the REST API, and where its range ends. @throws Unmet when the answer is not as documented */
export async function readRest(
  platform: Platform,
  token: string,
  metric: RestMetric,
  project: string,
  range?: RangeName | Window,
): Promise<Answered> {
  const answer = await platform.rest.get(metric.path(project, range), token)
  const { pathname } = new URL(answer.url)
  const surface = `REST ${pathname}`
  const command = `curl -s -H 'Authorization: Bearer …' '${answer.url}'`
  const body = jsonOf(answer)
  if (platform.contract.dora.saysNoData(answer.status, body))
    return { surface, reading: metric.noData, command, end: undefined }
  expectStatus(answer, 200)
  const parsed = metric.answer.safeParse(body)
  if (parsed.success) return { surface, command, ...parsed.data }
  throw undocumented(answer, pathname, parsed.error.issues[0])
}

export async function readGraphQL(
  platform: Platform,
  token: string,
  project: string,
  range: RangeName,
): Promise<SurfaceReading> {
  const { document, answer: schema } = applicable(platform.contract.dora.graphql)
  const { data, errors, answer } = await platform.graphql.query(document(project, range), token)
  const parsed = schema.safeParse(data)
  if (errors.length > 0 || !parsed.success)
    throw undocumented(answer, 'doraMetrics of GraphQL', parsed.error?.issues[0])
  const command = `curl -s -X POST -H 'Authorization: Bearer …' -H 'Content-Type: application/json' -d '${JSON.stringify({ query: document(project, range).replace(/\s+/g, ' ') })}' ${answer.url}`
  return { surface: 'GraphQL', reading: parsed.data, command }
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const undocumented = ({ url, status, body }: HttpAnswer, what: string, issue: Issue | undefined) =>
  new Unmet({
    summary: `${what} does not answer the metrics as documented${issue ? `: ${issue.path.map(String).join('.') || 'the answer'}` : ''}.`,
    object: url,
    expected: issue?.message ?? 'the metrics of a project',
    found: `status ${status}: ${excerpt(body, 300)}`,
    remedy: [`curl -i '${url}'`],
  })

/** What the metrics page exposes, by project; one look serves all of them. */
export async function readExposition(platform: Platform): Promise<(project: string) => SurfaceReading> {
  const families = await expectExposition(platform)
  const samples = [...families.values()].flatMap((family) => family.samples)
  const { path } = applicable(platform.contract.metrics)
  return (project) => ({
    surface: path,
    reading: readingOfSamples(platform, samples, project),
    command: `curl -s …${path} | grep 'project="${project}"'`,
  })
}

/** What Prometheus has last scraped of it. */
export async function readPrometheus(platform: Platform, project: string): Promise<SurfaceReading> {
  const names = [...new Set(platform.contract.dora.exposed.map(({ sample }) => sample))]
  const escaped = project.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  const found = await Promise.all(names.map((name) => platform.prometheus.query(`${name}{project="${escaped}"}`)))
  const samples = found.flat().map(({ labels, value }) => ({ name: labels.__name__ ?? '', labels, value }))
  return {
    surface: 'Prometheus',
    reading: readingOfSamples(platform, samples, project),
    command: `# in Prometheus: {__name__=~"${names.join('|')}", project="${escaped}"}`,
  }
}

/** No data, no series: what is not exposed is absent. Series that differ in other labels add up. */
function readingOfSamples({ contract }: Platform, samples: readonly Sample[], project: string): Reading {
  const own = samples.filter(({ labels }) => labels.project === project)
  const entries = contract.dora.exposed.flatMap(({ quantity, sample, bucket }): [Quantity, number][] => {
    const found = own.filter(
      ({ name, labels }) => name === sample && (bucket === undefined || Number(labels.le) === bucket),
    )
    return found.length === 0 ? [] : [[quantity, found.reduce((sum, { value }) => sum + value, 0)]]
  })
  return Object.fromEntries(entries)
}
