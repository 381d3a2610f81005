/** Explains failed Jobs and CronJobs by the pods of their last try, and by the words of the Job where no pod is left. */
import { command } from '../../basis/command'
import type { Facts, PodFacts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf, timeOf } from '../facts/insight'
import { unwell } from './pods'

/** A Job, as its pods and its events show it. */
interface Run {
  readonly namespace: string
  readonly name: string
  readonly pods: readonly PodFacts[]
  /** The last event that says how it ended. */
  readonly end: Facts['events'][number] | undefined
}

export const jobs: Analyzer = (facts) => {
  const runs = runsIn(facts)
  const series = Map.groupBy(runs, ({ namespace, name }) => `${namespace}/${seriesOf(name)}`)
  const latest = [...series.values()].map((some) =>
    some.reduce((one, other) => (minuteOf(other.name) > minuteOf(one.name) ? other : one)),
  )
  return [
    ...runs.flatMap((run) => insightInto(run, objectOf('Job', run))),
    ...latest.flatMap((run) => {
      const name = seriesOf(run.name)
      return name === run.name ? [] : insightInto(run, objectOf('CronJob', { ...run, name }))
    }),
  ]
}

/** A CronJob names its Jobs after itself and the minute for which they are scheduled, counted since 1970. */
const scheduled = /-(\d{8,})$/
const seriesOf = (job: string) => job.replace(scheduled, '')
const minuteOf = (job: string) => Number(scheduled.exec(job)?.[1] ?? 0)

const isOfJob = ({ kind }: { readonly kind: string }) => kind === 'Job'

/** The reasons with which the controller of Jobs ends one: https://kubernetes.io/docs/concepts/workloads/controllers/job. */
const ends =
  /^(?:Completed|SuccessCriteriaMet|BackoffLimitExceeded|DeadlineExceeded|PodFailurePolicy|FailedIndexes|MaxFailedIndexesExceeded)$/

function runsIn({ pods, events }: Facts): Run[] {
  const ended = events
    .filter(({ involvedObject: { kind }, reason }) => kind === 'Job' && ends.test(reason))
    .sort((one, other) => timeOf(one).localeCompare(timeOf(other)))
  const tries = pods.flatMap((pod) => {
    const job = pod.metadata.ownerReferences.find(isOfJob)
    return job ? [{ job: job.name, pod }] : []
  })
  const named = [
    ...ended.map(({ involvedObject: { namespace, name } }) => ({ namespace, name })),
    ...tries.map(({ job: name, pod: { metadata } }) => ({ namespace: metadata.namespace, name })),
  ]
  const known = new Map(named.map((one) => [`${one.namespace}/${one.name}`, one]))
  return [...known.values()].map(({ namespace, name }) => ({
    ...{ namespace, name },
    pods: tries.flatMap(({ job, pod }) => (job === name && pod.metadata.namespace === namespace ? [pod] : [])),
    end: ended.findLast(({ involvedObject: of }) => of.name === name && of.namespace === namespace),
  }))
}

/** Returns why a Job has failed; nothing for one that has completed, or that still tries. */
function insightInto({ namespace, name, pods, end }: Run, object: string): Insight[] {
  if (pods.some(({ status }) => status.phase === 'Succeeded') || end?.type === 'Normal') return []
  const newestFirst = [...pods].sort((one, other) =>
    (other.metadata.creationTimestamp ?? '').localeCompare(one.metadata.creationTimestamp ?? ''),
  )
  const possibleCauses = unwell(newestFirst)
  if (!end) return possibleCauses.length > 0 ? [{ object, possibleCauses }] : []
  const job = objectOf('Job', { namespace, name })
  return [
    {
      object,
      possibleCauses,
      problem: {
        summary: `${job} has failed: ${end.message}`.replace(/\.?$/, '.'),
        object: job,
        expected: 'a Job that completes',
        found: `event ${end.reason}: ${end.message}`,
        remedy: [
          command`kubectl describe job -n ${namespace} ${name}`,
          command`kubectl get events -n ${namespace} --field-selector involvedObject.kind=Pod,type=Warning`,
        ],
      },
    },
  ]
}
