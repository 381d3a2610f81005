/** The HTTP server: access, rate limits and error responses. Routes are in files of their own. */
import { createHash } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Log } from '../basis/log'
import { ServiceError } from '../basis/service-error'
import { errorCode } from '../database/database'
import { type Access, type Caller, callerOf, requireAccess, type Tokens } from './authentication'
import { createRateLimit } from './rate-limit'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Required access; `read` by default. */
    access?: Access
    /** Exempts scrapes, probes and webhooks from the rate limit: they are so frequent that it would lock them out. */
    unmetered?: boolean
  }
  interface FastifyRequest {
    readonly caller: Caller
  }
}

/** In bytes; large enough for any push event. */
const bodyLimit = 8 * 1024 * 1024

export interface ServerOptions {
  readonly tokens: Tokens
  /** Requests per hour, with a token and without one. */
  readonly rateLimits: { readonly token: number; readonly anonymous: number }
}

export function createServer({ tokens, rateLimits }: ServerOptions, log: Log): FastifyInstance {
  const server = fastify({ bodyLimit, forceCloseConnections: true, trustProxy: 'loopback' })
  const rateLimit = createRateLimit(Date.now)

  // A signature covers the raw bytes of a body, so bodies are not parsed here.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  server.decorateRequest('caller', {
    getter(this: FastifyRequest): Caller {
      return callerOf(this.headers.authorization, tokens)
    },
  })
  server.addHook('onRequest', async (request, reply) => {
    const { caller } = request
    const { access = 'read', unmetered = false } = request.routeOptions.config
    const [client, limit] =
      caller.kind === 'known' ? [tokenName(request), rateLimits.token] : [request.ip, rateLimits.anonymous]
    const allowance = rateLimit.allow(client, limit, !unmetered)
    reply.headers({
      'X-RateLimit-Limit': allowance.limit,
      'X-RateLimit-Remaining': allowance.remaining,
      'X-RateLimit-Reset': allowance.reset,
    })
    if (allowance.exceeded) {
      throw new ServiceError('RATE_LIMITED', `more than ${limit} requests per hour`, { reset: allowance.reset })
    }
    requireAccess(caller, access)
  })

  server.setNotFoundHandler(() => {
    throw new ServiceError('NOT_FOUND', 'there is no such path or method')
  })
  server.setErrorHandler(async (error, request, reply) => {
    const answer = asServiceError(error)
    const route = `${request.method} ${request.url.split('?')[0]}`
    if (answer.status >= 500) log.error(`${route}: ${answer.status} ${error instanceof Error ? error.message : error}`)
    else log.warning(`${route}: ${answer.status} ${answer.code}`)
    await reply.code(answer.status).send(answer.body)
  })
  return server
}

const tokenName = (request: FastifyRequest): string =>
  createHash('sha256')
    .update(request.headers.authorization ?? '')
    .digest('hex')

/** The error sent to the caller. The cause of an internal error goes only to the log. */
function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  if (errorCode(error) === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ServiceError('PAYLOAD_TOO_LARGE', `the body is larger than ${bodyLimit} bytes`)
  }
  if (errorCode(error)?.startsWith('FST_ERR_')) return new ServiceError('INVALID_REQUEST', 'the request is malformed')
  return new ServiceError('INTERNAL_ERROR', 'internal error; see the log of the service')
}
