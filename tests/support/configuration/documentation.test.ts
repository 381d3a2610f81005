/** docs/configuration.md lists exactly the keys of the configuration, each with its default. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { root } from '../../fixtures/features'

const node = z.looseObject({
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof node>> {
    return z.record(z.string(), node).optional()
  },
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
})
type Node = z.infer<typeof node>

const schema = configurationSchema(fawkes.names)
const defaults: unknown = schema.parse({})

/** The keys that hold a value rather than further keys, by their path. */
function keysOf({ properties, ...own }: Node, path: readonly string[] = []): [string, Node][] {
  return properties
    ? Object.entries(properties).flatMap(([name, child]) => keysOf(child, [...path, name]))
    : [[path.join('.'), own]]
}

const keys = new Map(keysOf(node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))))

/** The rows of all tables: key, kind, default and meaning. */
const rows = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, key = '', kind = '', fallback = '', meaning = ''] = line.split('|').map((cell) => cell.trim())
    return { key: key.replaceAll('`', ''), kind, fallback, meaning }
  })

/** The default in the JSON schema, because the parsed default of a duration is a number; otherwise the parsed default. */
const defaultOf = (key: string) =>
  keys.get(key)?.default ??
  key.split('.').reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], defaults)

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `\`${one}\``).join(', ') || 'none'
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `\`${key}: ${one}\``)
      .join(', ')
  return value === undefined ? 'none' : `\`${value}\``
}

describe('docs/configuration.md', () => {
  it('lists exactly the keys of the schema, each once, in its order', () => {
    expect(keys.size).toBeGreaterThan(80)
    const grouped = [...keys.keys()].sort((a, b) => Number(a.includes('.')) - Number(b.includes('.')))
    expect(rows.map(({ key }) => key)).toEqual(grouped)
  })

  it.each(rows)('describes $key with its kind, its default and its meaning', ({ key, kind, fallback, meaning }) => {
    expect(fallback).toBe(written(defaultOf(key)))
    expect(kind).toMatch(/\S/)
    expect(meaning).toMatch(/\w{2,}.* /)
    const choices = keys.get(key)?.enum
    if (choices) expect(kind).toBe(choices.map((choice) => `\`${choice}\``).join(' or '))
  })
})
