/** The values in the answers of the contract `fawkes`, and the quantities that they are read as. */
import { z } from 'zod'
import { type Level, levels, type Quantity, type Reading, seriesText } from '../../dora/metrics'

export const number = z.number().nullable()
export const level = z.enum(levels).nullable()
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
export const range = z.looseObject({ start: instant.optional(), end: instant })
/** Null only beside a value that is null. */
export const unit = z.string().nullable()
export const duration = z.looseObject({ value: number, unit, level, p50: number, p95: number })

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

/** A day; some surfaces add a time. */
export const date = z.string().transform((text) => text.slice(0, 10))

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
  readonly total: number
  readonly failed: number
}

export const failureRateOf = ({ value, unit, level, total, failed }: Rate): Reading => ({
  'change failure rate': value,
  'change failure rate level': level,
  'completed deployments': total,
  'failed deployments': failed,
  ...(unit === undefined ? {} : unitOf('change failure rate unit', { value, unit })),
})

export const none: Duration = { value: null, level: null, p50: null, p95: null }
export const noFrequency = { value: null, level: null }
export const noRate: Rate = { ...noFrequency, total: 0, failed: 0 }
export const rateFields = { value: number, unit, level, total_deployments: z.number(), failed_deployments: z.number() }
export const rateOf = ({
  total_deployments: total,
  failed_deployments: failed,
  ...rest
}: z.output<z.ZodObject<typeof rateFields>>): Rate => ({
  ...rest,
  total,
  failed,
})
export const rate = z.looseObject(rateFields).transform(rateOf)
