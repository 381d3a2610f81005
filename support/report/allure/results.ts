/**
 * reports/allure-results: one Allure result for each scenario that ran, and one for each item and each problem that no
 * scenario shows. They are built from the record rather than by Allure's formatter for Cucumber, which shows undefined
 * steps and failing hooks as passed: no result here is greener than the verdict.
 * "failed" means that the platform does not meet the item. "broken" means that the item could not be checked, or that the
 * suite broke. "passed" means that scenarios checked it, or that the item is derived from items that passed.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Label, LabelName, type Link, type Stage, Status, type TestResult } from 'allure-js-commons'
import type { ExecutorInfo } from 'allure-js-commons/sdk'
import { ReporterRuntime } from 'allure-js-commons/sdk/reporter'
import { visibleData, visibleJson } from '../../basis/visible-text'
import type { ScenarioRun } from '../../record/scenario-run'
import { type ItemState, type ScenarioStatus, type Verdict, type VerdictName, worstFirst } from '../../record/verdict'
import { html } from '../wording/html'
import { type ItemOutline, keyOf, outlineOf, statusOf, worst } from '../wording/outline'
import { instant } from '../wording/wording'
import { categoriesOf, messageOf } from './categories'
import { labelsOf, linksOf, type Place, severityOf } from './labels'
import { writeSteps } from './steps'
import { UnflushedWriter } from './writer'

const project = 'dora-acceptance'
const finished = 'finished' as Stage

/** Writes the results into a directory, which is created if it is missing. Existing files stay. */
export function writeAllureResults(directory: string, record: Verdict, scenarios: readonly ScenarioRun[]): void {
  // The categories find the results by their messages, so all texts are escaped before either is made.
  const verdict = visibleData(record)
  const runs = visibleData(scenarios)
  const outline = outlineOf(verdict, runs)
  const runtime = new ReporterRuntime({
    writer: new UnflushedWriter(directory),
    environmentInfo: environmentOf(verdict),
    categories: categoriesOf(verdict),
  })
  runtime.writeEnvironmentInfo()
  runtime.writeCategoriesDefinitions()
  writeFileSync(join(directory, 'executor.json'), visibleJson(executorOf(verdict)))

  const items = outline.sections.flatMap((section) => section.items.map((item) => ({ section, item })))
  const places = new Map<string, Place[]>()
  for (const place of items) {
    for (const scenario of place.item.scenarios) {
      const key = keyOf(scenario)
      places.set(key, [...(places.get(key) ?? []), place])
    }
  }
  const identity = identifiers(runs)
  const shown = new Map<string, ScenarioStatus>()
  for (const run of runs) {
    const at = places.get(keyOf(run)) ?? []
    const statuses = at.flatMap(({ item }) => item.scenarios.filter((one) => keyOf(one) === keyOf(run)))
    const status = statuses.reduce((sofar, one) => worst(sofar, one.status), statusOf(run))
    shown.set(keyOf(run), status)
    // A scenario that never began has no start time, but Allure orders by time.
    const startedAt = run.startedAt || verdict.finishedAt
    writeScenario(runtime, { ...run, startedAt }, status, at, identity(run))
  }
  for (const place of items) {
    if (!isShown(place.item, shown)) writeItem(runtime, place, verdict)
  }
  for (const problem of outline.problems) writeProblem(runtime, problem, verdict)
}

/** Returns true if one of the item's scenarios already shows a state at least as bad as the item's. */
function isShown({ record, scenarios }: ItemOutline, shown: ReadonlyMap<string, ScenarioStatus>): boolean {
  return scenarios.some((scenario) => {
    const status = shown.get(keyOf(scenario))
    return status !== undefined && worstFirst(record.status, status) >= 0
  })
}

function writeScenario(
  runtime: ReporterRuntime,
  run: ScenarioRun,
  status: ScenarioStatus,
  places: readonly Place[],
  historyId: string,
): void {
  const causes = places.flatMap(({ item }) =>
    item.scenarios.flatMap((one) => (keyOf(one) === keyOf(run) && one.cause !== null ? [one.cause] : [])),
  )
  const waived = places.map(({ item }) => item.record).filter((record) => record.status === 'waived')
  const reason =
    run.attempts > 1 ? `The scenario took ${run.attempts} attempts. ${run.reason ?? ''}`.trim() : run.reason
  write(
    runtime,
    {
      name: run.name,
      fullName: `${run.uri}:${run.line} ${run.name}`,
      historyId,
      testCaseId: historyId,
      descriptionHtml: html`<p>${run.description}</p>`.markup,
      labels: [
        ...labelsOf(places, run),
        { name: LabelName.SEVERITY, value: severityOf(places, run) },
        ...run.tags.map((tag) => ({ name: LabelName.TAG, value: tag.replace(/^@/, '') })),
      ],
      links: places.flatMap(({ item }) => linksOf(item.record)),
      status: allureStatus(status),
      statusDetails: status === 'passed' ? {} : detailsOf(run, messageOf(status, reason, causes, waived)),
      start: Date.parse(run.startedAt),
    },
    run.durationMs,
    (uuid) => writeSteps(runtime, uuid, run.steps),
  )
}

function detailsOf({ finding }: ScenarioRun, message: string): TestResult['statusDetails'] {
  return finding === null ? { message } : { message, expected: finding.expected, actual: finding.found }
}

function writeItem(runtime: ReporterRuntime, place: Place, verdict: Verdict): void {
  const { record, causes } = place.item
  const message = messageOf(record.status, record.reason, causes, [record])
  writeStatement(runtime, verdict, {
    name: `${record.id} ${record.text}`,
    identity: ['item', record.id],
    labels: [...labelsOf([place]), { name: LabelName.SEVERITY, value: severityOf([place]) }],
    links: linksOf(record),
    status: allureStatus(record.status),
    message: record.status === 'passed' ? null : message,
  })
}

function writeProblem(runtime: ReporterRuntime, problem: string, verdict: Verdict): void {
  writeStatement(runtime, verdict, {
    name: problem,
    identity: ['problem', problem],
    labels: [...labelsOf([]), { name: LabelName.SEVERITY, value: 'blocker' }],
    links: [],
    status: Status.BROKEN,
    message: messageOf(verdict.verdict === 'blocked' ? 'blocked' : 'error', problem, [], []),
  })
}

interface Statement {
  readonly name: string
  readonly identity: readonly string[]
  readonly labels: readonly Label[]
  readonly links: readonly Link[]
  readonly status: Status
  readonly message: string | null
}

/** Writes a result without steps, which repeats what the record says, dated when the run finished. */
function writeStatement(runtime: ReporterRuntime, verdict: Verdict, statement: Statement): void {
  const id = hash(statement.identity)
  write(
    runtime,
    {
      name: statement.name,
      fullName: statement.identity.join(' '),
      historyId: id,
      testCaseId: id,
      labels: [...statement.labels],
      links: [...statement.links],
      status: statement.status,
      statusDetails: statement.message === null ? {} : { message: statement.message },
      start: Date.parse(verdict.finishedAt),
    },
    0,
    () => undefined,
  )
}

function write(
  runtime: ReporterRuntime,
  result: Partial<TestResult> & { readonly start: number },
  durationMs: number,
  fill: (uuid: string) => void,
): void {
  const uuid = runtime.startTest({ ...result, stage: finished })
  fill(uuid)
  runtime.stopTest(uuid, { stop: result.start + durationMs })
  runtime.writeTest(uuid)
}

/** Maps a state to Allure's status. */
function allureStatus(state: ItemState | ScenarioStatus): Status {
  switch (state) {
    case 'passed':
      return Status.PASSED
    case 'failed':
      return Status.FAILED
    case 'blocked':
    case 'error':
      return Status.BROKEN
    case 'waived':
    case 'attested':
    case 'not run':
    case 'not applicable':
      return Status.SKIPPED
  }
}

/**
 * Ids by which Allure finds a scenario in earlier reports. Rows of a scenario outline that share a name are distinguished
 * by the values in their steps rather than by line, because lines move.
 */
function identifiers(runs: readonly ScenarioRun[]): (run: ScenarioRun) => string {
  const nameOf = ({ uri, rule, name }: ScenarioRun) => [project, uri, rule ?? '', name]
  const byName = Map.groupBy(runs, (run) => hash(nameOf(run)))
  return (run) => {
    const id = hash(nameOf(run))
    const twins = byName.get(id) ?? []
    if (twins.length <= 1) return id
    const values = (one: ScenarioRun) => one.steps.map((step) => step.text)
    const equal = twins.filter((twin) => hash(values(twin)) === hash(values(run)))
    return hash([...nameOf(run), ...values(run), String(equal.indexOf(run))])
  }
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

export const titleOf = (verdict: VerdictName) => `Deployment checklist: ${verdict}`

/** The number of a run on the trend's axis, which shows at most six digits: a date is easier to read than a count. */
export const buildOrderOf = (finishedAt: string) => Number(finishedAt.slice(2, 10).replaceAll('-', ''))

/** The title of the report, and the label of the run in the trend. */
function executorOf({ verdict, finishedAt }: Verdict): ExecutorInfo {
  return {
    name: project,
    type: 'cucumber',
    buildOrder: buildOrderOf(finishedAt),
    buildName: `${instant(finishedAt)}: ${verdict}`,
    reportName: titleOf(verdict),
  }
}

function environmentOf({ platform, scope, suite, verdict, digest }: Verdict): Record<string, string> {
  const images = platform.images.map((image, index) => [`Image ${index + 1}`, image])
  const routes = platform.routes.map(({ part, route }) => [`Route to ${part}`, route])
  return {
    Verdict: verdict,
    Digest: digest,
    ...(platform.environment ? { Environment: platform.environment } : {}),
    Cluster: platform.server ?? 'unknown',
    Context: platform.context ?? 'none',
    Namespace: platform.namespace,
    Kubernetes: platform.kubernetesVersion ?? 'unknown',
    Contract: scope.contract,
    Scope: scope.writes ? 'read and write' : 'read-only',
    Filter: scope.filter ?? 'none',
    Suite: `${suite.version} ${suite.commit ?? ''}`.trim(),
    ...Object.fromEntries([...images, ...routes]),
  }
}
