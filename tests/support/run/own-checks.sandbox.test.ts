/** A team's own checks on the sandbox, by the command line, from a folder that knows no packages. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite, type SuiteRun } from '../../../faults/runs/suite'
import { loadChecklist } from '../../../support/basis/checklist'
import { contradictionsIn } from '../../../support/judgement/consistency'
import { type Files, writeFiles } from '../../fixtures/own-checks'

let directory: string
let environment: Record<string, string>
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'own-checks-'))
  environment = await sandboxEnvironment()
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const list = `features: features
steps: steps
sections:
  - id: 100
    title: Rules of the payments team
    items:
      - { id: 100.1, how: automated, text: The lake pods run }
      - { id: 100.2, how: automated, text: Every lake pod names its team }
      - { id: 100.3, how: automated, text: The lake runs twice }
      - { id: 100.4, how: automated, text: The team is known }
      - { id: 100.5, how: automated, text: The steps are sound }
      - { id: 100.7, how: mutating, text: The lake can be scaled }
      - { id: 100.8, how: attested, text: The team has read the runbook }
`

const feature = `Feature: Rules of the payments team

  @checklist:100.1
  Scenario: The lake pods run
    Then the lake pods are running and ready

  @checklist:100.2
  Scenario: Every lake pod names its team
    Then each lake pod has the label "team"

  @checklist:100.3
  Scenario: The lake runs twice
    Then the lake has 2 pods

  @checklist:100.4
  Scenario: The team is known
    Given each lake pod has the label "team"
    Then the lake pods are running and ready

  @checklist:100.5
  Scenario: The steps are sound
    Then the step breaks

  @checklist:100.7 @writes
  Scenario: The lake can be scaled
    Then the step breaks
`

const steps = `const assert = require('node:assert')
const { Then } = require('@cucumber/cucumber')

const pods = ({ kubernetes, configuration }) => kubernetes.pods(configuration.components.lake.labels)

Then('each lake pod has the label {string}', async function (label) {
  const pod = (await pods(this.platform)).find(({ metadata }) => metadata.labels?.[label] === undefined)
  if (pod === undefined) return
  const { namespace, name } = pod.metadata
  throw this.unmet({
    summary: 'Pod ' + name + ' names no team',
    object: 'Pod ' + namespace + '/' + name,
    expected: 'the label ' + label,
    found: 'none',
    remedy: [this.command\`kubectl get pod -n \${namespace} \${name} --show-labels\`],
  })
})

Then('the lake has {int} pods', async function (count) {
  assert.equal((await pods(this.platform)).length, count, 'The lake runs too few pods')
})

Then('the step breaks', function () {
  throw new TypeError('a mistake in the step')
})
`

const files: Files = { 'checks.yaml': list, 'features/team.feature': feature, 'steps/team.js': steps }

/** Runs the suite with the sandbox's configuration and a list of own checks. */
async function runWith(own: Files, words: readonly string[]): Promise<SuiteRun> {
  rmSync(join(directory, 'steps'), { recursive: true, force: true })
  const sandbox = readFileSync(environment.ACCEPTANCE_CONFIG ?? '', 'utf8')
  writeFiles(directory, { ...own, 'acceptance.yaml': `${sandbox}\nchecklist: [checks.yaml]\n` })
  const ACCEPTANCE_CONFIG = join(directory, 'acceptance.yaml')
  return runSuite({ ...environment, ACCEPTANCE_CONFIG, ACCEPTANCE_READ_ONLY: '1' }, words, join(directory, 'reports'))
}

describe('own checks', () => {
  let run: SuiteRun
  beforeAll(async () => {
    run = await runWith(files, ['100'])
  })

  it('are judged by the rules of the checklist', () => {
    const own = run.verdict.items.filter(({ section }) => section === '100')
    expect(Object.fromEntries(own.map(({ id, status }) => [id, status]))).toEqual({
      '100.1': 'passed',
      '100.2': 'failed',
      '100.3': 'failed',
      '100.4': 'blocked',
      '100.5': 'error',
      '100.7': 'not run',
      '100.8': 'not run',
    })
    expect(run.exitCode).toBe(3)
  })

  it('name their causes, with the command in the context of the run', () => {
    expect(run.verdict.causes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          object: 'Pod fawkes/devlake-lake-0',
          items: ['100.2', '100.4'],
          remedy: ['kubectl --context sandbox get pod -n fawkes devlake-lake-0 --show-labels'],
        }),
        expect.objectContaining({ summary: 'The lake runs too few pods', expected: '2', found: '1', items: ['100.3'] }),
        expect.objectContaining({ summary: 'TypeError: a mistake in the step', items: ['100.5'] }),
      ]),
    )
  })

  it('stand in the record and on the page, which do not need their files', () => {
    expect(run.verdict.ownChecks).toMatchObject({ sections: [{ id: '100', title: 'Rules of the payments team' }] })
    expect(contradictionsIn(run.verdict, loadChecklist())).toEqual([])
    expect(readFileSync(join(directory, 'reports', 'sign-off.html'), 'utf8')).toContain('Rules of the payments team')
  })

  it('are run again with --only-failed', async () => {
    const again = await runWith(files, ['--only-failed'])
    expect(again.verdict.scope.filter).toBe(
      '(@checklist:100.2 or @checklist:100.3 or @checklist:100.4 or @checklist:100.5)',
    )
    expect(again.verdict.counts).toMatchObject({ failed: 2, blocked: 1, error: 1, passed: 0 })
  })

  it.each([
    ['a mistake in their syntax', 'Then(', /steps\/team\.js, with steps of your own, cannot be loaded: /],
    [
      'a package that is missing',
      "require('left-pad')",
      /steps\/team\.js, with steps of your own, cannot be loaded: Cannot find module 'left-pad'/,
    ],
  ])('are an error of the configuration with %s', async (_, code, message) => {
    const broken = await runWith({ ...files, 'steps/team.js': code }, ['100.1'])
    expect(broken.verdict).toMatchObject({ verdict: 'error', exitCode: 3 })
    expect(broken.verdict.problems).toEqual([expect.stringMatching(message)])
  })
})
