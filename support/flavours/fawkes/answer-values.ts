/** The values in the answers of the contract `fawkes`, and the quantities that they are read as. */
import { z } from 'zod'
import { type Level, levels, type Quantity, type QuantityKind, type Reading, seriesText } from '../../dora/metrics'

/** The size of the last digit that surfaces show. */
export const precision = {
  ...{ perDay: 0.01, minutes: 0.1, percent: 0.1, ratio: 1e-6, seconds: 1e-3 },
  ...{ count: 0, series: 0, level: 0, text: 0 },
} as const satisfies Record<QuantityKind, number>

export const number = z.number().nullable()
/** A number that an answer may leave out where there is no data. */
export const optional = z
  .number()
  .nullish()
  .transform((value) => value ?? null)
export const level = z.enum(levels).nullable()
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
export const range = z.looseObject({ start: instant.optional(), end: instant })
/** Left out only beside a value that is null. */
export const unit = z.string().nullish()
export const duration = z.looseObject({ value: number, unit, level, p50: optional, p95: optional })
/** The project that an answer is about, if it names it. */
export const project = z.string().optional()
export const projectOf = (project: string | undefined): Reading => (project === undefined ? {} : { project })

export interface Duration {
  readonly value: number | null
  readonly unit?: string | null | undefined
  readonly level: Level | null
  readonly p50: number | null
  readonly p95: number | null
}

/** Reads a unit. An answer without a value may leave it out. */
const unitOf = (quantity: Quantity, { value, unit }: Pick<Duration, 'value' | 'unit'>): Reading =>
  value === null && !unit ? {} : { [quantity]: unit ?? 'none' }

export const leadTimeOf = ({ value, unit, level, p50, p95 }: Duration): Reading => ({
  'lead time': value,
  'lead time p50': p50,
  'lead time p95': p95,
  'lead time level': level,
  ...unitOf('lead time unit', { value, unit }),
})

export const timeToRestoreOf = ({ value, unit, level, p50, p95 }: Duration): Reading => ({
  'time to restore': value,
  'time to restore p50': p50,
  'time to restore p95': p95,
  'time to restore level': level,
  ...unitOf('time to restore unit', { value, unit }),
})

export const frequencyOf = ({ value, unit, level }: Pick<Duration, 'value' | 'unit' | 'level'>): Reading => ({
  'deployment frequency': value,
  'deployment frequency level': level,
  ...unitOf('deployment frequency unit', { value, unit }),
})

/** A UTC day; some surfaces write the instant at which it begins, with an offset or without. */
export const date = z.union([
  z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString().slice(0, 10)),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?$/)
    .transform((text) => text.slice(0, 10)),
])

export interface Day {
  readonly date: string
  readonly deployments: number
}

export const sumOf = (series: readonly Day[]) => series.reduce((sum, { deployments }) => sum + deployments, 0)

export const seriesOf = (series: readonly Day[]): Reading => ({
  deployments: sumOf(series),
  'deployments by day': seriesText(series),
})

export interface Rate {
  readonly value: number | null
  /** Undefined: the surface names no unit. */
  readonly unit?: string | null | undefined
  readonly level: Level | null
  /** Null: left out, which is right only without a value. */
  readonly total: number | null
  readonly failed: number | null
}

export const failureRateOf = ({ value, unit, level, total, failed }: Rate): Reading => ({
  'change failure rate': value,
  'change failure rate level': level,
  ...(value === null && total === null ? {} : { 'completed deployments': total }),
  ...(value === null && failed === null ? {} : { 'failed deployments': failed }),
  ...(unit === undefined ? {} : unitOf('change failure rate unit', { value, unit })),
})

export const none: Duration = { value: null, level: null, p50: null, p95: null }
export const noFrequency = { value: null, level: null }
export const noRate: Rate = { ...noFrequency, total: 0, failed: 0 }
export const rateFields = { value: number, unit, level, total_deployments: optional, failed_deployments: optional }
export const rateOf = ({
  total_deployments: total,
  failed_deployments: failed,
  unit = null,
  ...rest
}: z.output<z.ZodObject<typeof rateFields>>): Rate => ({
  ...{ ...rest, unit },
  total,
  failed,
})
export const rate = z.looseObject(rateFields).transform(rateOf)
