/** Takes back what stories created: their projects by the API of the service, their rows by primary key. */

import { eventually } from '../basis/eventually'
import { Blocked, Unmet } from '../basis/expectation'
import type { Leavings } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { apiToken } from '../service/api'
import { credentialsOf } from '../service/database-credentials'
import { unexpected } from './refusal'
import { StoredEvents } from './stored-events'
import { inTurns } from './turns'

/** How many projects are removed side by side. */
const atOnce = 6

/** @returns the projects that are still there, and the rows that are, in words */
export async function takeBack(
  platform: Platform,
  projects: readonly string[],
  leavings: readonly Leavings[],
): Promise<{ readonly projects: readonly string[]; readonly rows: readonly string[] }> {
  const token = await apiToken(platform)
  const gone = await Promise.all(inTurns(projects, atOnce, (project) => removeProject(platform, project, token)))
  const stored = new StoredEvents(platform, await credentialsOf(platform, 'service'))
  return { projects: projects.filter((_, index) => !gone[index]), rows: await stored.remove(leavings) }
}

async function removeProject(platform: Platform, project: string, token: string): Promise<boolean> {
  const { rest, contract, configuration } = platform
  try {
    return await eventually(
      async () => {
        const answers: HttpAnswer[] = []
        for (const path of contract.webhooks.removed(project)) answers.push(await rest.remove(path, token))
        const broken = answers.find(({ status }) => status >= 500)
        if (broken) throw unexpected(broken, `The project ${project} could not be removed`)
        return answers.every(({ status }) => status < 300 || status === 404)
      },
      { deadlineMs: configuration.deadlines.condition },
    )
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return false
    throw error
  }
}
