/** What leaves a run, without secrets: only the parts that came from outside are touched, never the suite's own vocabulary. */
import type { Envelope, TestStepResult } from '@cucumber/messages'
import type { Finding } from '../basis/finding'
import { redaction } from '../basis/redaction'
import type { RunFacts } from '../record/run-facts'

/** A finding, of which `found` came from outside. */
export function redactedFinding(finding: Finding): Finding {
  return { ...redaction.redactData(finding), found: redaction.redactForeign(finding.found) }
}

/** The facts of a run. Scenarios, ids, times and counts are the suite's own and stay as they are. */
export function redactedRunFacts(facts: RunFacts): RunFacts {
  const { scope, platform, notApplicable, waivers, attestations, problems, halted, leftBehind, configuration } = facts
  const shown = (text: string) => redaction.redact(text)
  return {
    ...facts,
    run: facts.run && shown(facts.run),
    scope: { ...scope, filter: scope.filter === null ? null : shown(scope.filter) },
    platform: redaction.redactData(platform),
    // Secrets that were read after the configuration may be in it too.
    configuration: redaction.redactData(configuration),
    notApplicable: redaction.redactData(notApplicable),
    waivers: waivers.map(({ owner, reason, ...waiver }) => ({ ...waiver, owner: shown(owner), reason: shown(reason) })),
    attestations: attestations.map(({ by, evidence, ...attestation }) => ({
      ...attestation,
      by: shown(by),
      evidence: shown(evidence),
    })),
    problems: problems.map(shown),
    halted: halted && redactedFinding(halted),
    leftBehind: leftBehind.map(shown),
  }
}

/**
 * A message of Cucumber. The World redacts what scenarios attach and throw; hooks of the whole run, and Cucumber itself, do
 * not pass it.
 */
export function redactedEnvelope(envelope: Envelope): Envelope {
  const { testRunHookFinished, testRunFinished } = envelope
  if (testRunHookFinished)
    return {
      ...envelope,
      testRunHookFinished: { ...testRunHookFinished, result: redactedResult(testRunHookFinished.result) },
    }
  if (testRunFinished) return { ...envelope, testRunFinished: withRedactedErrors(testRunFinished) }
  return envelope
}

const redactedResult = (result: TestStepResult): TestStepResult => withRedactedErrors(result)

/** The type of an exception is the suite's own word: the judgement reads it. */
function withRedactedErrors<T extends Pick<TestStepResult, 'message' | 'exception'>>(result: T): T {
  const shown = (text: string) => redaction.redactForeign(text)
  const { message, exception } = result
  return {
    ...result,
    ...(message === undefined ? {} : { message: shown(message) }),
    ...(exception === undefined
      ? {}
      : {
          exception: {
            ...exception,
            ...(exception.message === undefined ? {} : { message: shown(exception.message) }),
            ...(exception.stackTrace === undefined ? {} : { stackTrace: shown(exception.stackTrace) }),
          },
        }),
  }
}
