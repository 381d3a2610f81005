/** Sections 21.1 and 21.2: checks that the events of a story are accepted, refused and stored correctly. */
import { z } from 'zod'
import { isAbsent } from '../basis/capability'
import { type CommandLine, command } from '../basis/command'
import { applicable, expectData, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { showDeployments } from '../service/commands'
import { credentialsOf } from '../service/database-credentials'
import type { Answered } from '../stories/story-sender'
import { instantOf } from '../stories/story-times'

/** Every invalid event was refused with the status; with 400, the answer names the wrong field. Returns their number, in words. */
export function expectRefused(answered: readonly Answered[], status: number): string {
  const spoiled = answered.filter(({ posting }) => posting.spoiled !== null)
  expectData(spoiled, 'event that must be refused', 'the story', [])
  expectNone(
    spoiled.flatMap(({ posting: { happening, spoiled: how }, answer }) => {
      const field = how?.by === 'field' ? how.field : undefined
      const named = status !== 400 || field === undefined || answer.body.includes(field)
      if (answer.status === status && named) return []
      return [
        {
          summary: `The webhook ${happening.webhook} does not refuse an event with an invalid ${field ?? 'signature'} as documented.`,
          object: answer.url,
          expected: `status ${status}${field && status === 400 ? ` and a message that names ${field}` : ''}`,
          found: `status ${answer.status}: ${excerpt(answer.body, 200)}`,
          remedy: [command`curl -i -X POST '${answer.url}'`],
        },
      ]
    }),
  )
  return `${spoiled.length} events were refused`
}

/** A deployment in a table of a feature, or as the service stores it. */
interface ListedDeployment {
  readonly result: string
  readonly environment: string
  readonly finishedAt: number | null
}

/** Parses rows of `result | environment | finished`. @throws Error for an invalid time */
export function deploymentsIn(rows: readonly Readonly<Record<string, string>>[], now: number): ListedDeployment[] {
  return rows.map(({ result = '', environment = 'production', finished = '' }) => ({
    result,
    environment,
    finishedAt: finished ? instantOf(finished, now) : null,
  }))
}

const asText = ({ result, environment, finishedAt }: ListedDeployment) =>
  `${result || 'no result'}, ${environment || 'no environment'}, ${finishedAt === null ? 'not finished' : new Date(finishedAt).toISOString()}`

/** The deployments table, and the API if it lists deployments, hold exactly these deployments of the project. */
export async function expectDeployments(
  platform: Platform,
  project: string,
  expected: readonly ListedDeployment[],
): Promise<void> {
  await expectInTable(platform, project, expected)
  if (!isAbsent(platform.contract.webhooks.deployments)) await expectInApi(platform, project, expected)
}

/** The deployments table holds exactly these deployments of the project. */
export async function expectInTable(
  platform: Platform,
  project: string,
  expected: readonly ListedDeployment[],
): Promise<void> {
  expectSame(`the deployments table for ${project}`, expected, await deploymentsInTable(platform, project), [
    showDeployments(platform, project),
  ])
}

/** The API lists exactly these deployments of the project. @throws NotApplicable if the contract's API lists none */
export async function expectInApi(
  platform: Platform,
  project: string,
  expected: readonly ListedDeployment[],
): Promise<void> {
  const path = applicable(platform.contract.webhooks.deployments)
  const { found, remedy } = await deploymentsOfApi(platform, path(project))
  expectSame(`the deployments of the API for ${project}`, expected, found, remedy)
}

const row = z.looseObject({
  result: z.string().nullable(),
  environment: z.string().nullable(),
  finished: z.coerce.number().nullable(),
})

async function deploymentsInTable(platform: Platform, project: string): Promise<ListedDeployment[]> {
  const { contract, configuration, database } = platform
  const statement = contract.database.statements.deploymentsOf(`\`${configuration.database.name}\``)
  const rows = await database.rows(await credentialsOf(platform, 'service'), row, statement, [project])
  return rows.map(({ result, environment, finished }) => ({
    result: result ?? '',
    environment: environment ?? '',
    finishedAt: finished,
  }))
}

function expectSame(
  object: string,
  expected: readonly ListedDeployment[],
  found: readonly ListedDeployment[],
  remedy: readonly CommandLine[],
): void {
  const [actual, wanted] = [found, expected].map((all) => all.map(asText).sort())
  if (JSON.stringify(actual) === JSON.stringify(wanted)) return
  throw new Unmet({
    summary: `The deployments that were sent differ from ${object}.`,
    object,
    expected: wanted?.join('; ') || 'none',
    found: actual?.join('; ') || 'none',
    remedy,
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

async function deploymentsOfApi(platform: Platform, path: string) {
  const answer = await platform.rest.get(path, await apiToken(platform))
  expectStatus(answer, 200)
  const remedy = [command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`]
  const parsed = listed.safeParse(jsonOf(answer))
  if (!parsed.success)
    throw new Unmet({
      summary: 'The API does not list deployments as documented.',
      object: answer.url,
      expected: 'deployments with their result, environment and finish',
      found: excerpt(answer.body, 300),
      remedy,
    })
  const found = parsed.data.deployments.map((one): ListedDeployment => {
    const finish = one.finished_date ?? one.finishedDate ?? one.timestamp
    return { result: one.result ?? '', environment: one.environment, finishedAt: finish ? Date.parse(finish) : null }
  })
  return { found, remedy }
}
