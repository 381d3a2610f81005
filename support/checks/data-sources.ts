/** Sections 11 to 13: checks of the connections to the data sources, and of the data that is collected through them. */

import { command, comment, localPort, onlyReads } from '../basis/command'
import { type Circumstances, expectNone, NotApplicable, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Collected, Connection, ConnectionScope, DataSource } from '../contracts/data-sources'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { allEntries } from '../service/pages'
import { getWithToken } from '../service/refusals'

const titles: Readonly<Record<DataSource, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  argocd: 'ArgoCD',
  jenkins: 'Jenkins',
}

/** Neither changes anything: a POST tests a connection. */
const curl = (url: string, method = 'GET') =>
  onlyReads(command`curl -s -X ${method} -H 'Authorization: Bearer …' '${url}'`)

/**
 * Lists all connections to a data source, whatever their endpoint.
 * @throws Unmet when the list does not have the documented format
 * @throws NotApplicable when this version of the service does not support the data source yet
 */
export async function connectionsTo(platform: Platform, source: DataSource): Promise<readonly Connection[]> {
  const { connections, listed, young } = platform.contract.dataSources
  const answer = await getWithToken(platform, connections(source))
  const absent = young?.[source]
  if (answer.status === 404 && absent !== undefined) throw new NotApplicable(absent)
  expectStatus(answer, 200)
  const parsed = listed.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  throw undocumented(answer, `connections to ${titles[source]}`, 'connections with their name and endpoint')
}

const undocumented = (answer: HttpAnswer, entries: string, expected: string) =>
  new Unmet({
    summary: `The list of ${entries} does not have the documented format.`,
    object: answer.url,
    expected,
    found: excerpt(answer.body),
    remedy: [curl(answer.url)],
  })

/**
 * 11.2, 12.1 and 13.1: checks that at least one connection uses the configured endpoint, and returns all that do. The platform
 * may have other connections; they are not checked.
 */
export async function expectConnections(
  platform: Platform,
  source: DataSource,
): Promise<readonly [Connection, ...Connection[]]> {
  const { endpoint } = platform.configuration.dataSources[source] ?? platform.contract.names.dataSources[source]
  const all = await connectionsTo(platform, source)
  const [first, ...others] = all.filter((connection) => isUnder(connection.endpoint, endpoint))
  if (first) return [first, ...others]
  const object = `connection to ${titles[source]}`
  const { namespace } = platform.kubernetes
  const { ui } = platform.configuration.components
  throw new Unmet({
    summary:
      all.length === 0
        ? `There is no connection to ${titles[source]}.`
        : `No connection to ${titles[source]} has the endpoint ${endpoint}.`,
    object,
    expected: `a connection with the endpoint ${endpoint}`,
    found: all.map(({ name, endpoint: other }) => `${name}: ${other}`).join('; ') || 'no connection',
    remedy: [
      await platform.rest.commandFor(platform.contract.dataSources.connections(source)),
      command`kubectl port-forward -n ${namespace} svc/${ui.service} ${localPort({ namespace, ...ui })}:${ui.port}`,
      comment`then add the connection in the UI, under Connections`,
      comment`if the endpoint is a different one: configuration key dataSources.${source}.endpoint`,
    ],
  })
}

/**
 * Returns true if an endpoint is the expected address or lies below it. The port is compared only if the expected address has
 * one. A service may be named with or without the domain of the cluster.
 */
export function isUnder(endpoint: string, address: string): boolean {
  if (!URL.canParse(endpoint) || !URL.canParse(address)) return false
  const [actual, expected] = [new URL(endpoint), new URL(address)]
  return (
    actual.protocol === expected.protocol &&
    hostOf(actual) === hostOf(expected) &&
    (expected.port === '' || actual.port === expected.port) &&
    folderOf(actual).startsWith(folderOf(expected))
  )
}

const hostOf = ({ hostname }: URL) => hostname.replace(/\.svc(\.cluster\.local)?\.?$/, '')
const folderOf = ({ pathname }: URL) => pathname.replace(/\/?$/, '/')

/** 11.2, 12.1 and 13.1: has the service test each connection with its stored token, and returns how many were tested. */
export async function expectConnectionsWork(platform: Platform, source: DataSource): Promise<number> {
  const { test, tested } = platform.contract.dataSources
  const token = await apiToken(platform)
  const connections = await expectConnections(platform, source)
  const unmet: Circumstances[] = []
  for (const { id, name, endpoint } of connections) {
    const answer = await platform.rest.query(test(source, id), '', {}, token)
    const parsed = tested.safeParse(jsonOf(answer))
    const object = `connection ${name} to ${titles[source]}`
    if (answer.status === 200 && parsed.success && parsed.data.success) {
      if (parsed.data.warning === undefined) continue
      unmet.push({
        summary: `The test of the ${object} succeeds with a warning.`,
        object,
        expected: `${endpoint} accepts the service's token, with all rights that the collection needs`,
        found: excerpt(parsed.data.warning),
        remedy: [
          curl(answer.url, 'POST'),
          comment`give the token the missing rights, or store a token that has them: in the UI, under Connections`,
        ],
      })
      continue
    }
    unmet.push({
      summary: `The test of the ${object} fails.`,
      object,
      reliesOn:
        source === 'argocd' && unreachable.test(answer.body)
          ? [`workloads labelled ${platform.configuration.dependencies.argocd.selector}`]
          : [],
      expected: `${endpoint} accepts the service's token`,
      found: `status ${answer.status}: ${parsed.success ? excerpt(parsed.data.message) || 'no reason' : excerpt(answer.body)}`,
      remedy: [curl(answer.url, 'POST'), comment`to store a new token: in the UI, under Connections`],
    })
  }
  expectNone(unmet)
  return connections.length
}

/** Errors of Go's network library and of gateways when the other side is unreachable. */
const unreachable = /connection refused|no such host|timeout|deadline exceeded|EOF|connection reset|\b50[234]\b/i

/** 11.2, 12.1 and 13.1: checks that neither the list of connections nor a single connection reveals a token. */
export async function expectTokensKept(platform: Platform, source: DataSource): Promise<number> {
  const { connections: list, connection: one, secretsIn } = platform.contract.dataSources
  const { name, key } = platform.configuration.tokens[source]
  const token = (await platform.kubernetes.secret(name))?.get(key)?.trim()
  const connections = await expectConnections(platform, source)
  const unmet: Circumstances[] = []
  for (const path of [list(source), ...connections.map(({ id }) => one(source, id))]) {
    const answer = await getWithToken(platform, path)
    expectStatus(answer, 200)
    const revealed = secretsIn(answer.body).map(({ field }) => `the field ${field} in clear text`)
    if (token && answer.body.includes(token)) revealed.push(`the token of the Secret ${name}`)
    if (revealed.length === 0) continue
    unmet.push({
      summary: `The token of a connection to ${titles[source]} can be read back.`,
      object: new URL(answer.url).pathname,
      expected: 'no token, or a masked one',
      found: [...new Set(revealed)].join(', '),
      remedy: [curl(answer.url), comment`then give the connection a new token, because this one is exposed`],
    })
  }
  expectNone(unmet)
  return connections.length
}

/**
 * 11.3 and 12.2: checks that scopes (repositories or Applications) exist, and that each collects the given kinds of data.
 * @returns the names of the checked scopes
 */
export async function expectScopes(
  platform: Platform,
  source: Exclude<DataSource, 'jenkins'>,
  collected: readonly Collected[],
): Promise<string[]> {
  const configured = platform.configuration.dataSources[source]?.scopes
  const connections = await expectConnections(platform, source)
  const all = (await Promise.all(connections.map(({ id }) => scopesOf(platform, source, id)))).flat()
  const scopes = configured === undefined ? all : all.filter(({ name }) => configured.includes(name))
  const object = `scopes of ${titles[source]}`
  const { scopes: firstPage } = platform.contract.dataSources
  const remedy = [
    ...(await Promise.all(connections.map(({ id }) => platform.rest.commandFor(firstPage(source, id, 1))))),
    comment`add the scope in the UI: Connections, Data Scope`,
    comment`to expect other scopes: configuration key dataSources.${source}.scopes`,
  ]
  const missing = (configured ?? []).filter((name) => !scopes.some((scope) => scope.name === name))
  if (missing.length > 0 || scopes.length === 0)
    throw new Unmet({
      summary: `Nothing is collected from ${titles[source]}${missing.length > 0 ? ` for ${missing.join(', ')}` : ''}.`,
      object,
      expected: configured?.join(', ') ?? 'at least one scope',
      found: all.map(({ name }) => name).join(', ') || 'no scope',
      remedy,
    })
  expectNone(
    scopes.flatMap(({ name, collects }) => {
      const uncollected = collected.filter((kind) => !collects.includes(kind))
      if (uncollected.length === 0) return []
      return {
        summary: `The scope ${name} of ${titles[source]} does not collect ${uncollected.join(', ')}.`,
        object,
        expected: collected.join(', '),
        found: `${name}: ${collects.join(', ') || 'nothing'}`,
        remedy,
      }
    }),
  )
  return scopes.map(({ name }) => name)
}

/** Reads all pages of the scopes of one connection. */
export function scopesOf(platform: Platform, source: DataSource, id: number): Promise<readonly ConnectionScope[]> {
  const { scopes: path, scopePage } = platform.contract.dataSources
  let url = path(source, id, 1)
  return allEntries({
    name: `the list of scopes of ${titles[source]}`,
    read: async (page) => {
      const answer = await getWithToken(platform, path(source, id, page))
      url = answer.url
      expectStatus(answer, 200)
      const parsed = scopePage.safeParse(jsonOf(answer))
      if (parsed.success) return { entries: parsed.data.scopes, count: parsed.data.count }
      throw undocumented(answer, `scopes of ${titles[source]}`, 'scopes with the data they collect, and their count')
    },
    bounds: { items: 'scopeItems', pages: 'scopePages', time: 'scopeTime' },
    remedy: () => [curl(url)],
  })
}
