import { z } from 'zod'
import { command, jsonpathKey } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { oddityOf } from '../basis/oddity'
import { excerpt } from '../basis/redaction'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus, unexpected } from './api'
import { showProjects } from './commands'
import { allEntries, type Page } from './pages'
import { isRefusal, knownRefusal } from './refusals'

const project = z.looseObject({ name: z.string().min(1) })
const names = z.array(project).transform((listed) => listed.map(({ name }) => name))

/** An answer with names of projects. DevLake returns pages with a count; the platform's reference documents a bare list. */
export const projectPage = z.union([
  names.transform((entries) => ({ entries, count: undefined })),
  z
    .looseObject({ projects: names, count: z.number().int().nonnegative().optional() })
    .transform(({ projects: entries, count }) => ({ entries, count })),
])

/** The platform's own projects, without those of stories. */
export async function projectsOfPlatform(platform: Platform): Promise<string[]> {
  return (await expectProjects(platform)).filter(isOfPlatform)
}

/** True for a project that no run creates: runs' projects come and go while others are checked. */
export function isOfPlatform(project: string): boolean {
  return !project.startsWith(projectPrefix)
}

/** Checks that the service has a project, whose numbers somebody asks for. @throws Unmet with the names that it has */
export async function expectProject(platform: Platform, project: string): Promise<void> {
  const projects = await expectProjects(platform)
  if (projects.includes(project)) return
  throw new Unmet({
    summary: `There is no project ${project}.`,
    object: 'REST API',
    expected: 'the name of a project',
    found: projects.join(', ') || 'no project at all',
    remedy: [await showProjects(platform)],
  })
}

/** 7.3: the API lists the projects, on as many pages as it takes. Returns their names in the order of the answers. */
export async function expectProjects(platform: Platform): Promise<readonly string[]> {
  const { projects: path, guarded } = platform.contract.rest
  const token = await apiToken(platform)
  // If the list of projects needs no token, another path shows whether the token is accepted.
  if (guarded.entered !== path) await expectAccepted(platform, await platform.rest.get(guarded.entered, token))
  let url = path
  return allEntries({
    name: 'the list of projects',
    read: async (page, size) => {
      const asked = size === undefined ? path : `${path}?page=${page}&pageSize=${size}`
      const answer = await platform.rest.get(asked, token)
      url = answer.url
      return pageIn(platform, answer)
    },
    keyOf: (name) => name,
    bounds: { items: 'projectItems', pages: 'projectPages', time: 'projectTime' },
    remedy: () => [command`curl -s -H 'Authorization: Bearer …' '${url}'`],
  })
}

async function pageIn(platform: Platform, answer: HttpAnswer): Promise<Page<string>> {
  await expectAccepted(platform, answer)
  const parsed = projectPage.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  throw unexpected(answer, 'does not return a list of projects', 'projects with their names', answer.body)
}

/** @throws Unmet with the cause if the token does not get through */
async function expectAccepted(platform: Platform, answer: HttpAnswer): Promise<void> {
  const known = knownRefusal(platform, answer)
  if (known) throw known
  if (isRefusal(answer)) throw await refusedToken(platform, answer)
  expectStatus(answer, 200)
}

/**
 * The finding for a refused token. It names the token, because status 401 alone would not. A token that was rotated in only
 * one place leads here, and one with white space around it, which the suite leaves out and the service may not.
 */
async function refusedToken({ kubernetes, configuration }: Platform, answer: HttpAnswer): Promise<Unmet> {
  const { url, body, status } = answer
  const { name, key } = configuration.tokens.api
  const token = (await kubernetes.secret(name))?.get(key) ?? ''
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  return new Unmet({
    summary: `The service does not accept the token in ${object}${oddityOf(token)}.`,
    object,
    expected: 'the API token that the service accepts',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [
      command`kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data${jsonpathKey(key)}}' | base64 -d`,
      command`curl -i -H 'Authorization: Bearer …' '${url}'`,
    ],
  })
}

/** The prefix of the projects of any run. */
export const projectPrefix = 'dora-acceptance-'
