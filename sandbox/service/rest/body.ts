/** Request bodies: JSON parsed by a schema. An error names each invalid field. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'

const buffer = z.instanceof(Buffer).catch(Buffer.alloc(0))

/** The bytes of a request's body; empty if there is none. */
export const bytesOf = (request: FastifyRequest): Buffer => buffer.parse(request.body)

/** @throws ServiceError INVALID_REQUEST if the body is not JSON */
export function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    throw new ServiceError('INVALID_REQUEST', 'body: expected JSON')
  }
}

/**
 * Parses a body.
 * @throws ServiceError INVALID_REQUEST that names each invalid field
 */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const fields = result.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', problem: issue.message }))
  const message = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  throw new ServiceError('INVALID_REQUEST', message, { fields })
}
