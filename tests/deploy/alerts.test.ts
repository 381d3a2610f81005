/** The alerts fire when they must and not before, as promtool evaluates them. */
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
  return { status, said: `${stdout}${stderr}` }
}

const labels = '{context="staging",namespace="dora",contract="fawkes"'
const lastRun = `dora_acceptance_last_run_timestamp_seconds${labels}}`
const rejected = `dora_acceptance_verdict${labels},verdict="rejected"}`

interface Moment {
  readonly at: string
  readonly alert: 'DoraAcceptanceRejected' | 'DoraAcceptanceHasNotRun'
  /** Namespaces for which it fires; "" where nothing is known. */
  readonly fires: readonly string[]
}

/** Whether the alerts fire at these moments, given the series minute by minute. */
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

/** A run at the start, and none after it; a promtool test begins at the Unix time 0. */
const onceAtTheStart = { [lastRun]: '0x1700', [rejected]: '0x1700' }

describe('the alerts', () => {
  it('are rules that promtool takes', () => {
    const file = join(temporaryDirectory(), 'rules.yaml')
    writeFileSync(file, stringify(spec))
    expect(promtool('check', 'rules', file)).toEqual({ status: 0, said: expect.stringContaining('2 rules found') })
  })

  it('say what to do', () => {
    for (const { annotations } of spec.groups.flatMap(({ rules }) => rules)) {
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook', 'summary'])
      expect(annotations.runbook).toMatch(/^1\. .+\n2\. /)
    }
  })

  it('tell of a rejection while the last run is one', () => {
    const series = { [lastRun]: '0x30', [rejected]: '0x10 1x10 0x10' }
    const alert = 'DoraAcceptanceRejected'
    const moments: Moment[] = [
      { at: '10m', alert, fires: [] },
      { at: '12m', alert, fires: ['dora'] },
      { at: '25m', alert, fires: [] },
    ]
    expect(evaluate(series, moments)).toMatchObject({ status: 0 })
  })

  it('tell that nothing ran for 26 hours, and not before', () => {
    const alert = 'DoraAcceptanceHasNotRun'
    const moments: Moment[] = [
      { at: '25h59m', alert, fires: [] },
      { at: '26h10m', alert, fires: [] },
      { at: '26h17m', alert, fires: ['dora'] },
    ]
    expect(evaluate(onceAtTheStart, moments)).toMatchObject({ status: 0 })
  })

  it('tell that nothing ran where there is no series at all', () => {
    const alert = 'DoraAcceptanceHasNotRun'
    const moments: Moment[] = [
      { at: '10m', alert, fires: [] },
      { at: '16m', alert, fires: [''] },
    ]
    expect(evaluate({ up: '1x30' }, moments)).toMatchObject({ status: 0 })
  })

  it('would be seen not to fire by this test', () => {
    const alert = 'DoraAcceptanceRejected'
    const { status, said } = evaluate(onceAtTheStart, [{ at: '10m', alert, fires: ['dora'] }])
    expect(status).toBe(1)
    expect(said).toContain('FAILED')
  })
})
