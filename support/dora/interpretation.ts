/** Finds the misreadings of the definitions that explain a number which the events do not yield. */
import { type Alternative, alternatives } from './alternatives'
import { computeOf, type ProjectEvents } from './compute'
import { canonical } from './definitions'
import { type Quantity, quantities, type Reading, type Value } from './metrics'
import type { Answer, Question } from './oracle'
import { readingOf, readingOfHistory } from './reading'
import { unlistedIn } from './unlisted'

/** A value that a surface reports. `window` is an index into the question's windows, or null for the whole history. */
export interface Reported {
  readonly window: number | null
  readonly quantity: Quantity
  readonly found: Value
  readonly tolerance: number
}

/** An answer with its readings by window, each made when it is first needed. */
interface Alternate {
  readonly answer: Answer
  readonly readings: Map<number | null, Reading>
}

/** The canonical definitions. */
const unchanged: Alternative = { sentence: '' }

/** Recomputes the same events with each alternative definition. Each alternative is computed once, when it is first needed. */
export class Interpretation {
  private readonly alternates = new Map<Alternative, Alternate>()
  private readonly alternatives: readonly Alternative[]

  /** @param right quantities that are reported as the events yield them */
  constructor(
    private readonly events: ProjectEvents,
    private readonly question: Question,
    private readonly right: readonly Quantity[] = [],
  ) {
    this.alternatives = [...alternatives, ...unlistedIn(events)]
  }

  /**
   * The sentences of the alternatives that yield each of the values found; none for a value that cannot be explained. Data may be
   * missing, and a few numbers agree, for many reasons: an alternative that would change right numbers, too, counts only if it yields
   * every value.
   */
  explainingAll(all: readonly (Reported | undefined)[]): string[][] {
    const yielding = all.map((reported) => (reported ? this.yielding(reported) : []))
    const yieldsAll = (one: Alternative) => all.every((reported, index) => !reported || yielding[index]?.includes(one))
    return yielding.map((found, index) => {
      const { window = null, found: value } = all[index] ?? {}
      const likely = found.filter((one) => this.keepsRight(one, window) || (value !== null && yieldsAll(one)))
      return [...new Set(likely.map(({ sentence }) => sentence))]
    })
  }

  /** The sentences of {@link explainingAll} for one value. */
  explaining(reported: Reported): string[] {
    return this.explainingAll([reported])[0] ?? []
  }

  private yielding({ window, quantity, found, tolerance }: Reported): Alternative[] {
    const matches = (value: Value | undefined) =>
      typeof value === 'number' && typeof found === 'number' ? Math.abs(value - found) <= tolerance : value === found
    return this.alternatives
      .filter((alternative) => (alternative.quantity ?? quantity) === quantity)
      .filter(({ unit }) => unit === undefined || unit.kind === quantities[quantity])
      .filter((alternative) => {
        const value = this.readingBy(alternative, window)[quantity]
        return matches(typeof value === 'number' ? value * (alternative.unit?.factor ?? 1) : value)
      })
  }

  private keepsRight(alternative: Alternative, window: number | null): boolean {
    const [other, canonicalReading] = [alternative, unchanged].map((one) => this.readingBy(one, window))
    return this.right.every((quantity) => other?.[quantity] === canonicalReading?.[quantity])
  }

  private readingBy(alternative: Alternative, window: number | null): Reading {
    const { answer, readings } = this.alternates.get(alternative) ?? this.computed(alternative)
    const reading = readings.get(window) ?? readingIn(answer, window)
    readings.set(window, reading)
    return reading
  }

  private computed(alternative: Alternative): Alternate {
    const { question = (asked: Question) => asked, events = (all: ProjectEvents) => all } = alternative
    const definitions = { ...canonical, ...alternative.definitions }
    const answer = computeOf(events(this.events), { ...question(this.question), definitions })
    const alternate = { answer, readings: new Map() }
    this.alternates.set(alternative, alternate)
    return alternate
  }
}

function readingIn({ windows, history }: Answer, window: number | null): Reading {
  const metrics = window === null ? undefined : windows[window]
  return metrics ? readingOf(metrics) : readingOfHistory(history)
}

/**
 * The sentences that explain the most differences, at most three. A few numbers may agree by chance: a definition that explains less
 * than a tenth of them is not named.
 */
export function likeliest(explanations: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>()
  for (const sentence of explanations.flat()) counts.set(sentence, (counts.get(sentence) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  if (most < explanations.length / 10) return []
  return [...counts].flatMap(([sentence, count]) => (count === most ? [sentence] : [])).slice(0, 3)
}
