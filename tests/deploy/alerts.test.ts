/** The alerts fire exactly when they must, as evaluated by promtool. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { root } from '../fixtures/features'
import { temporaryDirectory } from '../fixtures/reports'

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
  readonly alert: 'DoraAcceptanceRejected' | 'DoraAcceptanceHasNotRun'
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
    expect(promtool('check', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('2 rules found') })
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

  it('make promtool fail if an expected alert does not fire', () => {
    const alert = 'DoraAcceptanceRejected'
    const { status, output } = evaluate(onceAtTheStart, [{ at: '10m', alert, fires: ['dora'] }])
    expect(status).toBe(1)
    expect(output).toContain('FAILED')
  })
})
