import { z } from 'zod'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus, unexpected } from './api'

const project = z.looseObject({ name: z.string().min(1) })
// DevLake answers a page of projects, the platform's reference a bare list.
export const projects = z.union([
  z.array(project),
  z.looseObject({ projects: z.array(project) }).transform((page) => page.projects),
])

/** The projects that the platform has of its own: those of stories and of test deployments come from runs. */
export async function projectsOfPlatform(platform: Platform): Promise<string[]> {
  return (await expectProjects(platform)).filter((name) => isOfPlatform(platform, name))
}

/** Those that are made by runs come and go while others are looked at. */
export function isOfPlatform({ configuration: { testApplication } }: Platform, project: string): boolean {
  return project !== (testApplication?.project ?? testApplication?.name) && !project.startsWith(projectPrefix)
}

/** 7.3: the names of the projects, in the order of the answer. */
export async function expectProjects(platform: Platform): Promise<string[]> {
  const { projects: path, guarded } = platform.contract.rest
  const token = await apiToken(platform)
  // Where the projects ask for no token, something else says whether it is accepted.
  if (guarded.entered !== path) await expectEntered(platform, await platform.rest.get(guarded.entered, token))
  const answer = await platform.rest.get(path, token)
  if (answer.status === 401) throw refusedToken(platform, answer)
  expectStatus(answer, 200)
  const parsed = projects.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data.map(({ name }) => name)
  throw unexpected(answer, 'answers no list of projects', 'projects with their names', answer.body)
}

async function expectEntered(platform: Platform, answer: HttpAnswer): Promise<void> {
  if (answer.status === 401 || answer.status === 403) throw refusedToken(platform, answer)
  expectStatus(answer, 200)
}

/** Who rotates a token in one place only makes this; 401 alone would not say which token is meant. */
function refusedToken({ kubernetes, configuration }: Platform, { url, body, status }: HttpAnswer): Unmet {
  const { name, key } = configuration.tokens.api
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  return new Unmet({
    summary: `The service does not accept the token in ${object}.`,
    object,
    expected: 'the API token that the service knows',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [
      `kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data.${key}}' | base64 -d`,
      `curl -i -H 'Authorization: Bearer …' '${url}'`,
    ],
  })
}
/** Projects that begin so are those of a run, this one's or another's. */

export const projectPrefix = 'dora-acceptance-'
