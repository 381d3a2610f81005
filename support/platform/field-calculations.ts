/**
 * The calculations of Grafana that make one value of all values of a field, and the comparison of such a value
 * (fieldReducer.ts and compareValues.ts in packages/grafana-data/src/transformations of its repository). Pure.
 */

interface Values {
  readonly all: readonly unknown[]
  /** Without the missing ones. */
  readonly present: readonly unknown[]
  readonly numbers: readonly number[]
}

type Calculation = (values: Values) => unknown

const total = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0)
const least = (numbers: readonly number[]) => numbers.reduce((one, other) => Math.min(one, other))
const most = (numbers: readonly number[]) => numbers.reduce((one, other) => Math.max(one, other))
const ascending = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)

/** The changes from each value to the next. */
const steps = (numbers: readonly number[]) => numbers.slice(1).map((value, index) => value - (numbers[index] ?? value))

const difference = (numbers: readonly number[]) => (numbers.at(-1) ?? Number.NaN) - (numbers[0] ?? Number.NaN)

function median(numbers: readonly number[]): number | undefined {
  const sorted = ascending(numbers)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function variance(numbers: readonly number[]): number {
  const mean = total(numbers) / numbers.length
  return total(numbers.map((value) => (value - mean) ** 2)) / numbers.length
}

/** The increases of a counter, without the value after which it starts again. */
function increase(numbers: readonly number[]): number {
  const changes = steps(numbers)
  return total(changes.filter((change, index) => change >= 0 && (changes[index - 1] ?? 0) >= 0))
}

/** Null without a number. */
const ofNumbers =
  (calculate: (numbers: readonly number[]) => unknown): Calculation =>
  ({ numbers }) =>
    numbers.length === 0 ? null : calculate(numbers)

const calculations = new Map<string, Calculation>([
  ['first', ({ all }) => all[0] ?? null],
  ['last', ({ all }) => all.at(-1) ?? null],
  ['firstNotNull', ({ present }) => present[0] ?? null],
  ['lastNotNull', ({ present }) => present.at(-1) ?? null],
  ['count', ({ present }) => present.length],
  ['countAll', ({ all }) => all.length],
  ['distinctCount', ({ present }) => new Set(present).size],
  ['changeCount', ({ present }) => present.filter((value, index) => index > 0 && value !== present[index - 1]).length],
  ['sum', ({ numbers }) => total(numbers)],
  ['mean', ofNumbers((numbers) => total(numbers) / numbers.length)],
  ['median', ofNumbers(median)],
  ['min', ofNumbers(least)],
  ['max', ofNumbers(most)],
  ['range', ofNumbers((numbers) => most(numbers) - least(numbers))],
  ['logmin', ({ numbers }) => least([...numbers.filter((value) => value > 0), Number.MAX_VALUE])],
  ['diff', ofNumbers(difference)],
  ['diffperc', ({ numbers }) => (numbers.length === 0 ? 0 : (difference(numbers) / (numbers[0] ?? Number.NaN)) * 100)],
  ['delta', ({ numbers }) => increase(numbers)],
  ['step', ofNumbers((numbers) => (numbers.length < 2 ? null : least(steps(numbers))))],
  ['variance', ({ numbers }) => (numbers.length === 0 ? 0 : variance(numbers))],
  ['stdDev', ({ numbers }) => (numbers.length === 0 ? 0 : Math.sqrt(variance(numbers)))],
  ['allIsNull', ({ numbers }) => numbers.length === 0],
  ['allIsZero', ({ numbers }) => numbers.length > 0 && numbers.every((value) => value === 0)],
])

/** The former names of calculations. */
const aliases = new Map([
  ['current', 'lastNotNull'],
  ['avg', 'mean'],
  ['total', 'sum'],
])

/** The name of a calculation, for its name or a former one. */
export const calculationNamed = (name: string): string => aliases.get(name) ?? name

/** The value that rounding the rank of a percentile yields: Grafana does not interpolate. */
const percentile = (numbers: readonly number[], share: number) =>
  ascending(numbers)[Math.round((numbers.length - 1) * share)]

/** A calculation, which is null for values that yield nothing; null if it is not known here. @param name such as "lastNotNull" or "p95" */
export function calculationOf(name: string): ((values: readonly unknown[]) => unknown) | null {
  const [, rank] = /^p([1-9]\d?)$/.exec(name) ?? []
  const calculate: Calculation | undefined =
    rank === undefined
      ? calculations.get(calculationNamed(name))
      : ofNumbers((numbers) => percentile(numbers, Number(rank) / 100))
  if (!calculate) return null
  return (all) =>
    calculate({
      all,
      present: all.filter((value) => value !== null && value !== undefined),
      numbers: all.filter((value) => typeof value === 'number'),
    })
}

const comparisons = new Map<string, (one: number, other: number) => boolean>([
  ['lt', (one, other) => one < other],
  ['lte', (one, other) => one <= other],
  ['gt', (one, other) => one > other],
  ['gte', (one, other) => one >= other],
])

/** Compares a calculated value with another. Grafana compares equal values as texts, and missing values for equality only. */
export function compares(found: unknown, operation: string, value: unknown): boolean {
  const isMissing = (one: unknown) => one === null || one === undefined
  const isIncomplete = isMissing(found) || isMissing(value)
  const isEqual = isIncomplete ? isMissing(found) && isMissing(value) : `${found}` === `${value}`
  if (operation === 'neq') return !isEqual
  if (operation === 'eq' || (isIncomplete && ['lte', 'gte'].includes(operation))) return isEqual
  return !isIncomplete && (comparisons.get(operation)?.(Number(found), Number(value)) ?? false)
}
