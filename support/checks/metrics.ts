/** Section 9: checks of the metrics that the service exposes. The text format is parsed, not searched. */

import { command } from '../basis/command'
import { applicable, Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { ExposedMetric } from '../contracts/contract'
import type { Family, Sample } from '../formats/exposition'
import type { Platform } from '../platform/platform'
import { expectExposition } from '../service/exposition'

/** 9.2: checks that the metric is exposed with its type, its labels and possible values. @returns how many series were checked */
export async function expectMetric(platform: Platform, name: string): Promise<number> {
  const { path, exposed } = applicable(platform.contract.metrics)
  const metric = exposed.find((candidate) => candidate.name === name)
  if (!metric) throw new Error(`The contract ${platform.contract.name} does not document the metric ${name}.`)
  const family = (await expectExposition(platform)).get(name)
  const url = `${(await platform.routes.to('lake')).base}${path}`
  const subject = {
    object: `metric ${name}`,
    remedy: [command`curl -s ${url} | grep ${name}`],
  }
  if (!family)
    throw new Unmet({
      ...subject,
      summary: `The metric ${name} is not exposed.`,
      expected: `a ${metric.type}`,
      found: 'no such metric',
      remedy: [command`curl -s ${url} | grep '^# TYPE'`],
    })
  if (family.type !== metric.type)
    throw new Unmet({
      ...subject,
      summary: `The metric ${name} has the type ${family.type} instead of ${metric.type}.`,
      expected: metric.type,
      found: family.type,
    })
  if (family.samples.length === 0)
    throw new Blocked({
      ...subject,
      summary: `There is no data yet: ${name} has no series.`,
      expected: 'at least one series',
      found: 'no series',
    })
  expectNone(
    metric.type === 'histogram' ? histogramProblems(metric, family, subject) : sampleProblems(metric, family, subject),
  )
  return family.samples.length
}

/** The part that all findings about one metric share. */
type MetricSubject = Pick<Circumstances, 'object' | 'remedy'>

function sampleProblems(metric: ExposedMetric, { samples }: Family, subject: MetricSubject): Circumstances[] {
  return samples.flatMap((sample) => {
    const unlabelled = labelProblem(metric, sample, metric.labels, subject)
    if (unlabelled) return [unlabelled]
    const [minimum, maximum] = metric.range ?? [0, Number.POSITIVE_INFINITY]
    return sample.value >= minimum && sample.value <= maximum
      ? []
      : [
          {
            ...subject,
            summary: `The metric ${metric.name} has an impossible value.`,
            expected: `a value from ${minimum} to ${maximum}`,
            found: textOf(sample),
          },
        ]
  })
}

function labelProblem(
  { name }: ExposedMetric,
  sample: Sample,
  required: readonly string[],
  subject: MetricSubject,
): Circumstances | undefined {
  const missing = required.filter((label) => !sample.labels[label])
  if (missing.length === 0) return undefined
  return {
    ...subject,
    summary: `The metric ${name} lacks the label ${missing.join(', ')}.`,
    expected: `labels ${required.join(', ')}`,
    found: textOf(sample),
  }
}

/** The samples of one histogram that have the same labels. */
interface HistogramSeries {
  readonly buckets: Sample[]
  sum?: Sample
  count?: Sample
}

function histogramProblems(metric: ExposedMetric, family: Family, subject: MetricSubject): Circumstances[] {
  const bucketName = `${family.name}_bucket`
  const unlabelled = family.samples.flatMap((sample) => {
    const required = sample.name === bucketName ? [...metric.labels, 'le'] : metric.labels
    return labelProblem(metric, sample, required, subject) ?? []
  })
  const invalid = [...histogramSeriesOf(family)].flatMap(([labels, series]) =>
    seriesProblems(metric, series).map(({ problem, expected, found }) => ({
      ...subject,
      summary: `The histogram ${family.name} ${problem}.`,
      expected,
      found: `${labels}: ${found}`,
    })),
  )
  return [...unlabelled, ...invalid]
}

/** Groups the samples of a histogram by their labels other than the bucket's bound. */
function histogramSeriesOf({ name, samples }: Family): ReadonlyMap<string, HistogramSeries> {
  const all = new Map<string, HistogramSeries>()
  for (const sample of samples) {
    const { le: _bound, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    const series = all.get(key) ?? { buckets: [] }
    all.set(key, series)
    if (sample.name === `${name}_bucket`) series.buckets.push(sample)
    else if (sample.name === `${name}_sum`) series.sum = sample
    else series.count = sample
  }
  return all
}

/** Checks that the buckets have the documented bounds and never decrease, and that the last one equals the count. */
function seriesProblems(metric: ExposedMetric, { buckets, sum, count }: HistogramSeries) {
  const problems: { readonly problem: string; readonly expected: string; readonly found: string }[] = []
  const report = (problem: string, expected: string, found: string) => problems.push({ problem, expected, found })
  const sorted = [...buckets].sort((a, b) => boundOf(a) - boundOf(b))
  const bounds = sorted.map(boundOf)
  const required = [...(metric.buckets ?? []), Number.POSITIVE_INFINITY]
  const missing = required.filter((bound) => !bounds.includes(bound))
  if (missing.length > 0)
    report(`has no bucket for ${boundsText(missing)}`, `le ${boundsText(required)}`, boundsText(bounds) || 'no buckets')
  if (sorted.some(({ value }, index) => !(value >= (sorted[index - 1]?.value ?? 0))))
    report(
      'has decreasing buckets',
      'each bucket at least as large as the one before',
      sorted.map(({ value }) => value).join(', '),
    )
  const last = sorted.at(-1)?.value
  if (!sum || !count) report('lacks its sum or its count', '_sum and _count', sum ? 'no _count' : 'no _sum')
  else if (count.value !== last) report('has a count that differs from its last bucket', `${last}`, `${count.value}`)
  else if (!(sum.value >= 0)) report('has a negative sum', '0 or more', `${sum.value}`)
  return problems
}

const infinity = '+Inf'
const boundOf = ({ labels }: Sample) => (labels.le === infinity ? Number.POSITIVE_INFINITY : Number(labels.le))
const boundsText = (bounds: readonly number[]) =>
  bounds.map((bound) => (bound === Number.POSITIVE_INFINITY ? infinity : `${bound}`)).join(', ')
const textOf = ({ name, labels, value }: Sample) => `${name}${JSON.stringify(labels)} ${value}`
