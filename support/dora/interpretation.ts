/** Which of the other ways to understand the definitions explains a number that the events do not make up. */
import { type Alternative, alternatives } from './alternatives'
import { computeOf, type ProjectEvents } from './compute'
import { canonical } from './definitions'
import { type Quantity, quantities, type Reading, type Value } from './metrics'
import type { Answer, Question } from './oracle'
import { readingOf, readingOfHistory } from './reading'

/** A number that a surface reports; its window is an index into the question's windows, or null for all time. */
export interface Reported {
  readonly window: number | null
  readonly quantity: Quantity
  readonly found: Value
  readonly tolerance: number
}

/** How the same events are understood by whoever reports other numbers. Each alternative is computed once, when it is needed. */
export class Interpretation {
  private readonly answers = new Map<Alternative, Answer>()

  constructor(
    private readonly events: ProjectEvents,
    private readonly question: Question,
  ) {}

  /** The sentences of the definitions by which the events give what was found; none when nothing explains it. */
  explaining({ window, quantity, found, tolerance }: Reported): string[] {
    const explained = (value: Value | undefined) =>
      typeof value === 'number' && typeof found === 'number' ? Math.abs(value - found) <= tolerance : value === found
    return alternatives
      .filter(({ about = quantity }) => about === quantity)
      .filter(({ said }) => said === undefined || said.kind === quantities[quantity])
      .filter((alternative) => {
        const value = readingIn(this.answerBy(alternative), window)[quantity]
        return explained(typeof value === 'number' ? value * (alternative.said?.times ?? 1) : value)
      })
      .map(({ sentence }) => sentence)
  }

  private answerBy(alternative: Alternative): Answer {
    const { question = (asked: Question) => asked, events = (all: ProjectEvents) => all } = alternative
    const definitions = { ...canonical, ...alternative.definitions }
    const answer =
      this.answers.get(alternative) ?? computeOf(events(this.events), { ...question(this.question), definitions })
    this.answers.set(alternative, answer)
    return answer
  }
}

function readingIn({ windows, history }: Answer, window: number | null): Reading {
  const metrics = window === null ? undefined : windows[window]
  return metrics ? readingOf(metrics) : readingOfHistory(history)
}

/** Those that explain the most, at most three: one number may agree by chance, many do not. */
export function likeliest(explanations: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>()
  for (const sentence of explanations.flat()) counts.set(sentence, (counts.get(sentence) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  return [...counts].flatMap(([sentence, count]) => (count === most ? [sentence] : [])).slice(0, 3)
}
