/** Each field of the metrics over GraphQL changes what is compared, or is listed as not compared with the reason. */
import {
  buildSchema,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { fawkesGraphQL } from '../../../../support/flavours/fawkes/graphql-metrics'

const schema = buildSchema(fawkes.graphql && 'schema' in fawkes.graphql ? fawkes.graphql.schema : '')

type Leaf = { readonly path: readonly string[]; readonly type: string }

/** Every scalar field below a type, with the names of the fields that lead to it. */
function leavesOf(type: GraphQLNamedType, path: readonly string[]): Leaf[] {
  if (!isObjectType(type)) return [{ path, type: isEnumType(type) ? 'String' : type.name }]
  return Object.values(type.getFields()).flatMap((field) => leavesOf(getNamedType(field.type), [...path, field.name]))
}

const dora = schema.getQueryType()?.getFields().doraMetrics
const leaves = dora ? leavesOf(getNamedType(dora.type), ['doraMetrics']) : []

/** A value of a field. The second differs from the first. */
function valueOfLeaf({ path, type }: Leaf, isOther: boolean): unknown {
  const name = path.at(-1)
  if (name === 'level') return isOther ? 'low' : 'elite'
  if (name === 'date') return isOther ? '2026-03-02' : '2026-03-01'
  if (type === 'String') return isOther ? 'other' : 'same'
  return isOther ? 7 : 3
}

/** An answer with all fields, one of which has its other value. */
function answerWith(other: Leaf | undefined): unknown {
  const build = (type: GraphQLNamedType, path: readonly string[]): unknown => {
    if (!isObjectType(type)) {
      const leaf = { path, type: type.name }
      return valueOfLeaf(leaf, other?.path.join('.') === path.join('.'))
    }
    const fields = Object.values(type.getFields()).map((field) => {
      const value = build(getNamedType(field.type), [...path, field.name])
      const bare = isNonNullType(field.type) ? field.type.ofType : field.type
      return [field.name, isListType(bare) ? [value] : value]
    })
    return Object.fromEntries(fields)
  }
  return dora ? { doraMetrics: build(getNamedType(dora.type), ['doraMetrics']) } : {}
}

const readingOf = (answer: unknown) => fawkesGraphQL.answer.parse(answer)
const excluded = Object.keys(fawkesGraphQL.notCompared)
const isBelow = (name: string, above: string) => name === above || name.startsWith(`${above}.`)

describe('the metrics over GraphQL', () => {
  it('have fields', () => {
    expect(leaves.length).toBeGreaterThan(15)
  })

  it.each(leaves.map((leaf) => [leaf.path.join('.'), leaf] as const))(
    'are compared in %s, or not with a reason',
    (name, leaf) => {
      const right = readingOf(answerWith(undefined))
      const changed = readingOf(answerWith(leaf))
      const isCompared = JSON.stringify(changed) !== JSON.stringify(right)
      expect(isCompared, `${name} is compared`).toBe(!excluded.some((above) => isBelow(name, above)))
    },
  )

  it('list no field that the contract does not have', () => {
    const names = leaves.map(({ path }) => path.join('.'))
    expect(excluded.filter((above) => !names.some((name) => isBelow(name, above)))).toEqual([])
  })
})
