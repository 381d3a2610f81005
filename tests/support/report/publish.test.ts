/** A judged run is published everywhere, and no failing sink changes its verdict. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadSettings, type Settings } from '../../../support/configuration/load'
import { contracts } from '../../../support/flavours/flavours'
import { parseExposition } from '../../../support/formats/exposition'
import { verifyRecord } from '../../../support/record/verification'
import { Progress } from '../../../support/report/progress'
import { publish } from '../../../support/report/publish'
import { publishStart } from '../../../support/report/publish-start'
import { temporaryDirectory } from '../../fixtures/reports'
import { item, judged, verdict } from '../../fixtures/verdict'

let directory: string
let reports: string
let textfile: string
beforeEach(() => {
  directory = temporaryDirectory()
  reports = join(directory, 'reports')
  textfile = join(directory, 'dora.prom')
})

function settings(content: string): Settings {
  writeFileSync(join(directory, 'acceptance.yaml'), content)
  return loadSettings(contracts, {}, directory)
}

/** Publishes a record and returns the exit code and the terminal output. */
async function published(record: ReturnType<typeof verdict>, how: Settings | undefined) {
  const terminal = new PassThrough()
  const progress = new Progress(terminal as unknown as WriteStream, { CI: 'true' })
  const exitCode = await publish(judged(record, []), reports, how, progress)
  terminal.end()
  return { exitCode, shown: await text(terminal) }
}

const verdictIn = (page: string) =>
  parseExposition(page)
    .get('dora_acceptance_verdict')
    ?.samples.find(({ value }) => value === 1)?.labels.verdict

const rejected = verdict({ verdict: 'rejected', items: [item({ status: 'failed' })] })

describe('a judged run', () => {
  it('is written, signed and measured, and yields the exit code of its verdict', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(directory, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(directory, 'key.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
    const how = settings('signature: { keyFile: key.pem }\nmetrics: { textfile: dora.prom }')
    const { exitCode, shown } = await published(rejected, how)
    expect(exitCode).toBe(1)
    expect(shown).not.toMatch(/^!/m)
    expect(shown).toContain('sign-off.html')
    expect(verifyRecord(join(reports, 'verdict.json'), join(directory, 'key.pub.pem')).outcome).toBe('unchanged')
    expect(verdictIn(readFileSync(textfile, 'utf8'))).toBe('rejected')
  })

  it.each([verdict(), rejected])('keeps its verdict if every sink fails, and warns: $verdict', async (record) => {
    const how = settings('metrics: { textfile: none/dora.prom, pushgateway: "http://127.0.0.1:1" }')
    const { exitCode, shown } = await published(record, how)
    expect(exitCode).toBe(record.exitCode)
    expect(JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8'))).toEqual(record)
    expect(shown).toMatch(/^! The metrics could not be written to .*none\/dora\.prom: ENOENT/m)
    expect(shown).toMatch(/^! The metrics could not be pushed to http:\/\/127\.0\.0\.1:1\/: connect ECONNREFUSED/m)
    expect(shown).toContain(record.verdict)
  })

  it('is measured as an error if its record is lost', async () => {
    writeFileSync(reports, 'a file in the way')
    const { exitCode, shown } = await published(verdict(), settings('metrics: { textfile: dora.prom }'))
    expect(exitCode).toBe(3)
    expect(shown).toContain('The reports could not be written')
    const page = readFileSync(textfile, 'utf8')
    expect(verdictIn(page)).toBe('error')
    expect(parseExposition(page).has('dora_acceptance_last_success_timestamp_seconds')).toBe(false)
  })

  it('exports the start of a shard, so that a merge that never ends is noticed', async () => {
    const how = settings('metrics: { textfile: dora.prom }')
    const shard = { ...rejected, scope: { ...rejected.scope, shard: '1/2' } }
    expect(await publishStart(shard, how)).toEqual([])
    await published(verdict({ scope: shard.scope }), how)
    expect([...parseExposition(readFileSync(textfile, 'utf8')).keys()]).toEqual([
      'dora_acceptance_last_start_timestamp_seconds',
    ])
  })

  it('is not measured if it is a shard or the configuration could not be read', async () => {
    const how = settings('metrics: { textfile: dora.prom }')
    const shard = verdict({ verdict: 'partial', scope: { ...rejected.scope, shard: '1/2' } })
    expect(await published(shard, how)).toMatchObject({ exitCode: 0 })
    expect(await published(rejected, undefined)).toMatchObject({ exitCode: 1 })
    expect(existsSync(textfile)).toBe(false)
    expect(await published(rejected, how)).toMatchObject({ exitCode: 1 })
    expect(existsSync(textfile)).toBe(true)
  })
})
