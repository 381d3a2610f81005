/** The connections and scopes of Apache DevLake's API, which every flavour has. */
import { z } from 'zod'
import { bounds, OutOfBounds } from '../../basis/bounds'
import type { Collected, DataSourcesContract } from '../../contracts/data-sources'

/**
 * The meaning of DevLake's domain types in the words of the checklist (backend/core/plugin/plugin_blueprint.go): pull requests
 * and their reviews share one type, and a sync of ArgoCD is a deployment of CICD.
 */
const collectedBy: Readonly<Record<string, readonly Collected[]>> = {
  CODE: ['commits'],
  CODEREVIEW: ['pull requests', 'code review'],
  CICD: ['sync events'],
}

/** A scope without a configuration, or with an empty one, collects everything. */
function collects(entities: readonly string[] | null | undefined): Collected[] {
  const named = entities?.length ? entities : Object.keys(collectedBy)
  return named.flatMap((entity) => collectedBy[entity] ?? [])
}

const listedScope = z
  .looseObject({
    scope: z.looseObject({
      name: z.string().optional(),
      fullName: z.string().optional(),
      /** A project of GitLab. */
      pathWithNamespace: z.string().optional(),
      gitlabId: z.number().int().optional(),
      createdAt: z.string().optional(),
    }),
    scopeConfig: z.looseObject({ entities: z.array(z.string()).nullish() }).nullish(),
    /** Left out for a scope that no blueprint, and so no project, collects (scope_service_helper.go). */
    blueprints: z.array(z.unknown()).nullish(),
  })
  .transform(({ scope, scopeConfig, blueprints }) => ({
    name: scope.fullName ?? scope.pathWithNamespace ?? scope.name ?? 'a scope without a name',
    collects: collects(scopeConfig?.entities),
    id: scope.gitlabId,
    since: timeIn(scope.createdAt),
    isUsed: blueprints?.length ? true : undefined,
  }))

function timeIn(text = ''): number | undefined {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

const field = /"(\w{1,200})"\s*:\s*"/g
const isSecret = (name: string) => /token|password|secret|apiKey|privateKey/i.test(name)

/**
 * Returns the fields whose values are secrets, also those of a body that is not valid JSON. Reads each character a fixed number of times.
 * @throws OutOfBounds if there are more than any list of connections has
 */
function revealedIn(body: string): { field: string; value: string }[] {
  const revealed: { field: string; value: string }[] = []
  for (const { 0: start, 1: name = '', index } of body.matchAll(field)) {
    if (!isSecret(name)) continue
    const from = index + start.length
    let end = from
    while (end < body.length && body.charAt(end) !== '"') end += body.charAt(end) === '\\' ? 2 : 1
    const value = body.slice(from, end)
    if (value === '' || end >= body.length || isMasked(value)) continue
    if (revealed.length >= bounds.secretFields.most) throw new OutOfBounds('secretFields')
    revealed.push({ field: name, value })
  }
  return revealed
}

/** DevLake masks most of a token with stars and omits passwords. */
const isMasked = (value: string) => /\*{2}/.test(value)

/** The outcome of a connection test. DevLake's `warning` is a flag whose text is the message; other versions send the text. */
const tested = z.looseObject({
  success: z.boolean(),
  message: z.string().default(''),
  warning: z.union([z.boolean(), z.string()]).nullish(),
  warnings: z.array(z.unknown()).nullish(),
})

/**
 * The part of the contract about connections.
 * @param prefix the path under which the API is served, such as "/api"
 */
export function connectionsUnder(prefix: string): DataSourcesContract {
  const base = (source: string) => `${prefix}/plugins/${source}/connections`
  return {
    connections: base,
    listed: z.array(z.looseObject({ id: z.number(), name: z.string(), endpoint: z.string() })),
    connection: (source, id) => `${base(source)}/${id}`,
    secretsIn: revealedIn,
    test: (source, id) => `${base(source)}/${id}/test`,
    tested: tested.transform(({ success, message, warning, warnings }) => ({
      success,
      message,
      warning:
        [...(warning === true ? [message || 'no reason given'] : [warning || []].flat()), ...(warnings ?? [])]
          .map((text) => (typeof text === 'string' ? text : JSON.stringify(text)))
          .join('; ') || undefined,
    })),
    passedOn: (source, id, path) => `${base(source)}/${id}/proxy/rest/${path}`,
    scopes: (source, id, page) => `${base(source)}/${id}/scopes?page=${page}&pageSize=100&blueprints=true`,
    scopePage: z.looseObject({ scopes: z.array(listedScope), count: z.number().int() }),
  }
}
