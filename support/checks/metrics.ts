/** Section 9: the metrics that the service exposes, parsed and not grepped for. */

import { applicable, Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { ExposedMetric } from '../contracts/contract'
import type { Family, Sample } from '../formats/exposition'
import type { Platform } from '../platform/platform'
import { expectExposition } from '../service/exposition'

/** 9.2: the metric is there with its type and labels, and its numbers can be. Returns how many series were looked at. */
export async function expectMetric(platform: Platform, name: string): Promise<number> {
  const { path, exposed } = applicable(platform.contract.metrics)
  const metric = exposed.find((candidate) => candidate.name === name)
  if (!metric) throw new Error(`the contract ${platform.contract.name} exposes no metric ${name}`)
  const family = (await expectExposition(platform)).get(name)
  const where = {
    object: `metric ${name}`,
    remedy: [`curl -s ${(await platform.routes.to('lake')).base}${path} | grep ${name}`],
  }
  if (!family)
    throw new Unmet({
      ...where,
      summary: `The metric ${name} is not exposed.`,
      expected: `a ${metric.type}`,
      found: 'no such metric',
    })
  if (family.type !== metric.type)
    throw new Unmet({
      ...where,
      summary: `The metric ${name} is a ${family.type} and not a ${metric.type}.`,
      expected: metric.type,
      found: family.type,
    })
  if (family.samples.length === 0)
    throw new Blocked({
      ...where,
      summary: `There is no data yet: ${name} has no series.`,
      expected: 'at least one series',
      found: 'none',
    })
  expectNone(
    metric.type === 'histogram' ? histogramTroubles(metric, family, where) : sampleTroubles(metric, family, where),
  )
  return family.samples.length
}

type Where = Pick<Circumstances, 'object' | 'remedy'>

function sampleTroubles(metric: ExposedMetric, { samples }: Family, where: Where): Circumstances[] {
  return samples.flatMap((sample) => {
    const unlabelled = labelTrouble(metric, sample, [], where)
    if (unlabelled) return [unlabelled]
    const [least, largest] = metric.range ?? [0, Number.POSITIVE_INFINITY]
    return sample.value >= least && sample.value <= largest
      ? []
      : [
          {
            ...where,
            summary: `The metric ${metric.name} has an impossible value.`,
            expected: `from ${least} to ${largest}`,
            found: shown(sample),
          },
        ]
  })
}

function labelTrouble(
  { name, labels }: ExposedMetric,
  sample: Sample,
  also: readonly string[],
  where: Where,
): Circumstances | undefined {
  const wanted = [...labels, ...also]
  const missing = wanted.filter((label) => !sample.labels[label])
  if (missing.length === 0) return undefined
  return {
    ...where,
    summary: `The metric ${name} lacks the label ${missing.join(', ')}.`,
    expected: `labels ${wanted.join(', ')}`,
    found: shown(sample),
  }
}

/** Buckets hold the documented bounds, only grow, and end with the count. */
function histogramTroubles(metric: ExposedMetric, { name, samples }: Family, where: Where): Circumstances[] {
  const series = new Map<string, { buckets: Sample[]; sum?: Sample; count?: Sample }>()
  const troubles: Circumstances[] = []
  for (const sample of samples) {
    const bucket = sample.name === `${name}_bucket`
    const trouble = labelTrouble(metric, sample, bucket ? ['le'] : [], where)
    if (trouble) troubles.push(trouble)
    const { le, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    const entry = series.get(key) ?? { buckets: [] }
    series.set(key, entry)
    if (bucket) entry.buckets.push(sample)
    else if (sample.name === `${name}_sum`) entry.sum = sample
    else entry.count = sample
  }
  for (const [labels, { buckets, sum, count }] of series) {
    const say = (summary: string, expected: string, found: string) =>
      troubles.push({ ...where, summary: `The histogram ${name} ${summary}.`, expected, found: `${labels}: ${found}` })
    const sorted = [...buckets].sort((a, b) => bound(a) - bound(b))
    const bounds = sorted.map(bound)
    const values = sorted.map(({ value }) => value).join(', ')
    const lacking = [...(metric.buckets ?? []), Number.POSITIVE_INFINITY].filter((wanted) => !bounds.includes(wanted))
    if (lacking.length > 0)
      say(
        `has no bucket for ${lacking.join(', ')}`,
        `le ${metric.buckets?.join(', ')}, +Inf`,
        bounds.join(', ') || 'no buckets',
      )
    if (sorted.some(({ value }, index) => !(value >= (sorted[index - 1]?.value ?? 0))))
      say('has a bucket that shrinks', 'buckets that only grow', values)
    if (!sum || !count) say('lacks its sum or its count', '_sum and _count', sum ? 'no _count' : 'no _sum')
    else if (count.value !== sorted.at(-1)?.value)
      say('has a count that is not its last bucket', `${sorted.at(-1)?.value}`, `${count.value}`)
    else if (!(sum.value >= 0)) say('has a negative sum', '0 or more', `${sum.value}`)
  }
  return troubles
}

const bound = ({ labels }: Sample) => (labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le))
const shown = ({ name, labels, value }: Sample) => `${name}${JSON.stringify(labels)} ${value}`
