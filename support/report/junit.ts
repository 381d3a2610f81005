/**
 * reports/junit.xml: a suite per section of the checklist and a test case per item, for CI systems that display tests.
 * A test case passes only if its item passed. Waived and attested items are skipped, with a message that names the
 * person: no test proved them, so they must neither break a build nor look proven.
 * Follows junit-10.xsd of Jenkins' xUnit plugin, which most readers of the format understand.
 */
import { create } from 'xmlbuilder'
import { visibleData } from '../basis/visible-text'
import type { ScenarioRun } from '../record/scenario-run'
import type { ItemState, ScenarioStatus, Verdict } from '../record/verdict'
import { type ItemOutline, outlineOf, type ScenarioOutline } from './wording/outline'
import { describeCause, notesOf } from './wording/wording'

interface Case {
  readonly name: string
  readonly state: ItemState | ScenarioStatus
  readonly message: string
  readonly details: string
  readonly durationMs: number
  /** The feature file of its first scenario; null without one. */
  readonly file: string | null
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

export function renderJunit(verdict: Verdict, runs: readonly ScenarioRun[]): string {
  const outline = outlineOf(verdict, runs)
  const suites: readonly Suite[] = visibleData([
    { name: 'The run', cases: outline.problems.map((problem) => problemCase(problem, verdict)) },
    ...outline.sections.map(({ number, title, items }) => ({ name: `${number} ${title}`, cases: items.map(itemCase) })),
    { name: 'Scenarios outside the checklist', cases: outline.unlisted.map(scenarioCase) },
  ]).filter((suite) => suite.cases.length > 0)

  // All characters that XML forbids are invisible ones, which are escaped above.
  const options = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' }
  const all = totals(suites.flatMap((suite) => suite.cases))
  const root = create('testsuites', options).att({ name: 'Deployment checklist', ...all })
  for (const { name, cases } of suites) {
    const skipped = cases.filter((one) => elementOf(one.state) === 'skipped').length
    const timestamp = verdict.startedAt.slice(0, 19)
    const suite = root.ele('testsuite', { name, ...totals(cases), skipped, timestamp })
    const properties = suite.ele('properties')
    for (const [name, value] of Object.entries(visibleData(propertiesOf(verdict))))
      properties.ele('property', { name, value })
    for (const one of cases) {
      const file = one.file === null ? {} : { file: one.file }
      const testcase = suite.ele('testcase', {
        classname: name,
        name: one.name,
        time: seconds(one.durationMs),
        ...file,
      })
      const element = elementOf(one.state)
      if (element !== null) testcase.ele(element, { type: one.state, message: one.message }, one.details)
      else if (one.details !== '') testcase.ele('system-out', {}, one.details)
    }
  }
  return root.end({ pretty: true })
}

/** The run behind each suite: a reader may show one suite alone. */
const propertiesOf = ({ verdict, suite, scope, platform }: Verdict) => ({
  verdict,
  commit: suite.commit ?? 'unknown',
  contract: scope.contract,
  environment: `${platform.context ?? 'unknown'}/${platform.namespace}`,
  ...(platform.environment ? { stage: platform.environment } : {}),
  ...(ciAddress() === null ? {} : { link: ciAddress() ?? '' }),
})

/** The page of the CI system about this job; null outside of one. */
function ciAddress(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { CI_JOB_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, BUILD_URL } = environment
  if (GITHUB_RUN_ID) return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
  return CI_JOB_URL || BUILD_URL || null
}

/** The XML element for the state of a test case; null for a pass. */
function elementOf(state: ItemState | ScenarioStatus): 'failure' | 'error' | 'skipped' | null {
  switch (state) {
    case 'failed':
      return 'failure'
    case 'blocked':
    case 'error':
      return 'error'
    case 'not run':
    case 'not applicable':
    case 'waived':
    case 'attested':
      return 'skipped'
    case 'passed':
      return null
  }
}

function problemCase(problem: string, { verdict }: Verdict): Case {
  const state = verdict === 'blocked' ? 'blocked' : 'error'
  return { name: problem, state, message: problem, details: `Verdict: ${verdict}`, durationMs: 0, file: null }
}

function itemCase({ record, scenarios, causes, durationMs }: ItemOutline): Case {
  const details = [
    ...notesOf(record),
    ...causes.flatMap(describeCause),
    ...scenarios.map((scenario) => `${scenario.status}: ${scenario.name} (${scenario.uri}:${scenario.line})`),
  ].join('\n')
  const message = `${record.status}: ${record.reason ?? 'no reason was recorded'}`
  const file = scenarios[0]?.uri ?? null
  return { name: `${record.id} ${record.text}`, state: record.status, message, details, durationMs, file }
}

function scenarioCase({ name, uri, line, status, run, durationMs }: ScenarioOutline): Case {
  const message = `${status}: ${run?.reason ?? 'no reason was recorded'}`
  return { name, state: status, message, details: `${uri}:${line}`, durationMs, file: uri }
}

function totals(cases: readonly Case[]) {
  const number = (element: ReturnType<typeof elementOf>) =>
    cases.filter((one) => elementOf(one.state) === element).length
  return {
    tests: cases.length,
    failures: number('failure'),
    errors: number('error'),
    time: seconds(cases.reduce((sum, one) => sum + one.durationMs, 0)),
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}
