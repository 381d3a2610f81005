/** The findings of the checks about a service over HTTP, with the real clients and the real route. Only the service is simulated. */
import { createServer, type OutgoingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { expectMetric } from '../../../support/checks/metrics'
import { expectPong, expectRefused, expectServiceVersion } from '../../../support/checks/rest'
import { loadSettings } from '../../../support/configuration/load'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { contracts } from '../../../support/flavours/flavours'
import { Platform } from '../../../support/platform/platform'
import { expectExposition } from '../../../support/service/exposition'
import { root } from '../../fixtures/features'

interface Answer {
  readonly status?: number
  readonly type?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body: string
}

const pong: Answer = { type: 'application/json', body: '{"message":"pong"}' }

/** The answers of the service, by path. The suite finds its ingress because it answers a ping. */
const answers = new Map<string, Answer>()
let server: Server
let platform: Platform

beforeAll(async () => {
  server = createServer((request, response) => {
    const {
      status = 200,
      type = 'application/json',
      headers = {},
      body,
    } = answers.get(request.url ?? '') ?? {
      status: 404,
      body: '',
    }
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  answers.clear()
  answers.set('/api/ping', pong)
  // Points to no cluster, because these checks need none.
  vi.stubEnv('KUBECONFIG', join(root, 'tests/fixtures/cucumber/kubeconfig.yaml'))
  const settings = loadSettings(contracts, {}, join(tmpdir(), 'without-a-configuration'))
  const { port } = server.address() as AddressInfo
  platform = Platform.open(
    {
      ...settings,
      configuration: { ...settings.configuration, ingress: { address: '127.0.0.1', httpPort: port, httpsPort: 1 } },
    },
    () => {},
  )
  // No Ingress with TLS: the service answers over HTTP.
  vi.spyOn(platform.kubernetes, 'ingress').mockResolvedValue(undefined)
})
afterEach(async () => {
  await platform.close()
  vi.unstubAllEnvs()
})

async function caught(check: Promise<unknown>): Promise<Unmet | Blocked> {
  const error = await check.then(
    () => expect.unreachable('The check passed.'),
    (error: unknown) => error,
  )
  if (error instanceof Unmet || error instanceof Blocked) return error
  throw error
}

const summaryOf = async (check: Promise<unknown>) => (await caught(check)).finding.summary

const html = '<!doctype html><html><title>DevLake</title></html>'

describe('a ping', () => {
  it('is answered', async () => {
    await expectPong(platform)
  })

  it.each<[string, Answer, string]>([
    ['text', { type: 'text/plain', body: 'pong' }, '/api/ping returns invalid JSON.'],
    ['a page', { type: 'text/html', body: html }, '/api/ping returns an HTML page instead of JSON.'],
    ['nothing', { body: '' }, '/api/ping returns an empty body instead of JSON.'],
    ['something else', { body: '{"message":"ping"}' }, '/api/ping does not answer pong.'],
    ['null', { body: 'null' }, '/api/ping does not answer pong.'],
  ])('is not answered by %s', async (_, answer, summary) => {
    answers.set('/api/ping', answer)
    expect(await summaryOf(expectPong(platform))).toBe(summary)
  })
})

describe('a version', () => {
  it('is the one that the service reports', async () => {
    answers.set('/api/version', { body: '{"version":"v1.0.2","commit":"a"}' })
    expect(await expectServiceVersion(platform)).toBe('v1.0.2')
  })

  it.each<[string, Answer, string]>([
    ['a list', { body: '[]' }, '/api/version does not return a version.'],
    ['an empty one', { body: '{"version":""}' }, '/api/version does not return a version.'],
    ['a number', { body: '{"version":1}' }, '/api/version does not return a version.'],
    ['half an object', { body: '{"version":' }, '/api/version returns invalid JSON.'],
    ['an error', { status: 500, body: '{"version":"1"}' }, '/api/version answers 500 where 200 is expected.'],
    ['another place', { status: 302, body: '' }, '/api/version answers 302 where 200 is expected.'],
  ])('is not %s', async (_, answer, summary) => {
    answers.set('/api/version', answer)
    expect(await summaryOf(expectServiceVersion(platform))).toBe(summary)
  })

  it('is unknown when the rate limit is used up, which is not a fault of the service', async () => {
    answers.set('/api/version', { status: 429, headers: { 'x-ratelimit-reset': '1795420800' }, body: '' })
    const error = await caught(expectServiceVersion(platform))
    expect(error).toBeInstanceOf(Blocked)
    expect(error.finding).toMatchObject({
      summary: 'The rate limit of the service is exhausted.',
      found: 'status 429; the limit resets at 2026-11-23T08:00:00.000Z',
    })
  })
})

const unauthorized = (code: string) => JSON.stringify({ error: { code, message: 'no' } })

const guarded = () => fawkes.rest.guarded.refused(async () => 'none')

describe('a caller without a token', () => {
  it('is refused', async () => {
    for (const path of await guarded()) answers.set(path, { status: 401, body: unauthorized('UNAUTHORIZED') })
    await expectRefused(platform, 'no')
    await expectRefused(platform, 'wrong')
  })

  it.each<[string, Answer, string]>([
    ['gets a list', { body: '[{"name":"checkout"}]' }, '/api/projects returns data to a caller with no token.'],
    [
      'gets a page of projects',
      { body: '{"count":1,"projects":[{"name":"checkout"}]}' },
      '/api/projects returns data to a caller with no token.',
    ],
    ['gets an empty list', { body: '[]' }, '/api/projects answers 200 where 401 is expected.'],
    [
      'is forbidden',
      { status: 403, body: unauthorized('UNAUTHORIZED') },
      '/api/projects answers 403 where 401 is expected.',
    ],
    ['gets another code', { status: 401, body: unauthorized('DENIED') }, '/api/projects returns the wrong error code.'],
    [
      'gets another form',
      { status: 401, body: '{"message":"no"}' },
      '/api/projects returns an error in an undocumented format.',
    ],
    [
      'gets a page',
      { status: 401, type: 'text/html', body: html },
      '/api/projects returns an HTML page instead of JSON.',
    ],
  ])('is not refused when it %s', async (_, answer, summary) => {
    for (const path of await guarded()) answers.set(path, { status: 401, body: unauthorized('UNAUTHORIZED') })
    answers.set('/api/projects', answer)
    expect(await summaryOf(expectRefused(platform, 'no'))).toBe(summary)
  })
})

describe('a path that the service fails to answer', () => {
  const failing: Answer = { status: 500, body: '{}' }
  const knowing = (more: object = {}): Platform => {
    const kubernetes = { namespace: 'fawkes', secret: async () => new Map([['token', 't']]) }
    return Object.assign(Object.create(platform), { kubernetes, ...more })
  }

  it('is one trouble for callers with and without a token', async () => {
    answers.set('/api/projects', failing)
    for (const intruder of ['no', 'wrong'] as const) {
      const error = await caught(expectRefused(knowing(), intruder))
      expect(error).toBeInstanceOf(Blocked)
      expect(error.finding.summary).toBe('/api/projects answers 500 where 200 is expected.')
    }
  })

  it('for callers without a token only is another trouble', async () => {
    for (const path of await guarded()) answers.set(path, { status: 401, body: unauthorized('UNAUTHORIZED') })
    const rest = Object.assign(Object.create(platform.rest), {
      get: async (path: string, token?: string) => {
        answers.set('/api/projects', token === undefined ? failing : { body: '[]' })
        return platform.rest.get(path, token)
      },
    })
    expect(await summaryOf(expectRefused(knowing({ rest }), 'no'))).toBe(
      'It is unknown whether /api/projects refuses a caller with no token: the service failed to answer (status 500).',
    )
  })
})

describe('every path', () => {
  it('is asked without a token', async () => {
    for (const open of await guarded()) {
      for (const path of await guarded()) answers.set(path, { status: 401, body: unauthorized('UNAUTHORIZED') })
      answers.set(open, { body: '{"value":1}' })
      const path = new URL(open, 'http://service').pathname
      expect(await summaryOf(expectRefused(platform, 'no'))).toBe(`${path} answers 200 where 401 is expected.`)
      if (open !== '/api/projects') await expectRefused(platform, 'wrong')
    }
  })
})

const name = 'dora_lead_time_seconds'
const histogram = [
  `# TYPE ${name} histogram`,
  `${name}_bucket{project="a",le="3600"} 1`,
  `${name}_bucket{project="a",le="86400.0"} 2`,
  `${name}_bucket{project="a",le="+Inf"} 3`,
  `${name}_sum{project="a"} 100000`,
  `${name}_count{project="a"} 3`,
]
const rate = 'dora_change_failure_rate'

const exposing = (lines: readonly string[], type = 'text/plain; version=0.0.4') =>
  answers.set('/metrics', { type, body: lines.map((line) => `${line}\n`).join('') })

describe('a metrics page', () => {
  it('is in the text format', async () => {
    exposing(histogram)
    expect([...(await expectExposition(platform)).keys()]).toEqual([name])
    expect(await expectMetric(platform, name)).toBe(5)
  })

  it('is not a page of the UI', async () => {
    exposing([html], 'text/html; charset=utf-8')
    expect(await summaryOf(expectExposition(platform))).toBe(
      '/metrics answers text/html; charset=utf-8 where metrics are expected.',
    )
  })

  it('is not accepted for its content type alone', async () => {
    exposing([...histogram, html])
    const { finding } = await caught(expectExposition(platform))
    expect(finding).toMatchObject({
      summary: "/metrics is not in Prometheus' text format.",
      found: `line 7: neither a comment nor a sample: ${html}`,
    })
  })

  /** The histogram with one line changed, or without it. */
  const but = (line: RegExp, to: string) =>
    histogram.flatMap((old) => (line.test(old) ? old.replace(line, to) || [] : [old]))

  it.each<[string, readonly string[], string]>([
    ['lacks a bucket', but(/.*3600".*/, ''), `The histogram ${name} has no bucket for 3600.`],
    ['lacks the last bucket', but(/.*Inf.*/, ''), `The histogram ${name} has no bucket for +Inf.`],
    ['has a bucket that shrinks', but(/ 2$/, ' 0'), `The histogram ${name} has decreasing buckets.`],
    ['has a bucket that is not a number', but(/ 2$/, ' NaN'), `The histogram ${name} has decreasing buckets.`],
    ['lacks its sum', but(/.*_sum.*/, ''), `The histogram ${name} lacks its sum or its count.`],
    ['lacks its count', but(/.*_count.*/, ''), `The histogram ${name} lacks its sum or its count.`],
    ['has a negative sum', but(/100000$/, '-1'), `The histogram ${name} has a negative sum.`],
    [
      'counts too much',
      but(/(_count.*) 3$/, '$1 4'),
      `The histogram ${name} has a count that differs from its last bucket.`,
    ],
  ])('fails if its histogram %s', async (_, lines, summary) => {
    exposing(lines)
    expect(await summaryOf(expectMetric(platform, name))).toBe(summary)
  })

  it.each<[string, readonly string[], string]>([
    ['is missing', histogram, `The metric ${rate} is not exposed.`],
    [
      'has another type',
      [`# TYPE ${rate} counter`, `${rate}{project="a"} 0`],
      `The metric ${rate} has the type counter instead of gauge.`,
    ],
    ['has no type', [`${rate}{project="a"} 0`], `The metric ${rate} has the type untyped instead of gauge.`],
    ['lacks its label', [`# TYPE ${rate} gauge`, `${rate}{team="a"} 0`], `The metric ${rate} lacks the label project.`],
    [
      'has an empty label',
      [`# TYPE ${rate} gauge`, `${rate}{project=""} 0`],
      `The metric ${rate} lacks the label project.`,
    ],
    [
      'is in percent',
      [`# TYPE ${rate} gauge`, `${rate}{project="a"} 15`],
      `The metric ${rate} has an impossible value.`,
    ],
    [
      'is not a number',
      [`# TYPE ${rate} gauge`, `${rate}{project="a"} NaN`],
      `The metric ${rate} has an impossible value.`,
    ],
  ])('fails if a metric %s', async (_, lines, summary) => {
    exposing(lines)
    expect(await caught(expectMetric(platform, rate))).toMatchObject({ finding: { summary } })
  })

  it('lists the metrics that there are if one is missing', async () => {
    exposing(histogram)
    const { finding } = await caught(expectMetric(platform, rate))
    expect(finding.remedy.at(-1)).toMatch(/^curl .*\/metrics \| grep '\^# TYPE'$/)
  })

  it('proves nothing if a metric has no series', async () => {
    exposing([`# TYPE ${rate} gauge`])
    const error = await caught(expectMetric(platform, rate))
    expect(error).toBeInstanceOf(Blocked)
    expect(error.finding.summary).toBe(`There is no data yet: ${rate} has no series.`)
  })
})
