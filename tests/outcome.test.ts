import { describe, expect, it } from 'vitest'
import { Outcome, type TestReport } from './outcome'

const file = (name: string, ...statuses: string[]): TestReport['testResults'][number] => ({
  name,
  message: '',
  assertionResults: statuses.map((status, index) => ({
    status,
    fullName: `test ${index}`,
    failureMessages: status === 'failed' ? ['AssertionError: expected 1 to be 2'] : [],
  })),
})

function outcome(...given: Parameters<Outcome['tests']>): Outcome {
  const made = new Outcome()
  made.tests(...given)
  return made
}

describe('the end of the tests', () => {
  it('counts what passed', () => {
    const made = outcome('unit', true, { testResults: [file('a.test.ts', 'passed', 'passed', 'skipped')] })
    made.pass()
    made.faults('Faults', true, { total: 2, killed: 2, survived: [] })
    expect([made.toString(), made.code]).toEqual(['5 passed, 0 failed', 0])
  })

  it('repeats each failure with its message', () => {
    const made = outcome('unit', false, { testResults: [file('a.test.ts', 'passed', 'failed'), file('b.test.ts')] })
    expect(made.toString()).toBe('✗ a.test.ts: test 1\nAssertionError: expected 1 to be 2\n\n1 passed, 1 failed')
    expect(made.code).toBe(1)
  })

  it('counts a file that cannot be loaded', () => {
    const made = outcome('unit', false, { testResults: [{ ...file('a.test.ts'), message: 'no module b' }] })
    expect(made.toString()).toBe('✗ a.test.ts\nno module b\n\n0 passed, 1 failed')
  })

  it('counts a stage that fails without a failed test, or has none', () => {
    const testResults = [file('a.test.ts', 'passed')]
    expect(outcome('unit', false, { testResults }).toString()).toContain('1 passed, 1 failed')
    expect(outcome('unit', true, { testResults: [] }).toString()).toContain('0 passed, 1 failed')
  })

  it('counts and names the faults that survive', () => {
    const made = new Outcome()
    made.faults('Faults', false, { total: 3, killed: 1, survived: ['a', 'b'], stopped: 'the sandbox is down' })
    expect(made.toString()).toContain('✗ Faults: b was not killed\nthe sandbox is down\n')
    expect(made.toString()).toContain('1 passed, 2 failed')
  })

  it('counts a matrix that fails although no fault survives, and one without faults', () => {
    for (const [ok, total] of [
      [false, 1],
      [true, 0],
    ] as const) {
      const made = new Outcome()
      made.faults('Faults', ok, { total, killed: total, survived: [] })
      expect(made.code).toBe(1)
    }
  })

  it('is a failure if nothing passed', () => {
    expect(new Outcome().code).toBe(1)
  })
})
