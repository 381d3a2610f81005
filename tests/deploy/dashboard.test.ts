/** The dashboard of the runs asks Prometheus only for what a run exports. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseExposition } from '../../support/formats/exposition'
import { exportMetrics } from '../../support/report/metrics'
import { root } from '../fixtures/features'
import { metricRecords } from '../fixtures/measured'
import { temporaryDirectory } from '../fixtures/reports'
import { item, verdict } from '../fixtures/verdict'

const dashboard = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(JSON.parse(readFileSync(join(root, 'deploy/grafana/dora-acceptance.json'), 'utf8')))

/** What a run exports, by metric. */
async function exported(record: ReturnType<typeof verdict>) {
  const textfile = join(temporaryDirectory(), 'run.prom')
  expect(await exportMetrics({ verdict: record, collections: [] }, { textfile, pushgateway: undefined }, 1000)).toEqual(
    [],
  )
  return parseExposition(readFileSync(textfile, 'utf8'))
}

const accepted = verdict({
  items: [item({ id: '3.1' }), item({ id: '4.1', status: 'failed' })],
  metrics: metricRecords(),
})

describe('the dashboard', () => {
  it('has a panel for each metric with its values in all and by project', () => {
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    for (const { name } of metricRecords())
      expect(expressions.filter((one) => one.includes(`metric="${name}"`))).toHaveLength(2)
  })

  it.each(dashboard.panels)('asks only for what a run exports: $title', async ({ targets }) => {
    const metrics = await exported(accepted)
    for (const { expr } of targets) {
      const names = expr.match(/dora_acceptance_\w+/g) ?? []
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) {
        const labels = new Set(metrics.get(name)?.samples.flatMap((sample) => Object.keys(sample.labels)))
        const [, selector = ''] = /\{([^}]*)\}/.exec(expr) ?? []
        for (const [, label = ''] of selector.matchAll(/(\w+)(?:=~|=)/g))
          expect(labels, `${name} ${label}`).toContain(label)
      }
    }
  })
})

describe('the numbers of a run', () => {
  it('are those of its record', async () => {
    const metrics = await exported(accepted)
    const found = (name: string, wanted: Readonly<Record<string, string>>) =>
      metrics
        .get(`dora_acceptance_${name}`)
        ?.samples.filter(({ labels }) => Object.entries(wanted).every(([key, one]) => (labels[key] ?? '') === one))
        .map(({ value }) => value)
    expect(found('metric_value', { metric: 'lead time for changes', project: '' })).toEqual([135.5])
    expect(found('metric_value', { metric: 'lead time for changes', project: 'payments' })).toEqual([135.5])
    expect(found('metric_proven', { metric: 'time to restore' })).toEqual([1])
    expect(found('metric_surfaces', { metric: 'time to restore', outcome: 'agreeing' })).toEqual([6])
    expect(found('section_items', { section: '4', state: 'failed' })).toEqual([1])
    expect(found('causes', {})).toEqual([0])
  })

  it('are NaN where nothing was compared, so that no number of an earlier run stays', async () => {
    const metrics = await exported(
      verdict({
        verdict: 'blocked',
        metrics: metricRecords({ 'lead time': { status: 'blocked', reason: 'x', measured: null } }),
      }),
    )
    const values = metrics
      .get('dora_acceptance_metric_value')
      ?.samples.filter(({ labels }) => labels.metric === 'lead time for changes')
    expect(values?.map(({ labels, value }) => [labels.project, value])).toEqual([[undefined, Number.NaN]])
  })
})
