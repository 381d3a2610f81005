/** The metrics of a run: their values, their sinks, and the warning when a sink fails. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../sandbox/basis/waiting'
import { debianPrograms } from '../../../sandbox/programs/debian'
import { findProgram } from '../../../sandbox/programs/lookup'
import { redaction } from '../../../support/basis/redaction'
import { loadSettings } from '../../../support/configuration/load'
import type { MetricsSinks } from '../../../support/configuration/metrics-sinks'
import { contracts } from '../../../support/flavours/flavours'
import { parseExposition } from '../../../support/formats/exposition'
import type { Verdict, VerdictName } from '../../../support/record/verdict'
import { exportMetrics, exportStart } from '../../../support/report/metrics'
import { temporaryDirectory } from '../../fixtures/reports'
import { item, verdict } from '../../fixtures/verdict'

const labels = { context: 'fawkes-dev', namespace: 'fawkes', contract: 'fawkes' }
const good = '2026-11-23T18:01:12.000Z'
const bad = '2026-11-24T18:01:12.000Z'
const seconds = (time: string) => Date.parse(time) / 1000

const ended = (name: VerdictName, finishedAt = good, others: Partial<Verdict> = {}) =>
  verdict({ verdict: name, finishedAt, items: [item(), item({ id: '3.2', status: 'failed' })], ...others })
const send = (record: Verdict, sinks: MetricsSinks, collections: number[] = []) =>
  exportMetrics({ verdict: record, collections }, sinks, 5000)

/** The suite's own samples of a page, keyed by name and label values. */
function samplesOf(page: string, shown: readonly string[] = ['state', 'verdict']): Map<string, number> {
  const own = [...parseExposition(page).values()].filter(({ name }) => name.startsWith('dora_acceptance_'))
  return new Map(
    own.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => {
        const written = shown.flatMap((label) => (labels[label] === undefined ? [] : [labels[label]]))
        return [[name.replace('dora_acceptance_', ''), ...written].join(' '), value] as const
      }),
    ),
  )
}

const expected = {
  'items failed': 1,
  'items passed': 1,
  'items error': 0,
  'items not run': 0,
  'verdict accepted': 0,
  'verdict rejected': 1,
  run_duration_seconds: 72,
  last_start_timestamp_seconds: seconds(good) - 72,
  last_run_timestamp_seconds: seconds(good),
}

describe('a textfile', () => {
  it('contains items by state, the verdict, the durations and the times, each with the labels of the platform', async () => {
    const directory = temporaryDirectory()
    const textfile = join(directory, 'dora.prom')
    expect(await send(ended('rejected'), { textfile }, [61_000, 90_500])).toEqual([])
    const page = readFileSync(textfile, 'utf8')
    expect(Object.fromEntries(samplesOf(page))).toMatchObject({ ...expected, collection_duration_seconds: 90.5 })
    for (const { samples, help, type } of parseExposition(page).values()) {
      expect(help).toMatch(/\.$/)
      expect(type).toBe('gauge')
      for (const sample of samples) expect(sample.labels).toMatchObject(labels)
    }
    expect(readdirSync(directory), 'the file is replaced atomically').toEqual(['dora.prom'])
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it.each<VerdictName>(['rejected', 'blocked', 'error'])(
    'keeps the time of the last successful run when one is %s',
    async (name) => {
      const textfile = join(temporaryDirectory(), 'dora.prom')
      for (const [record, success] of [
        [ended(name, good), undefined],
        [ended('partial', good), good],
        [ended(name, bad), good],
        [ended(name, bad), good],
        [ended('accepted', bad), bad],
      ] as const) {
        expect(await send(record, { textfile })).toEqual([])
        const samples = samplesOf(readFileSync(textfile, 'utf8'))
        expect(samples.get('last_success_timestamp_seconds')).toBe(success && seconds(success))
        expect(samples.get('last_run_timestamp_seconds')).toBe(seconds(record.finishedAt))
      }
    },
  )

  it('keeps the successes of platforms apart, even if a run does not know its context', async () => {
    const textfile = join(temporaryDirectory(), 'dora.prom')
    await send(ended('accepted', good), { textfile })
    for (const context of ['elsewhere', null])
      await send(ended('blocked', bad, { platform: { ...ended('blocked').platform, context } }), { textfile })
    const samples = samplesOf(readFileSync(textfile, 'utf8'), ['context'])
    expect(samples.get('last_success_timestamp_seconds fawkes-dev')).toBe(seconds(good))
    expect(samples.get('last_run_timestamp_seconds unknown')).toBe(seconds(bad))
    expect([...samples.keys()].filter((name) => name.startsWith('last_success'))).toHaveLength(1)
  })

  it('gets the start of a run at once, and keeps everything else', async () => {
    const textfile = join(temporaryDirectory(), 'dora.prom')
    const start = (startedAt: string, platform = ended('accepted').platform) =>
      exportStart({ startedAt, platform, scope: ended('accepted').scope }, { textfile }, 5000)
    expect(await start(good)).toEqual([])
    expect(Object.fromEntries(samplesOf(readFileSync(textfile, 'utf8')))).toEqual({
      last_start_timestamp_seconds: seconds(good),
    })
    await send(ended('rejected'), { textfile })
    const before = samplesOf(readFileSync(textfile, 'utf8'))
    expect(await start(bad)).toEqual([])
    const page = readFileSync(textfile, 'utf8')
    const now = { last_start_timestamp_seconds: seconds(bad) }
    expect(Object.fromEntries(samplesOf(page))).toEqual({ ...Object.fromEntries(before), ...now })
    for (const sample of parseExposition(page).get('dora_acceptance_last_start_timestamp_seconds')?.samples ?? [])
      expect(sample.labels).toEqual(labels)
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(await send(ended('accepted', bad), { textfile })).toEqual([])
    expect(samplesOf(readFileSync(textfile, 'utf8')).size).toBe(before.size + 1)
  })

  it('that cannot be read back yields a warning and is replaced', async () => {
    const textfile = join(temporaryDirectory(), 'dora.prom')
    writeFileSync(textfile, 'half a li')
    expect(await send(ended('rejected'), { textfile })).toEqual([
      expect.stringMatching(
        /^The time of the last successful run is lost, because .*dora\.prom cannot be read: line 1: /,
      ),
    ])
    expect(samplesOf(readFileSync(textfile, 'utf8')).get('verdict rejected')).toBe(1)
  })

  it('that contains labels of another program yields a warning', async () => {
    const textfile = join(temporaryDirectory(), 'dora.prom')
    writeFileSync(textfile, 'dora_acceptance_last_success_timestamp_seconds{colour="red"} 1\n')
    expect(await send(ended('accepted'), { textfile })).toEqual([
      expect.stringMatching(/^The metrics could not be written to .*dora\.prom: .*colour/),
    ])
  })

  it('that cannot be written yields a warning with the cause', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'dora.prom'))
    const [lost, warning, ...others] = await send(ended('accepted'), { textfile: join(directory, 'dora.prom') })
    expect(lost).toContain('EISDIR')
    expect(warning).toMatch(
      /^The metrics could not be written to .*dora\.prom: EISDIR.* The verdict is not affected\. Make/,
    )
    expect(others).toEqual([])
    expect(readdirSync(directory)).toEqual(['dora.prom'])
    expect(await send(ended('accepted'), { textfile: join(directory, 'none', 'dora.prom') })).toEqual([
      expect.stringContaining('ENOENT'),
    ])
  })
})

describe('a Pushgateway', () => {
  let gateway: ChildProcess
  let url: string
  const page = async () => (await fetch(`${url}/metrics`)).text()

  beforeAll(async () => {
    const program = findProgram(debianPrograms.pushgateway.names)
    if (program === undefined)
      throw new Error(`There is no Pushgateway: apt-get install ${debianPrograms.pushgateway.package}`)
    const port = await getPort()
    url = `http://127.0.0.1:${port}`
    // Debian's Pushgateway persists pushed metrics in a file by default.
    const given = [`--web.listen-address=127.0.0.1:${port}`, '--persistence.file=']
    gateway = spawn(program, given, { stdio: 'ignore' })
    const isReady = async () => (await fetch(`${url}/-/ready`)).ok || undefined
    await until(isReady, { what: 'the Pushgateway answers', deadline: 10_000 })
  })
  afterAll(async () => {
    gateway.kill()
    await once(gateway, 'exit')
  })

  it('gets the same metrics, and keeps the time of the last successful run', async () => {
    expect(await send(ended('partial'), { pushgateway: url }, [60_000])).toEqual([])
    expect(await send(ended('rejected', bad), { pushgateway: url })).toEqual([])
    const samples = samplesOf(await page())
    expect(Object.fromEntries(samples)).toMatchObject({
      ...expected,
      run_duration_seconds: 72 + 86_400,
      last_run_timestamp_seconds: seconds(bad),
      last_success_timestamp_seconds: seconds(good),
    })
    for (const sample of parseExposition(await page()).get('dora_acceptance_items')?.samples ?? [])
      expect(sample.labels).toMatchObject({ ...labels, job: 'dora_acceptance', instance: '' })
  })

  it('gets the start of a run at once, and keeps everything else', async () => {
    await send(ended('rejected'), { pushgateway: url })
    const before = samplesOf(await page())
    const { platform, scope } = ended('rejected')
    expect(await exportStart({ startedAt: bad, platform, scope }, { pushgateway: url }, 5000)).toEqual([])
    expect(Object.fromEntries(samplesOf(await page()))).toEqual({
      ...Object.fromEntries(before),
      last_start_timestamp_seconds: seconds(bad),
    })
  })

  it('keeps platforms apart, including one whose context contains slashes', async () => {
    const context = 'arn:aws:eks:eu-1:1/cluster/a b'
    await send(ended('accepted', good, { platform: { ...ended('accepted').platform, context } }), { pushgateway: url })
    await send(ended('rejected', bad), { pushgateway: url })
    const samples = samplesOf(await page(), ['context', 'verdict'])
    expect(samples.get(`verdict ${context} accepted`)).toBe(1)
    expect(samples.get('verdict fawkes-dev accepted')).toBe(0)
  })

  it('keeps environments apart, although they share a context', async () => {
    const within = (environment: string) => ({ platform: { ...ended('accepted').platform, environment } })
    await send(ended('accepted', good, within('staging/eu')), { pushgateway: url })
    await send(ended('rejected', bad, within('production')), { pushgateway: url })
    const samples = samplesOf(await page(), ['environment', 'verdict'])
    expect(samples.get('verdict staging/eu accepted')).toBe(1)
    expect(samples.get('verdict production accepted')).toBe(0)
  })

  it('that is missing, refuses or never responds yields a warning with the cause but without the password', async () => {
    const server = createServer((request, response) => {
      if (request.url?.startsWith('/refuses')) response.writeHead(403).end('nobody may push\nhere')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const nothing = await getPort()
    const pushes = [
      `http://127.0.0.1:${nothing}`,
      `http://me:pa55word@127.0.0.1:${port}/refuses`,
      `http://127.0.0.1:${port}/hangs`,
    ]
    const warnings = await Promise.all(
      pushes.map((pushgateway) => exportMetrics({ verdict: ended('accepted'), collections: [] }, { pushgateway }, 500)),
    )
    server.closeAllConnections()
    server.close()
    expect(warnings).toEqual([
      [expect.stringContaining(`could not be pushed to http://127.0.0.1:${nothing}/: connect ECONNREFUSED`)],
      [expect.stringContaining(`http://127.0.0.1:${port}/refuses: push failed with status 403, nobody may push. The`)],
      [
        expect.stringMatching(
          /\/hangs: .*(aborted|timeout).* The verdict is not affected\. Check metrics\.pushgateway\.$/,
        ),
      ],
    ])
    expect(warnings.flat().join()).not.toContain('pa55word')
  })
})

describe('the configuration', () => {
  const load = (text: string) => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'acceptance.yaml'), text)
    return { directory, ...loadSettings(contracts, {}, directory) }
  }

  it('names the sinks, with the file relative to itself, and the password in the URL is redacted', () => {
    const { metrics, directory } = load(
      'metrics: { textfile: out/dora.prom, pushgateway: "http://me:s3cr3t-9@gateway:9091" }',
    )
    expect(metrics.textfile).toBe(join(directory, 'out', 'dora.prom'))
    expect(redaction.redact('it is s3cr3t-9')).toBe('it is [redacted]')
    expect(load('').metrics).toEqual({ textfile: undefined, pushgateway: undefined })
  })

  it.each([
    ['metrics: { textfile: metrics.txt }', 'metrics.textfile (line 1): expected a file that ends with ".prom"'],
    ['metrics: { pushgateway: gateway }', 'metrics.pushgateway (line 1): expected a URL such as'],
  ])('is refused when it is %s', (text, sentence) => {
    expect(() => load(text)).toThrow(sentence)
  })
})
