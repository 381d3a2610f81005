/**
 * Traces findings to their causes. A check reports a finding about an object. From the facts, analyzers derive the objects that
 * may have caused it. The first of these objects with a problem of its own is the cause. Nothing is hidden: a finding that
 * follows from a cause is listed with it as a symptom. Pure.
 */
import { command, comment } from '../basis/command'
import { asFinding } from '../basis/expectation'
import type { Finding, FreshFinding } from '../basis/finding'
import { application } from './analyzers/application'
import { jobs } from './analyzers/jobs'
import { monitoring } from './analyzers/monitoring'
import { network } from './analyzers/network'
import { nodes } from './analyzers/nodes'
import { pods } from './analyzers/pods'
import { rollouts } from './analyzers/rollouts'
import { secrets } from './analyzers/secrets'
import { services } from './analyzers/services'
import { storage } from './analyzers/storage'
import { workloads } from './analyzers/workloads'
import type { Facts } from './facts/facts'
import type { Analyzer, Insight } from './facts/insight'

const analyzers: readonly Analyzer[] = [
  nodes,
  storage,
  secrets,
  workloads,
  rollouts,
  pods,
  jobs,
  services,
  monitoring,
  network,
  application,
]

export class Diagnosis {
  private readonly insights: ReadonlyMap<string, Insight>
  private readonly failed: ReadonlyMap<string, Finding>

  /**
   * @param facts null if none were collected; then the cause of a finding is the finding itself or another check's finding
   * @param failed the findings of all failed checks, because one failure may be the cause of another
   */
  constructor(
    readonly facts: Facts | null,
    failed: readonly Finding[],
  ) {
    this.insights = merged(facts === null ? [] : analyzers.flatMap((analyze) => analyze(facts)))
    const causes = failed.filter(({ explainsNothing = false }) => !explainsNothing)
    this.failed = new Map(causes.reverse().map((finding) => [subjectOf(finding.object), finding]))
  }

  /** The cause of a finding: the finding itself if nothing that it relies on has a problem. */
  causeOf(finding: Finding): Finding {
    const absent = this.lostNamespaces().find(({ namespace, hasPods }) =>
      [finding.object, ...(finding.reliesOn ?? [])].some(isWithin(namespace, hasPods)),
    )
    if (absent) return absence(absent)
    const seen = new Set<string>()
    return this.firstIn(finding.reliesOn ?? [], seen) ?? finding
  }

  /** The configured namespaces that do not exist or are being deleted, each once, with the configuration key that names it. */
  private lostNamespaces(): LostNamespace[] {
    if (this.facts === null) return []
    const { absentNamespaces = [], deletedNamespaces = {}, names } = this.facts
    const configured: readonly LostNamespace[] = [
      { namespace: names.namespace, of: 'the service', key: 'namespace', hasPods: true },
      { namespace: names.monitoring.namespace, of: 'monitoring', key: 'monitoring.namespace', hasPods: false },
      { namespace: names.application.namespace, of: 'the Application', key: 'application.namespace', hasPods: false },
    ]
    return configured.flatMap((one) => {
      const deletedAt = deletedNamespaces[one.namespace]
      if (deletedAt !== undefined) return [{ ...one, deletedAt }]
      return absentNamespaces.includes(one.namespace) ? [one] : []
    })
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
      this.firstIn(insight?.possibleCauses ?? [], seen) ??
      insight?.problem ??
      this.firstIn(failed?.reliesOn ?? [], seen) ??
      failed
    )
  }
}

interface LostNamespace {
  readonly namespace: string
  /** Since when it is being deleted; undefined if it does not exist. */
  readonly deletedAt?: string
  /** The owner of the namespace, in words. */
  readonly of: string
  /** The key of the configuration that names the namespace. */
  readonly key: string
  /** True if pods that are only known by their labels are in the namespace. */
  readonly hasPods: boolean
}

/** Returns true for an object in a namespace, and where the namespace has them, for pods that are only known by their labels. */
const isWithin = (namespace: string, hasPods: boolean) => (object: string) =>
  object.includes(` ${namespace}/`) ||
  object.endsWith(` in ${namespace}`) ||
  (hasPods && object.startsWith('pods labelled '))

function absence({ namespace, of, key, deletedAt }: LostNamespace): FreshFinding {
  const object = `Namespace ${namespace}`
  const elsewhere = comment`if ${of} is in another namespace: set the configuration key ${key}`
  if (deletedAt !== undefined)
    return asFinding({
      summary: `${object} is being deleted, with everything in it.`,
      object,
      expected: `the namespace of ${of}`,
      found: `being deleted since ${deletedAt}`,
      remedy: [
        command`kubectl get namespace ${namespace} -o jsonpath='{.status.conditions}'`,
        comment`a deletion cannot be undone: let it end, then deploy again`,
        elsewhere,
      ],
    })
  return asFinding({
    summary: `${object} does not exist.`,
    object,
    expected: `the namespace of ${of}`,
    found: 'no such namespace',
    remedy: [command`kubectl get namespaces`, elsewhere],
  })
}

/** Merges the insights about the same object, which may come from several analyzers. */
function merged(insights: readonly Insight[]): Map<string, Insight> {
  const known = new Map<string, Insight>()
  for (const { object, problem, possibleCauses = [] } of insights) {
    const before = known.get(object)
    const first = before?.problem ?? problem
    known.set(object, {
      object,
      ...(first ? { problem: asFinding(first) } : {}),
      possibleCauses: [...(before?.possibleCauses ?? []), ...possibleCauses],
    })
  }
  return known
}

/** The object without its part, such as the container in "Pod fawkes/devlake-lake-0, container lake", or the path of a URL. */
export function subjectOf(object: string): string {
  if (URL.canParse(object)) return new URL(object).pathname
  return object.split(', ')[0] ?? object
}
