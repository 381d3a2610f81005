/** Sections 11 to 13: the connections through which the service collects, and what it collects through them. */

import { type Circumstances, expectNone, NotApplicable, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Collected, Connection, ConnectionScope, DataSource } from '../contracts/data-sources'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'

const titles: Readonly<Record<DataSource, string>> = { github: 'GitHub', argocd: 'ArgoCD', jenkins: 'Jenkins' }

const curl = (url: string, method = 'GET') => `curl -s -X ${method} -H 'Authorization: Bearer …' '${url}'`

/** Every connection to a data source, wherever it leads. @throws Unmet when they are not listed as documented */
export async function connectionsTo(platform: Platform, source: DataSource): Promise<readonly Connection[]> {
  const { connections, listed, young } = platform.contract.dataSources
  const answer = await ask(platform, connections(source))
  const absent = young?.[source]
  if (answer.status === 404 && absent !== undefined) throw new NotApplicable(absent)
  expectStatus(answer, 200)
  const parsed = listed.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  throw undocumented(answer, `The connections to ${titles[source]} are`, 'connections with their name and endpoint')
}

/** Whatever secret the answer tells cannot leave the process through a report. */
async function ask(platform: Platform, path: string): Promise<HttpAnswer> {
  const { rest, contract } = platform
  const token = await apiToken(platform)
  return rest.get(path, token, (body) => contract.dataSources.secretsIn(body).map(({ value }) => value))
}

const undocumented = (answer: HttpAnswer, subject: string, expected: string) =>
  new Unmet({
    summary: `${subject} not listed as documented.`,
    object: answer.url,
    expected,
    found: excerpt(answer.body),
    remedy: [curl(answer.url)],
  })

/**
 * 11.2, 12.1 and 13.1: at least one connection leads to where the configuration says. Answers them all; others are those of
 * the platform, and not looked at.
 */
export async function expectConnections(
  platform: Platform,
  source: DataSource,
): Promise<readonly [Connection, ...Connection[]]> {
  const { endpoint } = platform.configuration.dataSources[source]
  const all = await connectionsTo(platform, source)
  const [first, ...others] = all.filter((connection) => leadsTo(connection.endpoint, endpoint))
  if (first) return [first, ...others]
  const object = `connection to ${titles[source]}`
  throw new Unmet({
    summary:
      all.length === 0
        ? `There is no connection to ${titles[source]}.`
        : `No connection to ${titles[source]} leads to ${endpoint}.`,
    object,
    expected: `a connection whose endpoint is ${endpoint}`,
    found: all.map(({ name, endpoint: other }) => `${name}: ${other}`).join('; ') || 'none',
    remedy: [
      `kubectl port-forward -n ${platform.kubernetes.namespace} svc/${platform.configuration.components.ui.service} ${platform.configuration.components.ui.port}`,
      '# in the UI: Connections',
      `# elsewhere: configuration key dataSources.${source}.endpoint`,
    ],
  })
}

/**
 * Whether an address is the expected one, or lies below it. A port counts where one is expected; a service may be named with
 * or without the domain of the cluster.
 */
export function leadsTo(endpoint: string, expected: string): boolean {
  if (!URL.canParse(endpoint) || !URL.canParse(expected)) return false
  const [is, shall] = [new URL(endpoint), new URL(expected)]
  return (
    is.protocol === shall.protocol &&
    hostOf(is) === hostOf(shall) &&
    (shall.port === '' || is.port === shall.port) &&
    folderOf(is).startsWith(folderOf(shall))
  )
}

const hostOf = ({ hostname }: URL) => hostname.replace(/\.svc(\.cluster\.local)?\.?$/, '')
const folderOf = ({ pathname }: URL) => pathname.replace(/\/?$/, '/')

/** 11.2, 12.1 and 13.1: the service tries each connection with the token that it stored, and is let in. */
export async function expectConnectionsWork(platform: Platform, source: DataSource): Promise<number> {
  const { test, tested } = platform.contract.dataSources
  const token = await apiToken(platform)
  const connections = await expectConnections(platform, source)
  const unmet: Circumstances[] = []
  for (const { id, name, endpoint } of connections) {
    const answer = await platform.rest.query(test(source, id), '', {}, token)
    const parsed = tested.safeParse(jsonOf(answer))
    if (answer.status === 200 && parsed.success && parsed.data.success) continue
    const object = `connection ${name} to ${titles[source]}`
    unmet.push({
      summary: `The test of the ${object} fails.`,
      object,
      reliesOn:
        source === 'argocd' && cannotReach.test(answer.body)
          ? [`workloads labelled ${platform.configuration.dependencies.argocd.selector}`]
          : [],
      expected: `${endpoint} lets the service in`,
      found: `status ${answer.status}: ${parsed.success ? excerpt(parsed.data.message) || 'no reason' : excerpt(answer.body)}`,
      remedy: [curl(answer.url, 'POST'), '# a new token: in the UI, Connections'],
    })
  }
  expectNone(unmet)
  return connections.length
}

/** What Go's network library and gateways say of somebody who is not there. */
const cannotReach = /connection refused|no such host|timeout|deadline exceeded|EOF|connection reset|\b50[234]\b/i

/** 11.2, 12.1 and 13.1: who may read the connections is not told their tokens, neither in the list nor one by one. */
export async function expectTokensKept(platform: Platform, source: DataSource): Promise<number> {
  const { connections: list, connection: one, secretsIn } = platform.contract.dataSources
  const { name, key } = platform.configuration.tokens[source]
  const token = (await platform.kubernetes.secret(name))?.get(key)?.trim()
  const connections = await expectConnections(platform, source)
  const unmet: Circumstances[] = []
  for (const path of [list(source), ...connections.map(({ id }) => one(source, id))]) {
    const answer = await ask(platform, path)
    expectStatus(answer, 200)
    const told = secretsIn(answer.body).map(({ field }) => `the field ${field} in clear`)
    if (token && answer.body.includes(token)) told.push(`the token of the Secret ${name}`)
    if (told.length === 0) continue
    unmet.push({
      summary: `The token of a connection to ${titles[source]} can be read back.`,
      object: new URL(answer.url).pathname,
      expected: 'no token, or one that is made unreadable',
      found: [...new Set(told)].join(', '),
      remedy: [curl(answer.url), '# then give the connection a new token, for this one is known'],
    })
  }
  expectNone(unmet)
  return connections.length
}

/**
 * 11.3 and 12.2: something is collected, and of each repository or Application what the checklist lists. Answers the names
 * of what was looked at.
 */
export async function expectScopes(
  platform: Platform,
  source: Exclude<DataSource, 'jenkins'>,
  collected: readonly Collected[],
): Promise<string[]> {
  const { scopes: named } = platform.configuration.dataSources[source]
  const connections = await expectConnections(platform, source)
  const all = (await Promise.all(connections.map(({ id }) => scopesOf(platform, source, id)))).flat()
  const scopes = named === undefined ? all : all.filter(({ name }) => named.includes(name))
  const object = `scopes of ${titles[source]}`
  const remedy = ['# in the UI: Connections, Data Scope', `# others: configuration key dataSources.${source}.scopes`]
  const missing = (named ?? []).filter((name) => !scopes.some((scope) => scope.name === name))
  if (missing.length > 0 || scopes.length === 0)
    throw new Unmet({
      summary: `Nothing is collected from ${titles[source]}${missing.length > 0 ? ` of ${missing.join(', ')}` : ''}.`,
      object,
      expected: named?.join(', ') ?? 'at least one scope',
      found: all.map(({ name }) => name).join(', ') || 'none',
      remedy,
    })
  expectNone(
    scopes.flatMap(({ name, collects }) => {
      const left = collected.filter((one) => !collects.includes(one))
      if (left.length === 0) return []
      return {
        summary: `The scope ${name} of ${titles[source]} does not collect ${left.join(', ')}.`,
        object,
        expected: collected.join(', '),
        found: `${name}: ${collects.join(', ') || 'nothing of it'}`,
        remedy,
      }
    }),
  )
  return scopes.map(({ name }) => name)
}

/** All pages of the scopes of one connection. */
async function scopesOf(platform: Platform, source: DataSource, id: number): Promise<readonly ConnectionScope[]> {
  const { scopes: path, scopePage } = platform.contract.dataSources
  const found: ConnectionScope[] = []
  for (let page = 1; ; page++) {
    const answer = await ask(platform, path(source, id, page))
    expectStatus(answer, 200)
    const parsed = scopePage.safeParse(jsonOf(answer))
    if (!parsed.success)
      throw undocumented(
        answer,
        `The scopes of ${titles[source]} are`,
        'scopes with what they collect, and their count',
      )
    found.push(...parsed.data.scopes)
    if (parsed.data.scopes.length === 0 || found.length >= parsed.data.count) return found
  }
}
