/** The connections and scopes of Apache DevLake's API, which every flavour has. */
import { z } from 'zod'
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
    scope: z.looseObject({ name: z.string().optional(), fullName: z.string().optional() }),
    scopeConfig: z.looseObject({ entities: z.array(z.string()).nullish() }).nullish(),
  })
  .transform(({ scope, scopeConfig }) => ({
    name: scope.fullName ?? scope.name ?? 'a scope without a name',
    collects: collects(scopeConfig?.entities),
  }))

const secretField = /"(\w*(?:token|password|secret|apiKey|privateKey)\w*)"\s*:\s*"((?:[^"\\]|\\.)+)"/gi

/** DevLake masks most of a token with stars and omits passwords. */
const isMasked = (value: string) => /\*{2}/.test(value)

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
    secretsIn: (body) =>
      [...body.matchAll(secretField)]
        .map(([, field = '', value = '']) => ({ field, value }))
        .filter(({ value }) => !isMasked(value)),
    test: (source, id) => `${base(source)}/${id}/test`,
    tested: z.looseObject({ success: z.boolean(), message: z.string().default('') }),
    scopes: (source, id, page) => `${base(source)}/${id}/scopes?page=${page}&pageSize=100`,
    scopePage: z.looseObject({ scopes: z.array(listedScope), count: z.number().int() }),
  }
}
