/** Takes back what stories created: their projects by the API of the service, their rows by primary key. */
import { credentialsOf } from '../checks/database'
import { apiToken } from '../checks/rest'
import { eventually } from '../eventually'
import { Blocked, Unmet } from '../expectation'
import type { Platform } from '../platform/platform'
import { unexpected } from './refusal'
import { StoredEvents, type StoredKeys } from './stored-events'

/** How many projects are removed side by side. */
const atOnce = 6

/** @returns the projects that are still there, and the rows that are, in words */
export async function takeBack(
  platform: Platform,
  projects: readonly string[],
  keys: StoredKeys,
): Promise<{ readonly projects: readonly string[]; readonly rows: readonly string[] }> {
  const token = await apiToken(platform)
  const left: string[] = []
  const waiting = [...projects]
  const lane = async () => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift())
      if (!(await removeProject(platform, project, token))) left.push(project)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  const stored = new StoredEvents(platform, await credentialsOf(platform, 'service'))
  return { projects: left, rows: await stored.remove(keys) }
}

async function removeProject(platform: Platform, project: string, token: string): Promise<boolean> {
  const { rest, contract, configuration } = platform
  try {
    return await eventually(
      async () => {
        const answer = await rest.remove(contract.webhooks.removedProject(project), token)
        if (answer.status >= 500) throw unexpected(answer, `The project ${project} could not be removed`)
        return answer.status < 300 || answer.status === 404
      },
      { deadlineMs: configuration.deadlines.condition },
    )
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return false
    throw error
  }
}
