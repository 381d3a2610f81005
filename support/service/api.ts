import { type CommandLine, command, comment } from '../basis/command'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'

/** The token of the service's API. @throws Blocked when its Secret has none */
export async function apiToken(platform: Platform): Promise<string> {
  return tokenIn(platform, platform.configuration.tokens.api)
}

/** The token in a Secret, without surrounding white space. @throws Blocked when the Secret has none */
export async function tokenIn(
  platform: Platform,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<string> {
  const { kubernetes } = platform
  const value = (await kubernetes.secret(name))?.get(key)?.trim()
  if (value) return value
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  throw new Blocked({
    summary: `${object} holds no API token.`,
    object,
    expected: 'a token',
    found: value === undefined ? 'no such key' : 'an empty value',
    remedy: [
      command`kubectl describe secret -n ${kubernetes.namespace} ${name}`,
      comment`if the token is in another Secret: set the configuration key tokens.api`,
      ...newToken(platform),
    ],
  })
}

/** The requests that create a token, if the service creates tokens itself. */
export function newToken(platform: Platform): CommandLine[] {
  const { newToken: made } = platform.contract.rest
  if (!made) return []
  return [comment`create a new token, which is shown once`, requestTo(platform, 'POST', made)]
}

/** The request that gives a project another name, if the service can rename projects. */
export function renameProject(platform: Platform, project: string): CommandLine[] {
  const renaming = platform.contract.rest.renaming?.(project, 'ANOTHER NAME')
  return renaming ? [requestTo(platform, 'PATCH', renaming)] : []
}

function requestTo(
  { kubernetes, configuration }: Platform,
  method: 'POST' | 'PATCH',
  { path, body }: { readonly path: string; readonly body: string },
): CommandLine {
  const { service, port } = configuration.components.lake
  const url = `http://${service}.${kubernetes.namespace}.svc:${port}${path}`
  return command`curl -X ${method} -H 'Content-Type: application/json' -d '${body}' '${url}'`
}

/** The circumstances of a wrong answer. @param summary continues the sentence that begins with the path */
export function circumstances(
  { url, reliesOn }: HttpAnswer,
  summary: string,
  expected: string,
  found: string,
): Circumstances {
  const path = new URL(url).pathname
  return {
    summary: `${path} ${summary}.`,
    object: url,
    expected,
    found: excerpt(found, 500),
    remedy: [command`curl -i '${url}'`],
    ...(reliesOn ? { reliesOn } : {}),
  }
}

export function unexpected(answer: HttpAnswer, summary: string, expected: string, found: string): Unmet {
  return new Unmet(circumstances(answer, summary, expected, found))
}

/** The circumstances of an answer with another status than the expected one. */
export const wrongStatus = (answer: HttpAnswer, status: number): Circumstances =>
  circumstances(
    answer,
    `answers ${answer.status} where ${status} is expected`,
    `status ${status}`,
    `status ${answer.status}: ${excerpt(answer.body)}`,
  )

/** @throws Unmet when the answer has another status */
export function expectStatus(answer: HttpAnswer, status: number): void {
  if (answer.status !== status) throw new Unmet(wrongStatus(answer, status))
}
