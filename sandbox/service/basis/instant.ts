/** Points in time, as callers write them. */
import { z } from 'zod'

const instants = [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })] as const

/** A time with an offset, as in RFC 3339; ISO 8601 also lets the seconds be left out. */
export const instant = z
  .union(instants, 'expected a time with an offset, such as 2026-03-01T10:30:00Z')
  .transform((text) => new Date(text))

/** An ISO 8601 date, which is 00:00 UTC, or a time; one without an offset is UTC. */
export const dateOrTime = z
  .union([z.iso.date(), ...instants, z.iso.datetime({ local: true }).transform((text) => `${text}Z`)])
  .transform((text) => new Date(text))
