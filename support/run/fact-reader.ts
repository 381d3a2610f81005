/**
 * Reads facts for the diagnosis. What does not come before the deadline, may not be read, or has another form than its kind is
 * listed with the reason, and the rest is used.
 */
import type { z } from 'zod'
import { within } from '../basis/eventually'
import { Blocked, Unmet } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import { reasonOf } from '../platform/exchange'
import type { Operation, Target } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { timed } from './recorded-times'

export class FactReader {
  readonly uncollected: { what: string; why: string }[] = []

  /** @param end of the time for reading, on the clock of `performance.now()`, in milliseconds */
  constructor(
    protected readonly platform: Platform,
    private readonly end: number,
  ) {}

  protected async list<T>(operation: Operation, target: Target, schema: z.ZodType<T>, more: object = {}): Promise<T[]> {
    const { api } = this.platform.kubernetes
    const found = await this.ask(api.asked(operation, target), () => api.list(operation, target))
    return this.parsed(found ?? [], schema, api.asked(operation, target), more)
  }

  protected async get<T>(operation: Operation, target: Target, schema: z.ZodType<T>, more: object = {}): Promise<T[]> {
    const { api } = this.platform.kubernetes
    const found = await this.ask(api.asked(operation, target), () => api.get(operation, target))
    return found === undefined ? [] : this.parsed([found], schema, api.asked(operation, target), more)
  }

  /** The objects that have the form of their kind; any other is listed as uncollected. */
  private parsed<T>(items: readonly unknown[], schema: z.ZodType<T>, what: string, more: object): T[] {
    return items.flatMap((item) => {
      const result = schema.safeParse({ ...(item as object), ...timed(item), ...more })
      if (result.success) return [result.data]
      this.uncollected.push({ what, why: 'an object does not match the schema of its kind' })
      return []
    })
  }

  protected async each<T, U>(items: readonly T[], collect: (item: T) => Promise<readonly U[]>): Promise<U[]> {
    return (await Promise.all(items.map(collect))).flat()
  }

  protected async ask<T>(what: string, request: () => Promise<T>): Promise<T | undefined> {
    try {
      const left = Math.max(0, this.end - performance.now())
      return await within(request(), left, () => new Error('no answer before the deadline of the diagnosis'))
    } catch (error) {
      const why = error instanceof Blocked || error instanceof Unmet ? error.finding.summary : reasonOf(error)
      this.uncollected.push({ what, why: redaction.redactForeign(why) })
      return undefined
    }
  }
}
