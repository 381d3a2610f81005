/**
 * Derives the result of each scenario from Cucumber's messages. Cucumber counts a skipped step, a pass on a retry and a
 * run without scenarios as a success, so its own notion of success is not used.
 */
import {
  AttachmentContentEncoding,
  type Envelope,
  type Pickle,
  type TestCase,
  type TestStep,
  type TestStepFinished,
  TestStepResultStatus,
  TimeConversion,
} from '@cucumber/messages'
import { Query } from '@cucumber/query'
import { checklistIds } from '../basis/checklist'
import { findingMediaType, notApplicableMediaType } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import { visibleInOneLine } from '../basis/visible-text'
import { type MeasuredMetric, measuredMediaType } from '../dora/measured'
import type { Evidence, ScenarioRun, StepRun, StepStatus } from './scenario-run'
import type { ScenarioStatus } from './verdict'

interface Outcome {
  readonly status: ScenarioStatus
  readonly reason: string | null
}

/** Collects Cucumber's messages as they arrive, and returns the results so far at any time. */
export class RunRecord {
  private readonly query = new Query()
  private readonly received: Envelope[] = []

  /** Adds an envelope. Returns the scenario that it finished, if it finished one. */
  receive(envelope: Envelope): ScenarioRun | undefined {
    this.received.push(envelope)
    this.query.update(envelope)
    const { testCaseFinished } = envelope
    if (!testCaseFinished || testCaseFinished.willBeRetried) return undefined
    const testCase = this.query.findTestCaseBy(testCaseFinished)
    return testCase && this.runOf(testCase, this.query.findTestCaseStartedBy(testCaseFinished), false)
  }

  /** Returns the name of the scenario that an envelope starts, if it starts one. */
  nameBegunBy({ testCaseStarted }: Envelope): string | undefined {
    return testCaseStarted && this.query.findPickleBy(testCaseStarted)?.name
  }

  /** All envelopes so far, in order of arrival. */
  get messages(): readonly Envelope[] {
    return this.received
  }

  /**
   * Returns the results of all selected scenarios.
   * @param interrupted true if somebody stopped the run; then a scenario that did not start is "not run" rather than an error
   */
  runs(interrupted = false): ScenarioRun[] {
    const starts = new Map(this.query.findAllTestCaseStarted().map((started) => [started.testCaseId, started]))
    return this.received
      .flatMap(({ testCase }) => (testCase ? [testCase] : []))
      .flatMap((testCase) => this.runOf(testCase, starts.get(testCase.id), interrupted) ?? [])
  }

  private runOf(testCase: TestCase, started: Start | undefined, interrupted: boolean): ScenarioRun | undefined {
    const pickle = this.query.findAllPickles().find(({ id }) => id === testCase.pickleId)
    return pickle && scenarioRun(this.query, pickle, testCase, started, interrupted)
  }
}

/** Returns the problems outside any scenario, one sentence each: a feature that does not parse, a failed hook of the run. */
export function problemsOfRun(messages: readonly Envelope[]): string[] {
  return messages.flatMap(({ parseError, testRunHookFinished, testRunFinished }) => {
    if (parseError) return [`${parseError.source.uri} cannot be parsed: ${firstLine(parseError.message)}`]
    if (testRunHookFinished && testRunHookFinished.result.status !== TestStepResultStatus.PASSED)
      return [
        `A BeforeAll or AfterAll hook failed: ${firstLine(testRunHookFinished.result.exception?.message ?? 'unknown')}`,
      ]
    if (testRunFinished?.exception)
      return [`The run itself failed: ${firstLine(testRunFinished.exception.message ?? 'unknown')}`]
    return []
  })
}

type Start = ReturnType<Query['findAllTestCaseStarted']>[number]

function scenarioRun(
  query: Query,
  pickle: Pickle,
  testCase: TestCase,
  started: Start | undefined,
  interrupted: boolean,
): ScenarioRun {
  const lineage = query.findLineageBy(pickle)
  const finished = started && query.findTestCaseFinishedBy(started)
  const steps = started ? stepRuns(query, pickle, testCase, started) : []
  const duration = started && query.findTestCaseDurationBy(started)
  const tags = pickle.tags.map(({ name }) => name)
  const [finding = null, ...further] = findingsOf(query, started)
  return {
    name: pickle.name,
    description: lineage?.scenario?.description.trim() ?? '',
    feature: lineage?.feature?.name ?? '',
    rule: lineage?.rule?.name ?? null,
    uri: pickle.uri,
    line: query.findLocationOf(pickle)?.line ?? 0,
    tags,
    items: checklistIds(tags),
    ...explained(outcome(steps, testCase.testSteps.length, started, finished !== undefined, interrupted), finding),
    finding,
    ...(further.length > 0 ? { further } : {}),
    measured: measuredBy(query, started),
    attempts: (started?.attempt ?? -1) + 1,
    startedAt: started ? iso(started.timestamp) : '',
    durationMs: duration ? TimeConversion.durationToMilliseconds(duration) : 0,
    steps,
  }
}

/** The result of a scenario. The worst step decides, and a scenario that neither failed nor ran completely is an error. */
function outcome(
  steps: readonly StepRun[],
  planned: number,
  started: Start | undefined,
  finished: boolean,
  interrupted: boolean,
): Outcome {
  if (!started)
    return interrupted
      ? { status: 'not run', reason: 'The run ended before this scenario started.' }
      : {
          status: 'error',
          reason: 'The scenario was selected but never started: the run ended early, or its worker died.',
        }
  const first = (status: StepStatus) => steps.find((step) => step.status === status)
  for (const status of ['error', 'undefined', 'ambiguous', 'pending'] as const) {
    const step = first(status)
    if (step) return { status: 'error', reason: firstLine(step.message ?? `The step "${step.text}" is ${status}.`) }
  }
  if (!finished)
    return interrupted
      ? { status: 'not run', reason: 'The run ended during this scenario.' }
      : { status: 'error', reason: 'The scenario started but never finished: its worker died.' }
  for (const status of ['failed', 'blocked', 'not applicable'] as const) {
    const step = first(status)
    if (step) return { status, reason: firstLine(step.message ?? `The step "${step.text}" ${status}.`) }
  }
  const skipped = first('skipped')
  if (skipped)
    return { status: 'error', reason: `The step "${skipped.text}" was skipped although no step failed before it.` }
  if (steps.length < planned)
    return {
      status: 'error',
      reason: `Only ${steps.length} of the scenario's ${planned} steps and hooks have a result.`,
    }
  if (started.attempt > 0)
    return {
      status: 'error',
      reason: `The scenario passed only on attempt ${started.attempt + 1}: a pass on a retry proves nothing.`,
    }
  if (!steps.some(({ keyword }) => keyword !== 'Before' && keyword !== 'After'))
    return { status: 'error', reason: 'The scenario has no steps, so it proves nothing.' }
  return { status: 'passed', reason: null }
}

/** The summary of the finding as the reason: a line break in it may come from outside, and must not cut it. */
function explained(outcome: Outcome, finding: Finding | null): Outcome {
  const isFound = outcome.status === 'failed' || outcome.status === 'blocked'
  return finding && isFound ? { ...outcome, reason: visibleInOneLine(finding.summary) } : outcome
}

function stepRuns(query: Query, pickle: Pickle, testCase: TestCase, started: Start): StepRun[] {
  const finished = new Map(query.findTestStepsFinishedBy(started).map((step) => [step.testStepId, step]))
  const begun = new Map(query.findTestStepsStartedBy(started).map((step) => [step.testStepId, step]))
  const firstStep = testCase.testSteps.findIndex(({ pickleStepId }) => pickleStepId !== undefined)
  return testCase.testSteps.flatMap((testStep, index) => {
    const end = finished.get(testStep.id)
    if (!end) return []
    const at = begun.get(testStep.id)
    const inapplicable = query.findAttachmentsBy(end).find(({ mediaType }) => mediaType === notApplicableMediaType)
    const { status, message } = statusOf(end, testStep, inapplicable?.body)
    return [
      {
        ...labelOf(query, pickle, testStep, index < firstStep),
        status,
        startedAt: at ? iso(at.timestamp) : '',
        durationMs: TimeConversion.durationToMilliseconds(end.testStepResult.duration),
        message,
        evidence: evidenceOf(query, end),
      },
    ]
  })
}

function labelOf(query: Query, pickle: Pickle, testStep: TestStep, before: boolean) {
  if (testStep.hookId)
    return { keyword: before ? 'Before' : 'After', text: query.findHookBy(testStep)?.name ?? 'scenario hook' }
  const pickleStep = pickle.steps.find(({ id }) => id === testStep.pickleStepId)
  const keyword = (pickleStep && query.findStepBy(pickleStep)?.keyword.trim()) ?? ''
  return { keyword, text: pickleStep?.text ?? '' }
}

/** @param inapplicable the reason why the scenario does not apply, as attached by the suite's World */
function statusOf(
  end: TestStepFinished,
  testStep: TestStep,
  inapplicable: string | undefined,
): { status: StepStatus; message: string | null } {
  const { status, exception, message } = end.testStepResult
  const text = exception?.message ?? message ?? null
  switch (status) {
    case TestStepResultStatus.PASSED:
      return { status: 'passed', message: null }
    case TestStepResultStatus.FAILED:
      // Hooks check nothing, so anything they throw is an error of the suite.
      if (testStep.hookId) return { status: 'error', message: `A hook failed: ${text ?? 'unknown'}` }
      if (exception?.type === 'Unmet') return { status: 'failed', message: text }
      if (exception?.type === 'Blocked') return { status: 'blocked', message: text }
      return { status: 'error', message: `${exception?.type ?? 'Error'}: ${text ?? 'unknown'}` }
    case TestStepResultStatus.SKIPPED:
      return inapplicable === undefined
        ? { status: 'skipped', message: null }
        : { status: 'not applicable', message: inapplicable }
    case TestStepResultStatus.PENDING:
      return { status: 'pending', message: null }
    case TestStepResultStatus.UNDEFINED:
      return { status: 'undefined', message: null }
    case TestStepResultStatus.AMBIGUOUS:
      return { status: 'ambiguous', message: null }
    case TestStepResultStatus.UNKNOWN:
      return { status: 'error', message: 'Cucumber reported an unknown result for this step.' }
  }
}

/** Attachments for the ledger, which are no evidence for a reader. */
const mediaTypesOfSuite: ReadonlySet<string> = new Set([findingMediaType, notApplicableMediaType, measuredMediaType])

function evidenceOf(query: Query, end: TestStepFinished): Evidence[] {
  return query
    .findAttachmentsBy(end)
    .filter(({ mediaType }) => !mediaTypesOfSuite.has(mediaType))
    .map((attachment) => ({
      name: attachment.fileName ?? attachment.mediaType,
      mediaType: attachment.mediaType,
      body: attachment.body,
      encoding: attachment.contentEncoding === AttachmentContentEncoding.BASE64 ? 'base64' : 'text',
    }))
}

/** The findings of the first step that has any: those after it are skipped, except for hooks. */
function findingsOf(query: Query, started: Start | undefined): Finding[] {
  if (!started) return []
  for (const end of query.findTestStepsFinishedBy(started)) {
    const attached = query.findAttachmentsBy(end).filter(({ mediaType }) => mediaType === findingMediaType)
    // Written by the suite's own World (support/glue/world.ts), so they need no parsing.
    if (attached.length > 0) return attached.map(({ body }) => JSON.parse(body) as Finding)
  }
  return []
}

/** Written by the suite's own World, as a finding is. */
function measuredBy(query: Query, started: Start | undefined): MeasuredMetric[] {
  if (!started) return []
  return query
    .findTestStepsFinishedBy(started)
    .flatMap((end) => query.findAttachmentsBy(end))
    .filter(({ mediaType }) => mediaType === measuredMediaType)
    .map(({ body }) => JSON.parse(body) as MeasuredMetric)
}

const iso = (timestamp: { seconds: number; nanos: number }) =>
  new Date(TimeConversion.timestampToMillisecondsSinceEpoch(timestamp)).toISOString()

const firstLine = (text: string) => text.split('\n', 1)[0] ?? ''
