/** Every way in which a scenario can fail or break, in the real Cucumber: none is a pass, and none exits with 0. */
import { describe, expect, it } from 'vitest'
import { RunRecord } from '../../../support/record/messages'
import { judge, type Way } from '../../fixtures/cucumber/judge'

interface Wrong extends Way {
  readonly title: string
  readonly reason: string | RegExp | null
  readonly problem?: RegExp
}

const ways: readonly Wrong[] = [
  { title: 'an undefined step', tag: '@undefined', reason: 'The step "a step without a definition" is undefined.' },
  {
    title: 'an ambiguous step',
    tag: '@ambiguous',
    reason: 'The step "a step that two definitions match" is ambiguous.',
  },
  { title: 'a pending step', tag: '@pending', reason: 'The step "a step that returns pending" is pending.' },
  {
    title: 'a pending step with Cucumber not in strict mode',
    tag: '@pending',
    options: { strict: false },
    reason: 'The step "a step that returns pending" is pending.',
  },
  {
    title: 'a skipped step',
    tag: '@skipped',
    reason: 'The step "a step that returns skipped" was skipped although no step failed before it.',
  },
  {
    title: 'a skipped step before one that would fail',
    tag: '@skipped-first',
    reason: 'The step "a step that returns skipped" was skipped although no step failed before it.',
  },
  { title: 'a step that throws', tag: '@throws', reason: 'TypeError: It broke.' },
  { title: 'a step that throws text', tag: '@throws-string', reason: /Just text\./ },
  { title: 'a step that throws undefined', tag: '@throws-undefined', reason: /./ },
  { title: 'a step that rejects with null', tag: '@rejects-null', reason: /./ },
  { title: 'a step that throws an object', tag: '@throws-object', reason: /./ },
  { title: "a step that fails an assertion that is not the suite's", tag: '@assertion', reason: /One is not two\./ },
  { title: 'a step that never ends', tag: '@times-out', reason: /timed out/ },
  {
    title: 'a scenario that passes on a retry',
    tag: '@retried',
    options: { retry: 1 },
    reason: 'The scenario passed only on attempt 2: a pass on a retry proves nothing.',
  },
  { title: 'a Before hook that throws', tag: '@before-throws', reason: 'A hook failed: Before broke.' },
  { title: 'a Before hook that skips', tag: '@before-skips', reason: /was skipped although no step failed before it/ },
  { title: 'an After hook that throws', tag: '@after-throws', reason: 'A hook failed: After broke.' },
  { title: 'an After hook that throws undefined', tag: '@after-throws-undefined', reason: 'A hook failed: undefined' },
  { title: 'a BeforeStep hook that throws', tag: '@before-step-throws', reason: /BeforeStep broke\./ },
  { title: 'an AfterStep hook that throws', tag: '@after-step-throws', reason: /AfterStep broke\./ },
  { title: 'a step and an After hook that throw', tag: '@fails-after-hook-throws', reason: /broke\./ },
  { title: 'a scenario without steps', tag: '@no-steps', reason: /no steps|required, but it did not run/ },
  { title: 'a dry run', tag: '@passes', options: { dryRun: true }, reason: /was skipped although no step failed/ },
  {
    title: 'a BeforeAll hook that throws',
    tag: '@passes',
    hooks: 'steps/before-all-throws.cjs',
    reason: null,
    problem: /A BeforeAll or AfterAll hook failed: BeforeAll broke\./,
  },
  {
    title: 'an AfterAll hook that throws',
    tag: '@passes',
    hooks: 'steps/after-all-throws.cjs',
    reason: null,
    problem: /A BeforeAll or AfterAll hook failed: AfterAll broke\./,
  },
  {
    title: 'an AfterAll hook that throws undefined',
    tag: '@passes',
    hooks: 'steps/after-all-throws-undefined.cjs',
    reason: null,
    problem: /A BeforeAll or AfterAll hook failed: undefined/,
  },
  {
    title: 'a BeforeAll hook that throws in a worker',
    tag: '@passes',
    hooks: 'steps/before-all-throws.cjs',
    options: { parallel: 2 },
    reason: null,
    problem: /BeforeAll broke\./,
  },
  {
    title: 'an AfterAll hook that throws in a worker',
    tag: '@passes',
    hooks: 'steps/after-all-throws.cjs',
    options: { parallel: 2 },
    reason: null,
    problem: /AfterAll broke\./,
  },
  {
    title: 'a worker that exits during a scenario',
    tag: '@worker-exits',
    options: { parallel: 2 },
    reason: null,
    problem: /exited unexpectedly/,
  },
  {
    title: 'a feature that does not parse',
    tag: '@checklist:3.1',
    folder: 'unparsable',
    reason: null,
    problem: /^unparsable\/unparsable\.feature cannot be parsed: /,
  },
  { title: 'a tag that matches nothing', tag: '@nothing', reason: null, problem: /^No scenario ran/ },
]

describe('never passes:', () => {
  it.each(ways)('$title', async (way) => {
    const { items, verdict, exitCode, runs, problems } = await judge(way)
    expect({ verdict, exitCode }).toEqual({ verdict: 'error', exitCode: 3 })
    if (way.problem) expect(problems).toContainEqual(expect.stringMatching(way.problem))
    else {
      expect(runs.map(({ status }) => status)).toEqual(['error'])
      expect(runs[0]?.reason).toEqual(
        typeof way.reason === 'string' ? way.reason : expect.stringMatching(way.reason ?? ''),
      )
      expect(items[0]).toMatchObject({ status: 'error', reason: runs[0]?.reason })
    }
  })

  it('a scenario that --fail-fast skips', async () => {
    const { runs, exitCode } = await judge({ tag: '@fail-fast', options: { failFast: true } })
    expect(runs.map(({ name, status }) => [name, status])).toEqual([
      ['The first fails', 'error'],
      ['The second no longer runs', 'error'],
    ])
    expect(exitCode).toBe(3)
  })

  it('a required scenario that a name filter excludes', async () => {
    const { items, exitCode } = await judge({ tag: '@outline', name: 'for one' })
    expect(items[0]).toMatchObject({
      status: 'error',
      reason: 'The scenario "It passes for two" is required, but it did not run.',
    })
    expect(exitCode).toBe(3)
  })
})

describe('incomplete messages', () => {
  it.each(['testStepFinished', 'testCaseFinished', 'testCase'] as const)(
    'without one %s yield no pass',
    async (kind) => {
      const { messages } = await judge({ tag: '@passes' })
      const positions = messages.flatMap((message, index) => (message[kind] ? [index] : []))
      expect(positions.length).toBeGreaterThan(0)
      for (const dropped of positions) {
        const record = new RunRecord()
        messages.forEach((message, index) => {
          if (index !== dropped) record.receive(message)
        })
        expect(record.runs().filter(({ status }) => status === 'passed')).toEqual([])
      }
    },
  )
})

describe('passes:', () => {
  it('a scenario whose steps all pass, alone or in a worker', async () => {
    for (const options of [{}, { parallel: 2 }]) {
      const { items, verdict, exitCode, runs } = await judge({ tag: '@passes', options })
      expect(runs.map(({ name, status, attempts }) => ({ name, status, attempts }))).toEqual([
        { name: 'It passes', status: 'passed', attempts: 1 },
      ])
      expect(items).toMatchObject([{ status: 'passed', reason: null }])
      expect({ verdict, exitCode }).toEqual({ verdict: 'accepted', exitCode: 0 })
    }
  })

  it('a scenario outline, each row of which is a scenario with its own line', async () => {
    const { items, exitCode } = await judge({ tag: '@outline' })
    expect(items[0]?.scenarios.map(({ name, status }) => [name, status])).toEqual([
      ['It passes for one', 'passed'],
      ['It passes for two', 'passed'],
    ])
    expect(exitCode).toBe(0)
  })
})
