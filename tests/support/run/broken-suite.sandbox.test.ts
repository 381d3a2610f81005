/** Faults of the suite itself: however it is broken, no run ends green, and every report shows the error. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import type { Verdict } from '../../../support/record/verdict'
import { allureResultsIn, junitOf, signOffOf } from '../../fixtures/reports'
import { SuiteCopy } from '../../fixtures/suite-copy'

let environment: Record<string, string>
let suite: SuiteCopy
let reports: string

beforeAll(async () => {
  environment = await sandboxEnvironment()
  suite = new SuiteCopy()
  reports = mkdtempSync(join(tmpdir(), 'reports-'))
}, 60_000)

afterEach(() => suite.restore())

afterAll(() => {
  suite.remove()
  rmSync(reports, { recursive: true, force: true })
})

async function reported(given: readonly string[]) {
  const { exitCode, output } = await suite.run(environment, given, reports)
  const text = (file: string) => readFileSync(join(reports, file), 'utf8')
  return {
    exitCode,
    output,
    verdict: JSON.parse(text('verdict.json')) as Verdict,
    junit: junitOf(text('junit.xml')),
    allure: allureResultsIn(join(reports, 'allure-results')),
    page: signOffOf(text('sign-off.html')),
  }
}

const feature = 'features/03-pods.feature'
const steps = 'step-definitions/pods.ts'
const ready = 'await expectPodsReady(this.platform, component)'
const lastHook = 'AfterAll({'

interface Way {
  readonly title: string
  /** The file, the text to replace, and its replacement. */
  readonly edit?: readonly [path: string, what: string, by: string]
  /** A further edit, for what the command line refuses. */
  readonly also?: readonly [path: string, what: string, by: string]
  readonly given?: readonly string[]
  /** The items in error; empty where the run itself has a problem. */
  readonly items: readonly string[]
  readonly said: string
  /** The words on the terminal, if they differ from those in the reports. */
  readonly shown?: string
}

const ways: readonly Way[] = [
  {
    title: 'an undefined step',
    edit: [feature, 'Then the <component> pods are running', 'Then the <component> pots are running'],
    items: ['3.1'],
    said: 'is undefined',
  },
  { title: 'a pending step', edit: [steps, ready, "return 'pending'"], items: ['3.1'], said: 'is pending' },
  {
    title: 'a step that returns skipped',
    edit: [steps, ready, "return 'skipped'"],
    items: ['3.1'],
    said: 'was skipped although no step failed before it',
  },
  {
    title: 'a scenario that passes on a retry',
    edit: [
      steps,
      ready,
      `const tried = (globalThis as { tried?: boolean }).tried
      Object.assign(globalThis, { tried: true })
      if (!tried) throw new Error('not yet')`,
    ],
    also: ['cucumber.js', 'strict: true,', 'strict: true,\n    retry: 1,'],
    items: ['3.1'],
    said: 'The scenario passed only on attempt 2: a pass on a retry proves nothing.',
  },
  {
    title: 'a Before hook that throws',
    edit: ['support/glue/hooks.ts', lastHook, `Before(() => { throw new Error('Before broke.') })\n${lastHook}`],
    items: ['3.1', '3.2', '3.3'],
    said: 'A hook failed: Before broke.',
  },
  {
    title: 'an item without a scenario',
    edit: [feature, '@checklist:3.2\n', ''],
    items: ['3.2'],
    said: 'No scenario has the tag @checklist:3.2',
    shown: 'Checklist items have no scenario',
  },
  { title: 'a tag that matches nothing', given: ['--tags', '@nothing'], items: [], said: 'No scenario ran' },
  {
    title: 'a worker that dies',
    edit: [steps, ready, 'process.exit(0)'],
    given: ['--parallel', '2'],
    // Both workers die, and the scenarios that they had not begun never run.
    items: ['3.1', '3.2', '3.3'],
    said: 'exited unexpectedly',
  },
]

describe('the unchanged copy', () => {
  it('is accepted in every report, so that the errors below come from the faults', async () => {
    const { exitCode, verdict, junit, allure, page } = await reported([])
    expect({ exitCode, verdict: verdict.verdict, problems: verdict.problems }).toEqual({
      exitCode: 0,
      verdict: 'accepted',
      problems: [],
    })
    expect(new Set(junit.cases.map(({ outcome }) => outcome))).toEqual(new Set(['passed', 'skipped']))
    expect(new Set(allure.map(({ status }) => status))).toEqual(new Set(['passed', 'skipped']))
    expect(page.heading).toBe('accepted')
    expect(new Set(page.states.values())).toEqual(new Set(['passed', 'attested']))
  }, 120_000)
})

describe.each(ways)('$title', ({ edit, also, given = [], items, said, shown = said }) => {
  it('is an error on the terminal, in the record, in junit.xml, in Allure and on the sign-off page', async () => {
    if (edit) suite.edit(...edit)
    if (also) suite.edit(...also)
    const { exitCode, output, verdict, junit, allure, page } = await reported(given)

    expect(exitCode).toBe(3)
    expect(output).toMatch(/error/i)
    expect(output).toContain(shown)
    expect(output).not.toMatch(/^accepted/m)

    expect(verdict).toMatchObject({ verdict: 'error', exitCode: 3 })
    const inError = verdict.items.filter(({ status }) => status === 'error')
    expect(inError.map(({ id }) => id)).toEqual(items)
    expect(JSON.stringify([...inError.map(({ reason }) => reason), ...verdict.problems])).toContain(said)

    const errors = junit.cases.filter(({ outcome }) => outcome === 'error')
    expect(errors.length).toBeGreaterThanOrEqual(Math.max(items.length, 1))
    expect(errors.map(({ message }) => message).join('\n')).toContain(said)
    expect(Number(junit.totals.errors)).toBe(errors.length)

    const broken = allure.filter(({ status }) => status === 'broken')
    expect(broken.length).toBeGreaterThanOrEqual(Math.max(items.length, 1))
    expect(broken.map(({ statusDetails }) => statusDetails.message).join('\n')).toContain(said)

    expect(page.heading).toBe('error')
    for (const id of items) expect(page.states.get(id)).toBe('error')
    expect(page.page).toContain(said)
  }, 120_000)
})

describe('a directory of reports that cannot be written', () => {
  it('is an error on the terminal, and leaves no report that could be mistaken for one of this run', async () => {
    const file = join(reports, 'a-file')
    writeFileSync(file, 'in the way')
    const { exitCode, output } = await suite.run(environment, [], file)
    expect(exitCode).toBe(3)
    expect(output).toContain(`The reports could not be written to ${file}`)
    expect(readFileSync(file, 'utf8')).toBe('in the way')
    expect(readdirSync(reports).filter((name) => name.startsWith('a-file'))).toEqual(['a-file'])
  }, 120_000)
})
