/** Section 18: the stages of the lead time of each project, over REST and GraphQL, in each range. */
import { type CommandLine, command } from '../basis/command'
import { applicable, Blocked, type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import { type RangeName, rangeNames, type StagesAnswer } from '../contracts/dora'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { showProjects } from '../service/commands'
import { settingsOfProjects } from '../service/metric-settings'
import { projectsOfPlatform } from '../service/projects'
import { askGraphQL, inWords } from '../service/surface-readings'

/** The stages that a surface shows of a project in a range. */
interface ShownStages {
  readonly project: string
  readonly range: RangeName
  /** The surface and the range in findings, such as "GraphQL, last7days". */
  readonly place: string
  /** Undefined if the answer has no list of stages. */
  readonly answer: StagesAnswer | undefined
  readonly command: CommandLine
}

/** 18.3: checks that the lead time of each project is broken down by the stages in its settings. @returns how many were compared */
export async function expectStages(platform: Platform): Promise<number> {
  applicable(platform.contract.dora.stages)
  const token = await apiToken(platform)
  const settings = await settingsOfProjects(platform)
  const compared: string[] = []
  const unmet: Circumstances[] = []
  for (const project of await projectsOfPlatform(platform)) {
    const { leadTimeStages } = settings.get(project) ?? platform.contract.dora.settings.defaults
    const shown = await Promise.all(
      rangeNames.flatMap((range) => [
        overRest(platform, token, project, range),
        overGraphQL(platform, token, project, range),
      ]),
    )
    const found = shown.flatMap((one) => one ?? [])
    if (found.length > 0) compared.push(project)
    const [problem] = [
      ...found.flatMap((one) => problemsIn(platform, one, leadTimeStages)),
      ...contradictionsIn(found, platform.contract.dora.precision.minutes),
    ]
    if (problem) unmet.push(problem)
  }
  expectData(compared, 'project with a lead time', 'REST API', [await showProjects(platform)])
  expectNone(unmet)
  return compared.length
}

/** @returns undefined if the project has no lead time in the range */
async function overRest(
  { rest, contract }: Platform,
  token: string,
  project: string,
  range: RangeName,
): Promise<ShownStages | undefined> {
  const { path, answer: schema } = applicable(contract.dora.stages)
  const answer = await rest.get(path(project, range), token)
  if (answer.status === 404 && contract.dora.saysNoData(answer.status, jsonOf(answer))) return undefined
  expectStatus(answer, 200)
  const shown = command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`
  return { project, range, place: `REST, ${range}`, answer: schema.safeParse(jsonOf(answer)).data, command: shown }
}

/** @returns undefined if the project has no lead time in the range, or if GraphQL cannot be read, which has items of its own */
async function overGraphQL(
  platform: Platform,
  token: string,
  project: string,
  range: RangeName,
): Promise<ShownStages | undefined> {
  const { request, answer } = applicable(platform.contract.dora.stages).graphql
  const what = inWords('doraMetrics', project, range)
  try {
    const found = await askGraphQL(platform, token, request(project, range), what, answer)
    if (found.reading.leadTime === null) return undefined
    return { project, range, place: `GraphQL, ${range}`, answer: found.reading, command: found.command }
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return undefined
    throw error
  }
}

/**
 * The ranges whose lead time the surfaces divide in different ways. With another lead time, they answered after another collection.
 * @param digit the size of the last digit of each duration, in minutes
 */
function contradictionsIn(all: readonly ShownStages[], digit: number): Circumstances[] {
  const isSame = (one: number | null, other: number | null) =>
    one === null || other === null ? one === other : Math.abs(one - other) <= digit + 1e-9 * Math.abs(one)
  return all.flatMap((first, index): Circumstances[] => {
    const second = all.slice(index + 1).find(({ range }) => range === first.range)
    const [one, other] = [first.answer, second?.answer]
    if (!second || !one || !other || !isSame(one.leadTime, other.leadTime)) return []
    if (one.stages.every(({ duration }, stage) => isSame(duration, other.stages[stage]?.duration ?? null))) return []
    return [
      {
        summary: `The stages of the lead time of ${first.project} differ between REST and GraphQL.`,
        object: `lead time stages of ${first.project}`,
        expected: `${durationsIn(one)} (${first.place})`,
        found: `${durationsIn(other)} (${second.place})`,
        remedy: [first.command, second.command],
      },
    ]
  })
}

const durationsIn = ({ stages }: StagesAnswer) =>
  stages.map(({ name, duration, unit }) => `${name}: ${duration ?? 'none'} ${unit}`).join(', ')

const namesOf = ({ stages }: StagesAnswer) => stages.map(({ name }) => name)

function problemsIn({ contract }: Platform, shown: ShownStages, configured: readonly string[]): Circumstances[] {
  const { project, place, answer, command: remedy } = shown
  if (!answer || !sameNames(namesOf(answer), configured))
    return [
      {
        summary: `The lead time of ${project} is not broken down by the stages in its settings.`,
        object: `settings of ${project}`,
        expected: configured.join(', '),
        found: `${answer ? namesOf(answer).join(', ') || 'no stages' : 'no list of stages'} (${place})`,
        remedy: [remedy],
      },
    ]
  const { precision, settings } = contract.dora
  const problem = durationProblem(answer, precision.minutes, sameNames(configured, settings.defaults.leadTimeStages))
  if (!problem) return []
  const { says, expected } = problem
  return [
    {
      summary: `The stages of the lead time of ${project} ${says}.`,
      object: `lead time stages of ${project}`,
      expected,
      found: `${durationsIn(answer)} (${place})`,
      remedy: [remedy],
    },
  ]
}

/**
 * The first problem of the durations; undefined if there is none. Each duration is rounded on its own.
 * @param digit the size of the last digit of each duration, in minutes
 * @param isWhole true if all stages together are the lead time
 */
function durationProblem({ leadTime, stages }: StagesAnswer, digit: number, isWhole: boolean) {
  if (stages.some(({ unit, duration }) => unit !== 'minutes' || (duration ?? 0) < 0))
    return { says: 'are not durations in minutes', expected: 'durations in minutes' }
  const known = stages.flatMap(({ duration }) => duration ?? [])
  if (leadTime === null || !isWhole || known.length < stages.length) return undefined
  const sum = known.reduce((total, duration) => total + duration, 0)
  if (Math.abs(sum - leadTime) <= (digit / 2) * (stages.length + 1) + 1e-9 * sum) return undefined
  return {
    says: `add up to ${Number(sum.toFixed(1))} min instead of ${leadTime} min`,
    expected: `durations that add up to the lead time, ${leadTime} min`,
  }
}

export const sameNames = (one: readonly string[], other: readonly string[]) =>
  one.map((name) => name.toLowerCase()).join('\n') === other.map((name) => name.toLowerCase()).join('\n')
