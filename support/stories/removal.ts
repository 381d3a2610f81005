/** Removes what stories created: their projects through the service's API, their rows by primary key. */
import type { z } from 'zod'
import { eventually } from '../basis/eventually'
import { Blocked, Unmet } from '../basis/expectation'
import type { Leavings } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken } from '../service/api'
import { credentialsOf } from '../service/database-credentials'
import { concurrently } from './concurrently'
import { unexpectedAnswer } from './refusal'
import { StoredEvents } from './stored-events'

/** The number of projects that are removed concurrently. */
const concurrentProjects = 6

/** Removes projects and rows. @returns the projects that remain, and a description of each row that remains */
export async function removeStoryData(
  platform: Platform,
  projects: readonly string[],
  leavings: readonly Leavings[],
): Promise<{ readonly projects: readonly string[]; readonly rows: readonly string[] }> {
  const token = await apiToken(platform)
  const gone = await Promise.all(
    concurrently(projects, concurrentProjects, (project) => removeProject(platform, project, token)),
  )
  const stored = new StoredEvents(platform, await credentialsOf(platform, 'service'))
  return { projects: projects.filter((_, index) => !gone[index]), rows: await stored.remove(leavings) }
}

/** Removes a project. @returns false if it could not be removed within the deadline */
async function removeProject(platform: Platform, project: string, token: string): Promise<boolean> {
  const { rest, contract, configuration } = platform
  try {
    return await eventually(
      async () => {
        const answers: HttpAnswer[] = []
        const read = async <T>(path: string, form: z.ZodType<T>): Promise<T> => {
          const answer = await rest.get(path, token)
          const parsed = answer.status === 200 ? form.safeParse(jsonOf(answer)) : undefined
          if (parsed?.success) return parsed.data
          throw unexpectedAnswer(answer, `The project ${project} could not be removed`)
        }
        for (const path of await contract.webhooks.removed(project, read)) answers.push(await rest.remove(path, token))
        const broken = answers.find(({ status }) => status >= 500)
        if (broken) throw unexpectedAnswer(broken, `The project ${project} could not be removed`)
        return answers.every(({ status }) => status < 300 || status === 404)
      },
      { deadlineMs: configuration.deadlines.condition },
    )
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return false
    throw error
  }
}
