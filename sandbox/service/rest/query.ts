/** Query and path parameters of a request. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** A repeated parameter takes its last value. */
const parameter = z.union([z.string(), z.array(z.string()).transform((values) => values.at(-1))]).optional()

const parameters = z.record(z.string(), parameter)

export function query(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return parameters.parse(request.query)
}

/** The path parameter of this name in the route; empty if there is none. */
export function param(request: FastifyRequest, name: string): string {
  return z.record(z.string(), z.string()).parse(request.params)[name] ?? ''
}
