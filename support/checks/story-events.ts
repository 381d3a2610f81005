/** Section 21.1 and 21.2: what became of the events of a story: taken, refused, and stored. */
import { z } from 'zod'
import { isAbsent } from '../basis/capability'
import { expectData, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { credentialsOf } from '../service/database-credentials'
import type { Answered } from '../stories/story-sender'
import { instantOf } from '../stories/story-times'

/** Each event that was spoiled was answered by the status; with 400, the answer names the field that does not fit. */
export function expectRefused(answered: readonly Answered[], status: number): string {
  const spoiled = answered.filter(({ posting }) => posting.spoiled !== null)
  expectData(spoiled, 'event that must be refused', 'the story')
  expectNone(
    spoiled.flatMap(({ posting: { happening, spoiled: how }, answer }) => {
      const field = how?.by === 'field' ? how.field : undefined
      const named = status !== 400 || field === undefined || answer.body.includes(field)
      if (answer.status === status && named) return []
      return [
        {
          summary: `The webhook ${happening.webhook} takes an event that it must refuse: its ${field ?? 'signature'} does not fit.`,
          object: answer.url,
          expected: `status ${status}${field && status === 400 ? ` and a message that names ${field}` : ''}`,
          found: `status ${answer.status}: ${excerpt(answer.body, 200)}`,
          remedy: [`curl -i -X POST '${answer.url}'`],
        },
      ]
    }),
  )
  return `${spoiled.length} events were refused`
}

/** What a deployment looks like in a table of a feature. */
interface SeenDeployment {
  readonly result: string
  readonly environment: string
  readonly finishedAt: number | null
}

/** Rows of `result | environment | finished`. @throws Error for a time that cannot be understood */
export function deploymentsIn(rows: readonly Readonly<Record<string, string>>[], now: number): SeenDeployment[] {
  return rows.map(({ result = '', environment = 'production', finished = '' }) => ({
    result,
    environment,
    finishedAt: finished ? instantOf(finished, now) : null,
  }))
}

const asText = ({ result, environment, finishedAt }: SeenDeployment) =>
  `${result || 'no result'}, ${environment || 'no environment'}, ${finishedAt === null ? 'not finished' : new Date(finishedAt).toISOString()}`

/** The deployments table, and the API where it lists them, hold exactly these deployments of the project. */
export async function expectDeployments(
  platform: Platform,
  project: string,
  expected: readonly SeenDeployment[],
): Promise<void> {
  const { deployments } = platform.contract.webhooks
  expectSame(`the deployments table for ${project}`, expected, await deploymentsInTable(platform, project))
  if (isAbsent(deployments)) return
  const found = await deploymentsOfApi(platform, deployments(project))
  expectSame(`the deployments of the API for ${project}`, expected, found)
}

const row = z.looseObject({
  result: z.string().nullable(),
  environment: z.string().nullable(),
  finished: z.coerce.number().nullable(),
})

async function deploymentsInTable(platform: Platform, project: string): Promise<SeenDeployment[]> {
  const { contract, configuration, database } = platform
  const statement = contract.database.statements.deploymentsOf(`\`${configuration.database.name}\``)
  const rows = await database.rows(await credentialsOf(platform, 'service'), row, statement, [project])
  return rows.map(({ result, environment, finished }) => ({
    result: result ?? '',
    environment: environment ?? '',
    finishedAt: finished,
  }))
}

function expectSame(object: string, expected: readonly SeenDeployment[], found: readonly SeenDeployment[]): void {
  const [is, shall] = [found, expected].map((all) => all.map(asText).sort())
  if (JSON.stringify(is) === JSON.stringify(shall)) return
  throw new Unmet({
    summary: `What was sent is not what is in ${object}.`,
    object,
    expected: shall?.join('; ') || 'none',
    found: is?.join('; ') || 'none',
  })
}

const date = z.string().nullish()
const listed = z.looseObject({
  deployments: z.array(
    z.looseObject({
      result: z.string().nullish(),
      environment: z.string(),
      finished_date: date,
      finishedDate: date,
      timestamp: date,
    }),
  ),
})

async function deploymentsOfApi(platform: Platform, path: string): Promise<SeenDeployment[]> {
  const answer = await platform.rest.get(path, await apiToken(platform))
  expectStatus(answer, 200)
  const parsed = listed.safeParse(jsonOf(answer))
  if (!parsed.success)
    throw new Unmet({
      summary: 'The API does not list deployments as documented.',
      object: answer.url,
      expected: 'deployments with their result, environment and finish',
      found: excerpt(answer.body, 300),
    })
  return parsed.data.deployments.map((one) => {
    const finish = one.finished_date ?? one.finishedDate ?? one.timestamp
    return { result: one.result ?? '', environment: one.environment, finishedAt: finish ? Date.parse(finish) : null }
  })
}
