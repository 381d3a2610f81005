/** `POST /api/graphql`, served by graphql-yoga. Introspection is open; data requires a token. */
import type { FastifyInstance } from 'fastify'
import { GraphQLError } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import type { Log } from '../basis/log'
import { ServiceError } from '../basis/service-error'
import type { Store } from '../metrics/reading'
import { bytesOf } from '../rest/body'
import { type Context, resolvers } from './resolvers'
import { typeDefs } from './schema'

const path = '/api/graphql'

export function graphqlRoute(server: FastifyInstance, store: Store, log: Log): void {
  const yoga = createYoga<Context>({
    schema: createSchema<Context>({ typeDefs, resolvers: resolvers(store) }),
    graphqlEndpoint: path,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: { maskError: (error) => asGraphqlError(error, log) },
  })
  server.post(path, { config: { access: 'open' } }, async (request, reply) => {
    const response = await yoga.fetch(
      `http://service${path}`,
      {
        method: 'POST',
        headers: header(request.headers, ['content-type', 'accept']),
        body: new Uint8Array(bytesOf(request)),
      },
      { caller: request.caller },
    )
    response.headers.forEach((value, name) => {
      reply.header(name, value)
    })
    return reply.code(response.status).send(await response.text())
  })
}

function header(headers: NodeJS.Dict<string | string[]>, names: readonly string[]): [string, string][] {
  return names.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
}

/** Keeps the code and status of a service error and passes on errors of the query. Any other error goes to the log. */
function asGraphqlError(error: unknown, log: Log): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error
  const position = error instanceof GraphQLError ? { nodes: error.nodes ?? [], path: error.path } : {}
  if (cause instanceof ServiceError) {
    if (cause.status >= 500) log.error(`POST ${path}: ${cause.status} ${cause.message}`)
    return new GraphQLError(cause.message, { ...position, extensions: extensionsOf(cause) })
  }
  if (error instanceof GraphQLError && cause === undefined) return error
  log.error(`POST ${path}: 500 ${cause instanceof Error ? cause.message : cause}`)
  const internal = new ServiceError('INTERNAL_ERROR', 'internal error; see the log of the service')
  return new GraphQLError(internal.message, { ...position, extensions: extensionsOf(internal) })
}

/** Extensions of an error; graphql-yoga takes the status from `http`. A valid query for an unknown project is a 200. */
const extensionsOf = ({ code, details, status }: ServiceError) => ({
  code,
  ...details,
  ...(status === 404 ? {} : { http: { status } }),
})
