/** Why items are not as they must be, each reason once, however many items it touches. */
import { createHash } from 'node:crypto'
import { rank } from './derived'
import type { Finding } from './scenario-run'
import type { Cause, ItemRecord } from './verdict'

/** Findings that say the same of the same object are one cause. */
export class Causes {
  private readonly found = new Map<string, { finding: Finding; items: Set<string>; remedy: Set<string> }>()

  /** Notes that an item suffers from a finding, and returns the id of the cause. */
  add(item: string, finding: Finding): string {
    const id = createHash('sha256').update(`${finding.object}\n${finding.summary}`).digest('hex').slice(0, 12)
    const cause = this.found.get(id) ?? { finding, items: new Set(), remedy: new Set() }
    cause.items.add(item)
    for (const command of finding.remedy) cause.remedy.add(command)
    this.found.set(id, cause)
    return id
  }

  /** Causes in the order of the checklist, those of items in a worse state first. */
  of(items: readonly ItemRecord[]): Cause[] {
    const position = new Map(items.map(({ id, status }, index) => [id, rank(status) * items.length + index]))
    const first = (cause: Cause) => Math.min(...cause.items.map((id) => position.get(id) ?? Number.POSITIVE_INFINITY))
    return [...this.found]
      .map(([id, { finding, items, remedy }]) => ({
        id,
        summary: finding.summary,
        object: finding.object,
        remedy: [...remedy],
        items: [...items],
      }))
      .sort((a, b) => first(a) - first(b))
  }

  /** Says in the reason of a blocked item which failed item stands in its way. */
  nameIn(items: readonly ItemRecord[]): ItemRecord[] {
    const status = new Map(items.map(({ id, status }) => [id, status]))
    return items.map((item) => {
      if (item.status !== 'blocked') return item
      const cause = item.scenarios.find(({ status }) => status === 'blocked')?.cause
      const failed = [...(this.found.get(cause ?? '')?.items ?? [])].filter((id) => status.get(id) === 'failed')
      return failed.length > 0 ? { ...item, reason: `Blocked by ${failed.join(', ')}: ${item.reason}` } : item
    })
  }
}
