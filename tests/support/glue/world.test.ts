/** The suite's World and hooks in the real Cucumber: the effect of an expectation on its scenario, and redaction. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { judge, root } from '../../fixtures/cucumber/judge'

const support = [
  join(root, '../../../support/glue/world.ts'),
  join(root, '../../../support/glue/hooks.ts'),
  join(root, 'steps/expectations.ts'),
]

beforeAll(() => {
  process.env.KUBECONFIG = join(root, 'kubeconfig.yaml')
  delete process.env.ACCEPTANCE_CONFIG
  delete process.env.ACCEPTANCE_CONTEXT
})

describe('an expectation that is not met', () => {
  it.each([
    ['in a Then', '@then', 'failed', 'rejected', 1],
    ['in a When', '@when', 'failed', 'rejected', 1],
    ['in an And after a Then', '@and-after-then', 'failed', 'rejected', 1],
    ['in a Given', '@given', 'blocked', 'blocked', 2],
    ['in an And after a Given', '@and-after-given', 'blocked', 'blocked', 2],
    ['in a When that needs it only as an instrument', '@instrument', 'blocked', 'blocked', 2],
  ] as const)('%s makes its scenario %s: %s', async (_, tag, status, verdict, exitCode) => {
    const judgement = await judge({ tag, support })
    expect(judgement).toMatchObject({ verdict, exitCode, problems: [] })
    expect(judgement.runs).toMatchObject([{ status, reason: 'The pod lake-0 is not ready.' }])
    expect(judgement.causes).toMatchObject([
      {
        summary: 'The pod lake-0 is not ready.',
        object: 'Pod fawkes/lake-0',
        remedy: ['kubectl --context nowhere get pods'],
        items: ['3.1'],
      },
    ])
  })
})

it('hands over all that a check found, each as a cause of its own', async () => {
  const { runs, causes } = await judge({ tag: '@several', support })
  expect(runs).toMatchObject([
    {
      status: 'failed',
      reason: 'The pod lake-0 is not ready.',
      finding: { object: 'Pod fawkes/lake-0' },
      further: [{ object: 'Pod fawkes/lake-1' }],
    },
  ])
  expect(causes.map(({ summary, items }) => [summary, items])).toEqual([
    ['The pod lake-0 is not ready.', ['3.1']],
    ['The pod lake-1 is not ready.', ['3.1']],
  ])
  expect(runs[0]?.steps.find(({ message }) => message)?.message).toContain('where:    Pod fawkes/lake-1')
  expect(JSON.stringify(runs)).not.toContain('p4ss')
})

it("explains nothing else if it is of a team's own check", async () => {
  const [own] = (await judge({ tag: '@own', support })).runs
  const [other] = (await judge({ tag: '@then', support })).runs
  expect(own?.finding).toMatchObject({ object: 'Pod fawkes/lake-0', explainsNothing: true })
  expect(other?.finding).not.toHaveProperty('explainsNothing')
})

describe('a check that could not run', () => {
  it('is blocked, also in a Then', async () => {
    const { verdict, exitCode, runs } = await judge({ tag: '@blocked', support })
    expect({ verdict, exitCode }).toEqual({ verdict: 'blocked', exitCode: 2 })
    expect(runs).toMatchObject([{ status: 'blocked', reason: 'The caller may not list pods.' }])
  })

  it('can be caused by a cluster that does not answer', async () => {
    const { exitCode, runs } = await judge({ tag: '@unreachable', support })
    expect(exitCode).toBe(2)
    expect(runs).toMatchObject([{ status: 'blocked', reason: 'The Kubernetes API server cannot be reached.' }])
  })
})

describe('an expectation without a counterpart in the flavour of the service', () => {
  it('is not applicable, also in a Given, and counts as not checked', async () => {
    const { runs, items, problems } = await judge({ tag: '@not-applicable', support })
    const state = { status: 'not applicable', reason: 'The service has no GraphQL.' }
    expect(runs).toMatchObject([{ ...state, finding: null }])
    expect(items.find(({ id }) => id === '3.1')).toMatchObject(state)
    expect(problems).toEqual(['No scenario that ran proves a checklist item, and a run without proof is not a pass.'])
  })
})

describe("an assertion that is not the suite's", () => {
  it('is an error of the suite, and its reason is one line', async () => {
    const { verdict, exitCode, runs } = await judge({ tag: '@node-assertion', support })
    expect({ verdict, exitCode }).toEqual({ verdict: 'error', exitCode: 3 })
    expect(runs[0]?.status).toBe('error')
    expect(runs[0]?.reason).toMatch(/^AssertionError: [^\n]+$/)
  })
})

describe('an invisible character', () => {
  it('leaves a scenario escaped, and differs from the escape typed as text', async () => {
    const { runs, messages } = await judge({ tag: '@hostile-text', support })
    const shown = 'typed \\u005cu202e, sent \\u202e'
    expect(runs).toMatchObject([{ status: 'failed', finding: { found: shown } }])
    expect(runs[0]?.steps.flatMap(({ evidence }) => evidence)).toMatchObject([{ name: 'GET \\u202e', body: shown }])
    expect(runs[0]?.steps.map(({ message }) => message).join()).toContain(`found:    ${shown}`)
    expect(JSON.stringify(messages)).not.toContain('\u202e')
  })
})

describe('a line break from outside', () => {
  it('does not cut the reason of the scenario', async () => {
    const { runs } = await judge({ tag: '@line-break', support })
    expect(runs).toMatchObject([{ status: 'failed', reason: 'The pod lake\\u000a0 is not ready.' }])
  })
})

describe('a secret', () => {
  it('never leaves a scenario, in any form', async () => {
    const { runs, messages } = await judge({ tag: '@secrets', support })
    expect(runs.map(({ name, status }) => [name.replace('A secret leaves by ', ''), status])).toEqual([
      ['the found value', 'failed'],
      ['an error', 'error'],
      ['a cause', 'error'],
      ['compared values', 'error'],
      ['thrown text', 'error'],
      ['evidence', 'passed'],
      ['a title of evidence', 'passed'],
      ['the kubeconfig', 'error'],
    ])
    // The sources of the features and the steps do not contain the secret, so it can only come from a scenario.
    const said = messages.map((message) => JSON.stringify(message)).join('\n')
    expect(said.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(9)
    for (const trace of ['p4ss', 'w0rd', 'cDRzcyJ3MHJkLys3', 'A0c3Midzcmd', 'kubeconfig-token'])
      expect(said).not.toContain(trace)
    expect(said).not.toContain(Buffer.from('root:p4ss"w0rd/+7').toString('base64'))
    expect(said).toContain('Authorization'.toLowerCase())
  })
})
