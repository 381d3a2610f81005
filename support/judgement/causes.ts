/** Collects the causes of failed, blocked and broken items, each cause once, however many items it affects. */
import { createHash } from 'node:crypto'
import type { Checklist } from '../basis/checklist'
import { command } from '../basis/command'
import type { Finding } from '../basis/finding'
import { type Diagnosis, subjectOf } from '../diagnosis/diagnosis'
import { factsAbout } from '../diagnosis/related'
import { restoring } from '../diagnosis/restoring'
import { troubleshootingOf } from '../diagnosis/troubleshooting'
import { type Cause, type ItemRecord, worstFirst } from '../record/verdict'

interface Known {
  readonly finding: Finding
  /** The text found by each check: two checks can say the same of an object for different reasons. */
  readonly found: Set<string>
  readonly items: Set<string>
  readonly remedy: Set<string>
  /** The lines of the remedy that only read and end by themselves. */
  readonly reading: Set<string>
  /** Findings about other objects, keyed by summary. */
  readonly symptoms: Map<string, Finding>
}

/** Groups findings: those with the same underlying cause, or the same summary and object, are one cause. */
export class Causes {
  private readonly known = new Map<string, Known>()

  constructor(
    private readonly diagnosis: Diagnosis,
    private readonly troubleshooting: Checklist['troubleshooting'],
  ) {}

  /** Adds a finding about an item and returns the id of its cause. */
  add(item: string, finding: Finding): string {
    const cause = this.diagnosis.causeOf(finding)
    const id = createHash('sha256').update(`${cause.object}\n${cause.summary}`).digest('hex').slice(0, 12)
    const known = this.known.get(id) ?? {
      finding: cause,
      ...{ found: new Set(), items: new Set(), remedy: new Set(), reading: new Set(), symptoms: new Map() },
    }
    known.items.add(item)
    known.found.add(cause.found)
    cause.remedy.forEach((command, position) => {
      known.remedy.add(command)
      if (cause.reads?.includes(position)) known.reading.add(command)
    })
    // A finding of another check about the same object adds nothing to the cause.
    if (subjectOf(finding.object) !== subjectOf(cause.object)) known.symptoms.set(finding.summary, finding)
    this.known.set(id, known)
    return id
  }

  /**
   * Returns the causes by what they stop: the number of metrics, then the number of items. Of equal ones, those of items in a
   * worse state go first, then those earlier in the checklist.
   * @param metricOf the metric that an item proves, by the id of the item
   */
  of(items: readonly ItemRecord[], metricOf: ReadonlyMap<string, string>): Cause[] {
    const ordered = [...items].sort((one, other) => worstFirst(one.status, other.status))
    const position = new Map(ordered.map(({ id }, index) => [id, index]))
    const first = (cause: Cause) => Math.min(...cause.items.map((id) => position.get(id) ?? Number.POSITIVE_INFINITY))
    const stopped = (cause: Cause) => [...new Set(cause.items.flatMap((id) => metricOf.get(id) ?? []))]
    return [...this.known]
      .map(([id, known]) => this.record(id, known))
      .map((cause) => ({ ...cause, metrics: stopped(cause) }))
      .sort((a, b) => b.metrics.length - a.metrics.length || b.items.length - a.items.length || first(a) - first(b))
  }

  private record(id: string, { finding, found, items, remedy, reading, symptoms }: Known): Cause {
    const { facts } = this.diagnosis
    const all = [finding, ...symptoms.values()]
    const objects = new Set(all.map(({ object }) => subjectOf(object)))
    const lines = [...remedy, ...restoring([...remedy], facts)]
    const said = all.flatMap(({ summary, object, found }) => [summary, object, found]).join('\n')
    return {
      id,
      summary: finding.summary,
      object: finding.object,
      expected: finding.expected,
      found: mostSaying(found).join('; '),
      remedy: leadsOn(lines) ? lines : [...lines, command`npx dora-acceptance run ${[...items]}`],
      reads: [...remedy].flatMap((command, position) => (reading.has(command) ? [position] : [])),
      symptoms: [...symptoms.keys()],
      facts: facts === null ? [] : factsAbout(objects, facts),
      troubleshooting: troubleshootingOf({ items: [...items], said }, this.troubleshooting, facts),
      items: [...items],
    }
  }

  /** Prefixes the reason of each blocked item with the failed items that block it. */
  nameIn(items: readonly ItemRecord[]): ItemRecord[] {
    const status = new Map(items.map(({ id, status }) => [id, status]))
    return items.map((item) => {
      if (item.status !== 'blocked') return item
      const blocking = [...this.known.values()].filter(({ items }) => items.has(item.id))
      const failed = [...status.keys()].filter(
        (id) => status.get(id) === 'failed' && blocking.some(({ items }) => items.has(id)),
      )
      return failed.length > 0 ? { ...item, reason: `Blocked by ${failed.join(', ')}: ${item.reason}` } : item
    })
  }
}

/** Returns true if typing one of the lines does something, or pasting it into the configuration does. */
const leadsOn = (lines: readonly string[]) => lines.some((line) => !line.startsWith('# ') || line.includes('\n'))

/** The texts without those that another one contains. */
const mostSaying = (texts: ReadonlySet<string>): string[] =>
  [...texts].filter((text) => ![...texts].some((other) => other !== text && other.includes(text)))
