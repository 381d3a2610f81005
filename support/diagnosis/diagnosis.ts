/**
 * From what was found to what it comes from. A check finds that something is not as it must be; analyzers know from the facts
 * what that may suffer from; the first of these that is in trouble itself is the cause. Nothing is hidden: a finding that
 * follows from a cause stays with it as a symptom. Pure.
 */
import type { Finding } from '../basis/finding'
import { application } from './analyzers/application'
import { monitoring } from './analyzers/monitoring'
import { nodes } from './analyzers/nodes'
import { pods } from './analyzers/pods'
import { secrets } from './analyzers/secrets'
import { services } from './analyzers/services'
import { storage } from './analyzers/storage'
import { workloads } from './analyzers/workloads'
import type { Facts } from './facts/facts'
import type { Analyzer, Insight } from './facts/insight'

const analyzers: readonly Analyzer[] = [nodes, storage, secrets, workloads, pods, services, monitoring, application]

export class Diagnosis {
  private readonly insights: ReadonlyMap<string, Insight>
  private readonly failed: ReadonlyMap<string, Finding>

  /**
   * @param facts null where none were collected: then every finding is its own cause, or another check's
   * @param failed what failed, for one failure may be the cause of another
   */
  constructor(
    readonly facts: Facts | null,
    failed: readonly Finding[],
  ) {
    this.insights = merged(facts === null ? [] : analyzers.flatMap((analyze) => analyze(facts)))
    this.failed = new Map([...failed].reverse().map((finding) => [subjectOf(finding.object), finding]))
  }

  /** The finding itself, or what it comes from. */
  causeOf(finding: Finding): Finding {
    const seen = new Set<string>()
    return this.firstIn(finding.reliesOn ?? [], seen) ?? finding
  }

  private firstIn(objects: readonly string[], seen: Set<string>): Finding | undefined {
    for (const object of objects) {
      const cause = this.reasonFor(object, seen)
      if (cause) return cause
    }
    return undefined
  }

  private reasonFor(object: string, seen: Set<string>): Finding | undefined {
    if (seen.has(object)) return undefined
    seen.add(object)
    const insight = this.insights.get(object)
    const failed = this.failed.get(object)
    return (
      this.firstIn(insight?.suffersFrom ?? [], seen) ??
      insight?.trouble ??
      this.firstIn(failed?.reliesOn ?? [], seen) ??
      failed
    )
  }
}

/** Several analyzers may know something about one object. */
function merged(insights: readonly Insight[]): Map<string, Insight> {
  const known = new Map<string, Insight>()
  for (const { object, trouble, suffersFrom = [] } of insights) {
    const before = known.get(object)
    const first = before?.trouble ?? trouble
    known.set(object, {
      object,
      ...(first ? { trouble: first } : {}),
      suffersFrom: [...(before?.suffersFrom ?? []), ...suffersFrom],
    })
  }
  return known
}

/** What a finding is about, without the part of it: "Pod fawkes/devlake-lake-0, container lake"; of a URL, its path. */
export function subjectOf(object: string): string {
  if (URL.canParse(object)) return new URL(object).pathname
  return object.split(', ')[0] ?? object
}
