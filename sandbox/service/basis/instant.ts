/** Parsers for the times in requests. */
import { z } from 'zod'

const instants = [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })] as const

/** An RFC 3339 time with an offset; the seconds may be omitted, as in ISO 8601. */
export const instant = z
  .union(instants, 'expected a time with an offset, such as 2026-03-01T10:30:00Z')
  .transform((text) => new Date(text))

/** An ISO 8601 date, read as 00:00 UTC, or a time, read as UTC if it has no offset. */
export const dateOrTime = z
  .union([z.iso.date(), ...instants, z.iso.datetime({ local: true }).transform((text) => `${text}Z`)])
  .transform((text) => new Date(text))
