import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseFrom, readJson, writeWhole } from '../../../sandbox/basis/files'

const schema = z.record(z.string(), z.number())
const remedy = 'Delete the file.'
let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-files-'))
  file = join(folder, 'ports.json')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a JSON file', () => {
  it('is read as it was written', () => {
    writeWhole(file, '{"etcd":20001}')
    expect(readJson(file, schema, remedy)).toEqual({ etcd: 20_001 })
  })

  it.each([
    ['does not exist', undefined, 'it does not exist'],
    ['is cut off', '{"token":"s3cret', 'it is not valid JSON'],
    ['has another form', '{"etcd":"20001"}', 'etcd: expected number, received string'],
  ])('that %s is reported with its path, the damage and the remedy', (_case, text, reason) => {
    if (text !== undefined) writeFileSync(file, text)
    expect(() => readJson(file, schema, remedy)).toThrow(new Error(`${file} cannot be used: ${reason}. ${remedy}`))
  })
})

describe('data from another program', () => {
  it('that has an unexpected form is reported with its origin', () => {
    expect(() => parseFrom('the answer to GET /api/v1/nodes', z.object({ items: z.array(z.any()) }), {})).toThrow(
      new Error('the answer to GET /api/v1/nodes has an unexpected form: items: expected array, received undefined'),
    )
  })
})
