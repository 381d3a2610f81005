/**
 * Answers to requests that must be refused, or that must not be. Only status 401 or 403 is a refusal; a service that is stopped,
 * that sends the caller elsewhere or that does not know the route refuses nothing.
 */
import { command, comment } from '../basis/command'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { excerpt } from '../basis/redaction'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { apiToken, newToken } from './api'

/** Sends a GET with the API token. @throws Unmet with the cause if the token does not get through and the answer names it */
export async function getWithToken(platform: Platform, path: string): Promise<HttpAnswer> {
  const answer = await platform.rest.get(path, await apiToken(platform))
  const refusal = knownRefusal(platform, answer)
  if (refusal) throw refusal
  return answer
}

/** True for an answer by which a service positively refuses a caller. */
export const isRefusal = ({ status }: Pick<HttpAnswer, 'status'>) => status === 401 || status === 403

/**
 * The finding about an answer that neither refuses a request nor carries it out.
 * @param request the request in words, such as "a request without a token"
 */
export function unjudged(answer: HttpAnswer, request: string, expected: string): Circumstances {
  return {
    summary: `It is unknown whether ${new URL(answer.url).pathname} refuses ${request}: ${reasonOf(answer)}.`,
    object: answer.url,
    expected,
    found: `status ${answer.status}: ${excerpt(answer.body, 300) || 'an empty body'}`,
    remedy: [command`curl -i '${answer.url}'`],
    ...(answer.reliesOn ? { reliesOn: answer.reliesOn } : {}),
  }
}

/** Blocks for an answer that neither refuses a request nor carries it out. */
export const blockedBy = (answer: HttpAnswer, request: string, expected: string) =>
  new Blocked(unjudged(answer, request, expected))

/** The reason why an answer is not a refusal, as the end of a sentence. */
function reasonOf({ status, headers, body }: HttpAnswer): string {
  if (isRedirect(status)) return `it redirects to ${String(headers.location ?? 'nowhere')}`
  if (status === 404 || status === 405) return `it answers ${status}, as for a route that does not exist`
  if (status === 428) return 'the service waits for someone to confirm the migration of its database'
  if (status === 429) return 'the rate limit is exhausted'
  if ([502, 503, 504].includes(status)) return `no backend answered (status ${status})`
  if (status >= 500) return `the service failed to answer (status ${status})`
  if (isPage(body)) return `it answers ${status} with an HTML page`
  return `it answers ${status}`
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status)

const isPage = (body: string) => /^\s*<(!doctype|html)/i.test(body)

/** Addresses of the login pages of proxies and identity providers. */
const loginAddress = /log-?in|sign-?in|oauth|openid|saml|sso|authorize|\/auth\b|dex|keycloak/i

/** True for an answer that sends the caller to a login: a redirect, a page with a password, or a request for one. */
function asksForLogin({ status, headers, body }: HttpAnswer): boolean {
  if (isRedirect(status)) return loginAddress.test(String(headers.location ?? ''))
  if (status === 401 && /^\s*(basic|negotiate|digest)\b/i.test(String(headers['www-authenticate'] ?? ''))) return true
  return isPage(body) && (isRefusal({ status }) || /<input[^>]{0,500}type=["']?password/i.test(body))
}

/**
 * The finding for a token that does not get through, by its cause: a login in front of the service, or what the service itself
 * says about the token. Undefined if the answer is no refusal, or one that does not name its cause.
 */
export function knownRefusal(platform: Platform, answer: HttpAnswer): Unmet | undefined {
  const { tokenRefusals = [] } = platform.contract.rest
  const known = isRefusal(answer)
    ? tokenRefusals.find(({ status, says }) => status === answer.status && says.test(answer.body))
    : undefined
  if (known?.cause === 'login' || asksForLogin(answer)) return behindLogin(platform, answer)
  if (known === undefined) return undefined
  const { kubernetes, configuration } = platform
  const { name, key } = configuration.tokens.api
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  return new Unmet({
    summary: `The API token in ${object} ${known.cause}.`,
    object,
    expected: 'a token that the service accepts for every path',
    found: `${new URL(answer.url).pathname} answers ${answer.status}: ${excerpt(answer.body)}`,
    remedy: [
      ...newToken(platform),
      comment`then store it under the key ${key} of the Secret ${name}, or where that Secret is synced from`,
    ],
  })
}

function behindLogin({ configuration: { namespace, components } }: Platform, answer: HttpAnswer): Unmet {
  const { status, headers, body, url } = answer
  const location = isRedirect(status) ? `, to ${String(headers.location)}` : ''
  return new Unmet({
    summary: 'A login stands in front of the API of the service, so no API token gets through.',
    object: 'login in front of the API',
    expected: 'an API that accepts its tokens',
    found: `${new URL(url).pathname} answers ${status}${location}: ${excerpt(body, 300) || 'an empty body'}`,
    remedy: [
      command`kubectl set env -n ${namespace} deployment --selector=${selectorOf(components.lake.labels)} --list`,
      comment`if AUTH_ENABLED is true there: DevLake then accepts only sessions of its login, so set lake.envs.AUTH_ENABLED of the chart to false`,
      comment`else let requests with an API token pass the login of the proxy or ingress`,
      command`curl -i -H 'Authorization: Bearer …' '${url}'`,
    ],
  })
}
