/**
 * Each way in which a scenario can fail or break, in the real Cucumber, compared side by side in verdict.json, junit.xml,
 * the sign-off page and the rendered Allure HTML. Successive runs share one directory, as real runs do.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Checklist } from '../../../support/basis/checklist'
import { judge } from '../../../support/judgement/judge'
import { problemsOfRun } from '../../../support/record/messages'
import type { Verdict } from '../../../support/record/verdict'
import { renderAllureHtml } from '../../../support/report/allure/html'
import { removeReports } from '../../../support/report/earlier-reports'
import { writeReports } from '../../../support/report/write'
import { root, run, type Way } from '../../fixtures/cucumber/judge'
import { junitOf, signOffOf, temporaryDirectory } from '../../fixtures/reports'
import { judged, verdict } from '../../fixtures/verdict'

const testCase = z.object({ name: z.string(), status: z.string(), statusMessage: z.string().default('') })
const summary = z.object({ statistic: z.record(z.string(), z.number()) })
const reports = temporaryDirectory()

/** All reports of a run, parsed. */
interface Shown {
  readonly record: Verdict
  readonly junit: ReturnType<typeof junitOf>
  readonly page: ReturnType<typeof signOffOf>
  readonly allure: readonly z.infer<typeof testCase>[]
  readonly statistic: Readonly<Record<string, number>>
  /** Number of runs in Allure's trend. */
  readonly trend: number
}

/** Runs scenarios of the fixtures, each with an item of its own, and writes and parses every report. */
async function reported(way: Way): Promise<Shown> {
  const record = await run(way)
  const ran = record.runs()
  const names = [...new Set(ran.map(({ name }) => name))]
  const runs = ran.map((one) => ({ ...one, items: [`3.${names.indexOf(one.name) + 1}`] }))
  const checklist: Checklist = {
    sections: [{ id: '3', title: 'Pods' }],
    items: names.map((name, index) => ({ id: `3.${index + 1}`, section: '3', how: 'automated', text: name })),
    troubleshooting: [],
    rollback: [],
    sha256: '',
  }
  const facts = { ...judged(verdict(), runs).facts, problems: problemsOfRun(record.messages) }
  await removeReports(reports)
  writeReports(reports, { verdict: judge(checklist, facts, runs), facts, runs, messages: record.messages })
  await renderAllureHtml(reports)
  const text = (...path: string[]) => readFileSync(join(reports, ...path), 'utf8')
  const allure = readdirSync(join(reports, 'allure', 'data', 'test-cases'))
  return {
    record: JSON.parse(text('verdict.json')),
    junit: junitOf(text('junit.xml')),
    page: signOffOf(text('sign-off.html')),
    allure: allure.map((name) => testCase.parse(JSON.parse(text('allure', 'data', 'test-cases', name)))),
    statistic: summary.parse(JSON.parse(text('allure', 'widgets', 'summary.json'))).statistic,
    trend: z.array(z.unknown()).parse(JSON.parse(text('allure', 'widgets', 'history-trend.json'))).length,
  }
}

const own = (path: string) => join(root, '../../../support', path)
const support = [
  own('glue/world.ts'),
  own('glue/hooks.ts'),
  join(root, 'steps/expectations.ts'),
  join(root, 'steps/ways.cjs'),
]

const failed = { state: 'failed', junit: 'failure', allure: 'failed' } as const
const broken = { state: 'error', junit: 'error', allure: 'broken' } as const
const passed = { state: 'passed', junit: 'passed', allure: 'passed' } as const

/** Scenarios that do not affect each other, so they share a run. */
const ways = [
  { name: 'It passes', tag: '@passes', ...passed, said: '' },
  { name: 'In a Then', tag: '@then', ...failed, said: 'The pod lake-0 is not ready.' },
  { name: 'A step is undefined', tag: '@undefined', ...broken, said: 'is undefined' },
  { name: 'A step is ambiguous', tag: '@ambiguous', ...broken, said: 'is ambiguous' },
  { name: 'A step is pending', tag: '@pending', ...broken, said: 'is pending' },
  { name: 'A step is skipped', tag: '@skipped', ...broken, said: 'was skipped although no step failed before it' },
  { name: 'A Before hook throws', tag: '@before-throws', ...broken, said: 'A hook failed: Before broke.' },
  { name: 'An After hook throws', tag: '@after-throws', ...broken, said: 'A hook failed: After broke.' },
  { name: 'A step passes on the second attempt', tag: '@retried', ...broken, said: 'a pass on a retry proves nothing' },
]

beforeAll(() => {
  process.env.KUBECONFIG = join(root, 'kubeconfig.yaml')
  delete process.env.ACCEPTANCE_CONFIG
  delete process.env.ACCEPTANCE_CONTEXT
})

describe('side by side', () => {
  describe('scenarios that fail or break on their own', () => {
    let shown: Shown
    beforeAll(async () => {
      const tag = ways.map((way) => way.tag).join(' or ')
      shown = await reported({ tag, support, options: { retry: 1, retryTagFilter: '@retried' } })
    }, 60_000)

    it.each(ways)('$name', ({ name, state, junit, allure, said }) => {
      const item = shown.record.items.find(({ text }) => text === name)
      expect(item?.status).toBe(state)
      expect(item?.reason ?? '').toContain(said)
      const testcase = shown.junit.cases.find((one) => one.name === `${item?.id} ${name}`)
      expect(testcase?.outcome).toBe(junit)
      expect(testcase?.message ?? '').toContain(said)
      expect(shown.page.states.get(item?.id ?? '')).toBe(state)
      expect(shown.page.page.replaceAll('&quot;', '"')).toContain(said)
      const results = shown.allure.filter((one) => one.name === name)
      expect(results.map(({ status }) => status)).toEqual([allure])
      expect(results[0]?.statusMessage).toContain(said)
    })

    it('are counted alike in all reports, and each shows the verdict', () => {
      expect(shown.record).toMatchObject({ verdict: 'error', counts: { passed: 1, failed: 1, error: 7 } })
      expect(shown.junit.totals).toMatchObject({ tests: '9', failures: '1', errors: '7' })
      expect(shown.statistic).toMatchObject({ passed: 1, failed: 1, broken: 7, skipped: 0, total: 9 })
      expect(shown.page.heading).toBe('error')
      expect(shown.trend).toBe(1)
    })
  })

  it.each([
    ['a BeforeAll hook throws', { tag: '@passes', hooks: 'steps/before-all-throws.cjs' }, 'BeforeAll broke.', 2],
    ['a worker exits during a scenario', { tag: '@worker-exits', options: { parallel: 2 } }, 'exited unexpectedly', 3],
  ] satisfies [string, Way, string, number][])(
    'when %s, all reports say so, and none is greener than the record',
    async (_, way, said, trend) => {
      const shown = await reported(way)
      expect(shown.record).toMatchObject({ verdict: 'error', exitCode: 3 })
      expect(shown.record.problems.join('\n')).toContain(said)
      expect(shown.junit.cases).toContainEqual(
        expect.objectContaining({ suite: 'The run', outcome: 'error', message: expect.stringContaining(said) }),
      )
      expect(shown.page.heading).toBe('error')
      expect(shown.page.page).toContain(said)
      expect(shown.allure).toContainEqual(
        expect.objectContaining({ status: 'broken', statusMessage: expect.stringContaining(said) }),
      )
      for (const { id, status } of shown.record.items) {
        expect(shown.junit.cases.find(({ name }) => name?.startsWith(`${id} `))?.outcome === 'passed').toBe(
          status === 'passed',
        )
        expect(shown.page.states.get(id)).toBe(status)
      }
      expect(shown.statistic.passed).toBe(shown.record.counts.passed)
      expect(shown.trend).toBe(trend)
    },
    60_000,
  )
})
