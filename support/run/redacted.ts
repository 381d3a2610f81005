/** What leaves a run, without secrets: only the parts that came from outside are touched, never the suite's own vocabulary. */
import { type Attachment, AttachmentContentEncoding, type Envelope, type TestStepResult } from '@cucumber/messages'
import { findingMediaType } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import { redaction } from '../basis/redaction'
import { recordedData } from '../basis/visible-text'
import { measuredMediaType } from '../dora/measured'
import { RunRecord } from '../record/messages'
import type { RunFacts } from '../record/run-facts'

/** Characters of each text of a finding. Whatever is found at greater length is in the evidence as far as it helps. */
const longestText = 20_000

/** A finding, of which `found` came from outside, also where its other texts repeat it. */
export function redactedFinding(finding: Finding): Finding {
  const found = shortened(redaction.redactForeignStart(finding.found, longestText + 1), finding.found.length)
  const masked = (text: string) => (found === finding.found ? text : text.replaceAll(finding.found, () => found))
  const own = (text: string) => {
    const whole = redaction.redact(masked(text))
    return shortened(whole, whole.length)
  }
  const { found: _, summary, object, expected, ...others } = finding
  return {
    summary: own(summary),
    object: own(object),
    expected: own(expected),
    found,
    ...redaction.redactData(others),
  }
}

const shortened = (text: string, length: number): string =>
  text.length > longestText ? `${text.slice(0, longestText).toWellFormed()}… (${length} characters in total)` : text

/**
 * The facts of a run as the record holds them. Scenarios, ids, times and counts are the suite's own and stay as they are. Invisible
 * characters are escaped after the redaction, which would not recognise an escaped secret.
 */
export function redactedRunFacts(facts: RunFacts): RunFacts {
  const {
    scope,
    platform,
    suite,
    notApplicable,
    waivers,
    attestations,
    problems,
    halted,
    collected,
    leftBehind,
    configuration,
  } = facts
  const shown = (text: string) => redaction.redact(text)
  return {
    ...facts,
    run: facts.run && shown(facts.run),
    scope: { ...scope, filter: scope.filter === null ? null : shown(scope.filter) },
    platform: recordedData(redaction.redactData(platform)),
    collected: recordedData(collected),
    // Secrets that were read after the configuration may be in it too.
    configuration: redaction.redactData(configuration),
    // Its environment is that of the runner.
    suite: redaction.redactData(suite),
    notApplicable: redaction.redactData(notApplicable),
    waivers: waivers.map(({ owner, reason, ...waiver }) => ({ ...waiver, owner: shown(owner), reason: shown(reason) })),
    attestations: attestations.map(({ by, evidence, ...attestation }) => ({
      ...attestation,
      by: shown(by),
      evidence: shown(evidence),
    })),
    problems: problems.map(shown),
    halted: halted && redactedFinding(halted),
    leftBehind: recordedData(leftBehind.map(shown)),
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

/**
 * The record of a run without the secrets that became known after a scenario had shown them, such as the token of a connection in
 * an earlier log line. Pictures stay: their texts are searched when they are taken.
 * @param known the number of secrets that were known before the first scenario
 */
export function withoutLaterSecrets(record: RunRecord, known: number): RunRecord {
  if (redaction.size === known) return record
  const redacted = new RunRecord()
  for (const envelope of record.messages) redacted.receive(redactedAgain(envelope))
  return redacted
}

function redactedAgain(envelope: Envelope): Envelope {
  const { attachment, testStepFinished } = envelope
  if (attachment?.contentEncoding === AttachmentContentEncoding.IDENTITY)
    return { ...envelope, attachment: { ...attachment, body: redactedBody(attachment) } }
  if (!testStepFinished) return envelope
  const testStepResult = withRedactedErrors(testStepFinished.testStepResult, ownText)
  return { ...envelope, testStepFinished: { ...testStepFinished, testStepResult } }
}

function redactedBody({ mediaType, body }: Attachment): string {
  if (mediaType === findingMediaType) return JSON.stringify(redactedFinding(JSON.parse(body) as Finding))
  if (mediaType === measuredMediaType) return JSON.stringify(redaction.redactData(JSON.parse(body)))
  // Short and ordinary words are masked in text from outside alone: the names in JSON and the reasons are of programs.
  return mediaType === 'text/plain' ? redaction.redactForeign(body) : ownText(body)
}

const ownText = (text: string) => redaction.redact(text)

const redactedResult = (result: TestStepResult): TestStepResult => withRedactedErrors(result)

/** The type of an exception is the suite's own word: the judgement reads it. */
function withRedactedErrors<T extends Pick<TestStepResult, 'message' | 'exception'>>(
  result: T,
  shown = (text: string) => redaction.redactForeign(text),
): T {
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
