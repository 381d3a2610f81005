/** Each field of the answers over REST changes what is compared, or is listed as not compared with the reason. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { applicable } from '../../../../support/basis/expectation'
import type { RestMetric } from '../../../../support/contracts/dora'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { fieldsIn, fieldsOf, unknownFields } from '../../../../support/service/answer-fields'
import { unknownSamples } from '../../../../support/service/surface-readings'

const rest = applicable(fawkes.dora.rest)
const paths = Object.entries(rest) as [string, RestMetric][]

interface Shape {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
}

/** An answer with every field that the schema reads. @param other the path of the field that has its other value */
function sample(shape: Shape, other: string | undefined, path = ''): unknown {
  const { type, format, properties, items, anyOf, enum: words } = shape
  const isOther = path === other
  if (anyOf) return sample(anyOf.find((one) => one.type !== 'null') ?? {}, other, path)
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([name, child]) => [name, sample(child, other, path ? `${path}.${name}` : name)]),
    )
  if (items) return [sample(items, other, path)]
  if (words) return isOther ? words[1] : words[0]
  if ([type].flat().some((one) => one === 'number' || one === 'integer')) return isOther ? 7 : 3
  if (format === 'date-time' || path.endsWith('.date')) return isOther ? '2026-03-02T00:00:00Z' : '2026-03-01T00:00:00Z'
  return isOther ? 'other' : 'same'
}

const shapeOf = ({ answer }: RestMetric) => z.toJSONSchema(answer, { io: 'input', unrepresentable: 'any' }) as Shape

describe.each(paths)('the answer of %s', (_, metric) => {
  it.each([...fieldsOf(metric.answer)])('is compared in %s', (field) => {
    const [right, changed] = [undefined, field].map((one) => metric.answer.parse(sample(shapeOf(metric), one)))
    expect(changed).not.toEqual(right)
  })

  it('does not exclude a field that is compared', () => {
    expect([...fieldsOf(metric.answer)].filter((field) => field in metric.notCompared)).toEqual([])
  })

  it('is listed with a field that the contract does not name', () => {
    const body = { ...(sample(shapeOf(metric), undefined) as object), extra: { value: 1 } }
    expect(unknownFields(body, fieldsOf(metric.answer), metric.notCompared)).toEqual(['extra.value'])
  })
})

describe('the fields of an answer', () => {
  it('are the paths of its values, and entries of a list share theirs', () => {
    expect([...fieldsIn({ a: 1, b: [{ c: null }, { d: { e: 'x' } }], f: [] })]).toEqual(['a', 'b.c', 'b.d.e'])
  })
})

describe('the samples about a project', () => {
  const named = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
    ...{ name, value: 1, labels: { project: 'checkout', ...labels } },
  })

  it('are all compared or excluded on the documented page', () => {
    const exposed = fawkes.dora.exposed.map(({ sample, bucket }) =>
      named(sample, bucket === undefined ? {} : { le: String(bucket) }),
    )
    const all = [...exposed, named('dora_mttr_seconds_bucket', { le: '+Inf' })]
    expect(unknownSamples(fawkes, all, 'checkout')).toEqual([])
  })

  it('are listed with names, bounds and labels that the contract does not have', () => {
    const added = [
      named('dora_rework_rate'),
      named('dora_mttr_seconds_bucket', { le: '604800' }),
      named('dora_change_failure_rate', { team: 'shop' }),
      named('dora_mttr_seconds_count', { environment: 'staging' }),
      { name: 'dora_rework_rate', value: 1, labels: { project: 'payments', region: 'eu' } },
    ]
    expect(unknownSamples(fawkes, added, 'checkout')).toEqual([
      'dora_mttr_seconds_bucket{le="604800"}',
      'dora_rework_rate',
      'label environment of dora_mttr_seconds_count',
      'label team of dora_change_failure_rate',
    ])
  })
})
