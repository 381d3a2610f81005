/** The alerts fire exactly when they must, as evaluated by promtool. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
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
const rejected = `dora_acceptance_verdict${labels},verdict="rejected"}`

interface Moment {
  readonly at: string
  readonly alert:
    | 'DoraAcceptanceRejected'
    | 'DoraAcceptanceBlocked'
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
    expect(promtool('check', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('6 rules found') })
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

/** Each way in which a night can end, with the alerts that it must raise. */
const nights: readonly (readonly [string, VerdictName | null, readonly string[]])[] = [
  ['accepted', 'accepted', []],
  ['partial', 'partial', []],
  ['rejected', 'rejected', ['DoraAcceptanceRejected']],
  ['blocked', 'blocked', ['DoraAcceptanceBlocked']],
  ['an error', 'error', ['DoraAcceptanceError']],
  ['killed before it could report', null, ['DoraAcceptanceHasNotRun']],
  ['not started', null, ['DoraAcceptanceHasNotRun']],
]

describe('a night after an accepted one that ends', () => {
  const day = 24 * 60

  it.each(nights)('%s raises exactly its alerts', async (_, name, alerts) => {
    const file = join(temporaryDirectory(), 'dora.prom')
    const first = await exported(file, 'accepted', 0)
    // A run that writes no metrics leaves those of the night before.
    const second = name === null ? first : await exported(file, name, day * 60)
    const series = Object.fromEntries(
      [...new Set([...first.keys(), ...second.keys()])].map((one) => [
        one,
        `${values(first.get(one), day)} ${values(second.get(one), day)}`,
      ]),
    )
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'rules.yaml'), stringify(spec))
    const test = {
      interval: '1m',
      input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
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
    expect(promtool('test', 'rules', tests)).toMatchObject({ status: 0 })
  })

  /** The metrics that a run writes, by the name of the series. @param at seconds since 1970 */
  async function exported(file: string, name: VerdictName, at: number): Promise<ReadonlyMap<string, number>> {
    const time = new Date(at * 1000).toISOString()
    const record = { ...verdict({ verdict: name }), startedAt: time, finishedAt: time }
    expect(
      await exportMetrics({ verdict: record, collections: [] }, { textfile: file, pushgateway: undefined }, 1000),
    ).toEqual([])
    return new Map(
      [...parseExposition(readFileSync(file, 'utf8'))].flatMap(([metric, { samples }]) =>
        samples.map(({ labels, value }) => [`${metric}${inBraces(labels)}`, value] as const),
      ),
    )
  }

  const inBraces = (labels: object) =>
    `{${Object.entries(labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(',')}}`
  /** A value that stays for some minutes; no sample where there is none. */
  const values = (value: number | undefined, minutes: number) =>
    value === undefined ? `_x${minutes}` : `${value}x${minutes - 1}`
})
