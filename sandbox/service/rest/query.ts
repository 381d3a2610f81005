/** The parts of a request's address. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** A parameter that is given twice counts once, as its last value. */
const parameter = z.union([z.string(), z.array(z.string()).transform((values) => values.at(-1))]).optional()

const parameters = z.record(z.string(), parameter)

export function query(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return parameters.parse(request.query)
}

/** A part of the path by its name in the route. */
export function param(request: FastifyRequest, name: string): string {
  return z.record(z.string(), z.string()).parse(request.params)[name] ?? ''
}
