/** The alerts fire exactly when they must, as evaluated by promtool. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { parseExposition } from '../../support/formats/exposition'
import type { VerdictName } from '../../support/record/verdict'
import { exportMetrics } from '../../support/report/metrics'
import { root } from '../fixtures/features'
import { temporaryDirectory } from '../fixtures/reports'
import { verdict } from '../fixtures/verdict'

const prometheusRule = z.looseObject({
  kind: z.literal('PrometheusRule'),
  spec: z.object({
    groups: z.array(
      z.looseObject({
        rules: z.array(z.looseObject({ alert: z.string(), annotations: z.record(z.string(), z.string()) })),
      }),
    ),
  }),
})
const { spec } = prometheusRule.parse(parse(readFileSync(join(root, 'deploy/alerts/dora-acceptance.yaml'), 'utf8')))

function promtool(...given: string[]) {
  const { status, stdout, stderr, error } = spawnSync('promtool', given, { encoding: 'utf8' })
  if (error) throw new Error('promtool is not installed: apt-get install prometheus', { cause: error })
  return { status, output: `${stdout}${stderr}` }
}

const labels = '{context="staging",namespace="dora",contract="fawkes"'
const lastRun = `dora_acceptance_last_run_timestamp_seconds${labels}}`
const lastStart = `dora_acceptance_last_start_timestamp_seconds${labels}}`
const rejected = `dora_acceptance_verdict${labels},verdict="rejected"}`

interface Moment {
  readonly at: string
  readonly alert:
    | 'DoraAcceptanceRejected'
    | 'DoraAcceptanceBlocked'
    | 'DoraAcceptanceDidNotEnd'
    | 'DoraAcceptanceHasNotRun'
    | 'DoraAcceptanceNotAccepted'
    | 'DoraAcceptanceNeverAccepted'
  /** The namespaces for which it fires; "" if the alert has no namespace label. */
  readonly fires: readonly string[]
}

/** Runs promtool on the alerts. @param series values by series name, one per minute @param moments what must fire when */
function evaluate(series: Readonly<Record<string, string>>, moments: readonly Moment[]) {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'rules.yaml'), stringify(spec))
  const expression = (alert: string) => `count by (namespace) (ALERTS{alertname="${alert}",alertstate="firing"})`
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: moments.map(({ at, alert, fires }) => ({
      expr: expression(alert),
      eval_time: at,
      exp_samples: fires.map((namespace) => ({ labels: namespace ? `{namespace="${namespace}"}` : '{}', value: 1 })),
    })),
  }
  const file = join(directory, 'test.yaml')
  writeFileSync(file, stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: [test] }))
  return promtool('test', 'rules', file)
}

/** A run at the start and none after it. A promtool test starts at Unix time 0. */
const onceAtTheStart = { [lastRun]: '0x1700', [rejected]: '0x1700' }

describe('the alerts', () => {
  it('are valid rules', () => {
    const file = join(temporaryDirectory(), 'rules.yaml')
    writeFileSync(file, stringify(spec))
    expect(promtool('check', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('7 rules found') })
  })

  it('have a runbook', () => {
    for (const { annotations } of spec.groups.flatMap(({ rules }) => rules)) {
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook', 'summary'])
      expect(annotations.runbook).toMatch(/^1\. .+\n2\. /)
    }
  })

  it('report a rejection for as long as the last run was rejected', () => {
    const series = { [lastRun]: '0x30', [rejected]: '0x10 1x10 0x10' }
    const alert = 'DoraAcceptanceRejected'
    const moments: Moment[] = [
      { at: '10m', alert, fires: [] },
      { at: '12m', alert, fires: ['dora'] },
      { at: '25m', alert, fires: [] },
    ]
    expect(evaluate(series, moments)).toMatchObject({ status: 0 })
  })

  it('report a blocked night once the Job could repeat it, and not one whose second run was accepted', () => {
    const blocked = `dora_acceptance_verdict${labels},verdict="blocked"}`
    const alert = 'DoraAcceptanceBlocked'
    const moments: Moment[] = [
      { at: '35m', alert, fires: [] },
      { at: '75m', alert, fires: [] },
      { at: '85m', alert, fires: ['dora'] },
    ]
    // Blocked for 10 minutes and then accepted; an hour later blocked, and again blocked.
    expect(evaluate({ [lastRun]: '0x100', [blocked]: '0x9 1x9 0x29 1x49' }, moments)).toMatchObject({ status: 0 })
  })

  it('report after 26 hours without a run, and not before', () => {
    const alert = 'DoraAcceptanceHasNotRun'
    const moments: Moment[] = [
      { at: '25h59m', alert, fires: [] },
      { at: '26h10m', alert, fires: [] },
      { at: '26h17m', alert, fires: ['dora'] },
    ]
    expect(evaluate(onceAtTheStart, moments)).toMatchObject({ status: 0 })
  })

  it('report that nothing has run if there is no series at all', () => {
    const alert = 'DoraAcceptanceHasNotRun'
    const moments: Moment[] = [
      { at: '10m', alert, fires: [] },
      { at: '16m', alert, fires: [''] },
    ]
    expect(evaluate({ up: '1x30' }, moments)).toMatchObject({ status: 0 })
  })

  it('report a run that has not ended 2 hours after its start, and not one that is late and ends', () => {
    const alert = 'DoraAcceptanceDidNotEnd'
    const moments: Moment[] = [
      { at: '90m', alert, fires: [] },
      { at: '125m', alert, fires: ['dora'] },
      { at: '155m', alert, fires: [] },
    ]
    const series = { [lastRun]: '-60x149 9000x30', [lastStart]: '0x180' }
    expect(evaluate(series, moments)).toMatchObject({ status: 0 })
  })

  it('report shards whose merge was killed or did not start, and not those that it merges an hour later', () => {
    const alert = 'DoraAcceptanceDidNotEnd'
    // Two nights, 24 hours apart: the shards start at 02:17 and end at 02:25; the second merge never reports.
    const start = '8220x1439 94620x300'
    const end = '-60x199 8700x1600'
    const moments: Moment[] = [
      { at: '195m', alert, fires: [] },
      { at: '1439m', alert, fires: [] },
      { at: '1650m', alert, fires: [] },
      { at: '1700m', alert, fires: ['dora'] },
    ]
    expect(evaluate({ [lastRun]: end, [lastStart]: start }, moments)).toMatchObject({ status: 0 })
  })

  it('report after 3 days without acceptance, and not before', () => {
    const success = `dora_acceptance_last_success_timestamp_seconds${labels}}`
    const series = { [lastRun]: '0+60x5000', [success]: '0x5000' }
    const alert = 'DoraAcceptanceNotAccepted'
    const moments: Moment[] = [
      { at: '72h', alert, fires: [] },
      { at: '72h20m', alert, fires: ['dora'] },
    ]
    expect(evaluate(series, moments)).toMatchObject({ status: 0 })
  })

  it('report a platform that was never accepted after 3 days, and one that is no longer judged never', () => {
    const success = 'dora_acceptance_last_success_timestamp_seconds{context="old",namespace="gone",contract="fawkes"}'
    const alert = 'DoraAcceptanceNeverAccepted'
    const moments: Moment[] = [
      { at: '71h', alert, fires: [] },
      { at: '73h', alert, fires: ['dora'] },
    ]
    expect(evaluate({ [lastRun]: '0+60x5000', [success]: '0x5000' }, moments)).toMatchObject({ status: 0 })
  })

  it('make promtool fail if an expected alert does not fire', () => {
    const alert = 'DoraAcceptanceRejected'
    const { status, output } = evaluate(onceAtTheStart, [{ at: '10m', alert, fires: ['dora'] }])
    expect(status).toBe(1)
    expect(output).toContain('FAILED')
  })
})

/** Leaves the metrics of a night that follows an accepted one. @param file the textfile @param at its start, seconds since 1970 */
type Night = (file: string, at: number) => Promise<unknown>
const ended =
  (name: VerdictName): Night =>
  (file, at) =>
    exported(file, name, at)
/** A real run against a cluster that never answers. It is ended by the signal as soon as it has exported its start. */
const stoppedBy =
  (signal: NodeJS.Signals): Night =>
  (file) =>
    stopped(file, signal)
const notStarted: Night = async () => {}

/** Each way in which a night can end, with the alerts that it must raise. */
const nights: readonly (readonly [string, Night, readonly string[]])[] = [
  ['accepted', ended('accepted'), []],
  ['partial', ended('partial'), []],
  ['rejected', ended('rejected'), ['DoraAcceptanceRejected']],
  ['blocked', ended('blocked'), ['DoraAcceptanceBlocked']],
  ['an error', ended('error'), ['DoraAcceptanceError']],
  ['interrupted, as by the deadline of its Job', stoppedBy('SIGTERM'), ['DoraAcceptanceError']],
  ['killed, as by the limit of its memory', stoppedBy('SIGKILL'), ['DoraAcceptanceDidNotEnd']],
  ['not started', notStarted, ['DoraAcceptanceHasNotRun']],
]

describe('a night after an accepted one that ends', () => {
  const day = 24 * 60

  it.each(nights)('%s raises exactly its alerts', { timeout: 90_000 }, async (_, night, alerts) => {
    const file = join(temporaryDirectory(), 'dora.prom')
    const start = Math.floor(Date.now() / 1000) - day * 60
    await exported(file, 'accepted', start)
    const first = samplesIn(file)
    await night(file, start + day * 60)
    expect(firing(first, samplesIn(file), start, alerts)).toEqual({
      status: 0,
      output: expect.stringContaining('SUCCESS'),
    })
  })

  it('killed or not started leaves the metrics of the night before, and only the killed one a new start', async () => {
    const file = join(temporaryDirectory(), 'dora.prom')
    await exported(file, 'accepted', Math.floor(Date.now() / 1000) - day * 60)
    const first = samplesIn(file)
    await stopped(file, 'SIGKILL')
    const second = samplesIn(file)
    const changed = [...second.keys()].filter((name) => second.get(name) !== first.get(name))
    expect(changed).toEqual([expect.stringMatching(/^dora_acceptance_last_start_timestamp_seconds\{/)])
    expect(second.size).toBe(first.size)
  }, 90_000)

  it.each([
    ['killed', new Map([[lastStart, 0]]), ['DoraAcceptanceDidNotEnd']],
    ['not started', new Map(), ['DoraAcceptanceHasNotRun']],
  ])('%s raises its alert also if no run ever ended', (_, samples, alerts) => {
    expect(firing(samples, samples, 0, alerts)).toMatchObject({ status: 0 })
  })

  /** Runs promtool on two days with these samples. Times of samples are moved, because a promtool test starts at Unix time 0. */
  function firing(first: Samples, second: Samples, start: number, alerts: readonly string[]) {
    const moved = (name: string, value: number | undefined) =>
      value !== undefined && /_timestamp_seconds\{/.test(name) ? value - start : value
    const series = [...new Set([...first.keys(), ...second.keys(), 'up'])].map((name) => ({
      series: name,
      values: `${values(moved(name, first.get(name)), day)} ${values(moved(name, second.get(name)), day)}`,
    }))
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'rules.yaml'), stringify(spec))
    const test = {
      interval: '1m',
      input_series: series,
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: '26h30m',
          exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
        },
      ],
    }
    const tests = join(directory, 'test.yaml')
    writeFileSync(tests, stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: [test] }))
    return promtool('test', 'rules', tests)
  }

  /** A value over some minutes in the notation of promtool. An absent value, and NaN, which promtool cannot read, are no sample. */
  const values = (value: number | undefined, minutes: number) =>
    value === undefined || Number.isNaN(value) ? `_x${minutes}` : `${value}x${minutes - 1}`
})

/** Exports the metrics of a run that started and ended at a time, in seconds since 1970. */
async function exported(file: string, name: VerdictName, at: number): Promise<void> {
  const time = new Date(at * 1000).toISOString()
  const record = { ...verdict({ verdict: name }), startedAt: time, finishedAt: time }
  expect(
    await exportMetrics({ verdict: record, collections: [] }, { textfile: file, pushgateway: undefined }, 1000),
  ).toEqual([])
}

/** Starts a run for the platform of the builders' record, and ends it by the signal once it has exported its start. */
async function stopped(file: string, signal: NodeJS.Signals): Promise<void> {
  const cluster = createServer(() => {})
  await new Promise<void>((resolve) => cluster.listen(0, '127.0.0.1', resolve))
  const { port } = cluster.address() as AddressInfo
  const { context, namespace } = verdict().platform
  const directory = temporaryDirectory()
  const kubeconfig = join(directory, 'kubeconfig.json')
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: { token: 'the-token-of-nobody' } }],
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
      'current-context': context,
    }),
  )
  const configuration = join(directory, 'acceptance.yaml')
  writeFileSync(configuration, stringify({ namespace, metrics: { textfile: file } }))
  const before = samplesIn(file).get(startOf(samplesIn(file)))
  const run = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', 'support/cli/main.ts', 'run'], {
    cwd: root,
    env: {
      ...process.env,
      KUBECONFIG: kubeconfig,
      ACCEPTANCE_CONFIG: configuration,
      ACCEPTANCE_REPORTS: join(directory, 'reports'),
      CI: '1',
    },
    stdio: 'ignore',
  })
  const exit = once(run, 'exit')
  try {
    const hasStarted = () => run.exitCode !== null || samplesIn(file).get(startOf(samplesIn(file))) !== before
    await expect.poll(hasStarted, { timeout: 60_000 }).toBe(true)
    expect(run.exitCode).toBeNull()
    run.kill(signal)
    await exit
  } finally {
    run.kill('SIGKILL')
    cluster.closeAllConnections()
    cluster.close()
  }
}

type Samples = ReadonlyMap<string, number>

/** The samples of a textfile, by the name of the series. */
function samplesIn(file: string): Samples {
  return new Map(
    [...parseExposition(readFileSync(file, 'utf8'))].flatMap(([metric, { samples }]) =>
      samples.map(({ labels, value }) => [`${metric}${inBraces(labels)}`, value] as const),
    ),
  )
}

const startOf = (samples: Samples) =>
  [...samples.keys()].find((name) => name.startsWith('dora_acceptance_last_start')) ?? ''

const inBraces = (labels: object) =>
  `{${Object.entries(labels)
    .sort()
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`
