/** Request bodies: JSON, parsed by a schema, or an error that names the field. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'

const buffer = z.instanceof(Buffer).catch(Buffer.alloc(0))

/** The bytes of a body, none when there is no body. */
export const bytesOf = (request: FastifyRequest): Buffer => buffer.parse(request.body)

export function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    throw new ServiceError('INVALID_REQUEST', 'body: expected JSON')
  }
}

/** Parses a body; throws INVALID_REQUEST that names each field that does not fit. */
export function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const fields = result.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', problem: issue.message }))
  const message = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  throw new ServiceError('INVALID_REQUEST', message, { fields })
}
