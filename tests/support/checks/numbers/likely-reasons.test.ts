/** Why the numbers of a project are wrong: series that are missing go before definitions that yield the same numbers. */
import { expect, it } from 'vitest'
import { likelyReasons } from '../../../../support/checks/numbers/likely-reasons'
import { type AnswerDifference, settingsWindow } from '../../../../support/checks/numbers/surface-comparison'
import type { Quantity } from '../../../../support/dora/metrics'
import { readPrometheus } from '../../../../support/service/surface-readings'
import { answeringPlatform } from '../../../fixtures/answering-platform'

const platform = answeringPlatform({
  samples: [{ name: 'dora_deployment_frequency_total', labels: { project: 'checkout' }, value: 4 }],
})

/** The reasons of numbers in Prometheus, which has the deployments of checkout only, and whose events are none. */
async function reasonsOf(...quantities: readonly Quantity[]) {
  const answer = { surface: { name: 'Prometheus' }, length: null, ...(await readPrometheus(platform, 'checkout')) }
  const all = quantities.map(
    (quantity) => ({ answer, end: 0, difference: { quantity, expected: 6, found: 0 } }) as unknown as AnswerDifference,
  )
  const question = { project: 'checkout', windows: [], severities: null, frequencyEnvironment: 'production', now: 0 }
  const events = { deployments: [], incidents: [], builds: [] }
  const likely = await likelyReasons(platform, () => question, all, events)
  return all.map((one) => likely.get(one))
}

it('numbers of missing series are wrong because the series are missing', async () => {
  const ofMetric = (metric: string) => [`the project has no series of ${metric}`]
  expect(await reasonsOf('all-time resolved incidents', 'all-time lead times')).toEqual([
    ofMetric('dora_mttr_seconds'),
    ofMetric('dora_lead_time_seconds'),
  ])
})

it('numbers of missing series may have the reason of another wrong number', async () => {
  const [ofIncidents] = await reasonsOf('all-time resolved incidents', 'all-time deployments')
  expect(ofIncidents?.join()).not.toContain('no series')
})

it('a range of another length than the settings define is that of another window, whatever its numbers are', async () => {
  const end = Date.parse('2026-12-01T00:00:00Z')
  const covered = { start: end - 30 * 864e5, end }
  const answer = { surface: { name: 'REST' }, length: 4, label: settingsWindow, covered, reading: {} }
  const difference = { quantity: 'time range', expected: '60 days', found: '30 days' }
  const one = { answer, end, difference } as unknown as AnswerDifference
  const question = { project: 'checkout', windows: [], severities: null, frequencyEnvironment: 'production', now: end }
  const likely = await likelyReasons(platform, () => question, [one], { deployments: [], incidents: [], builds: [] })
  expect(likely.get(one)).toEqual(['a window of 30 days is used instead of the one in the settings'])
})
