/**
 * Writes the steps of a scenario, whose texts hold no invisible characters, as steps of an Allure result, with their evidence as
 * attachments.
 */
import { Status } from 'allure-js-commons'
import type { ReporterRuntime } from 'allure-js-commons/sdk/reporter'
import { visible } from '../../basis/visible-text'
import type { Evidence, StepRun, StepStatus } from '../../record/scenario-run'

export function writeSteps(runtime: ReporterRuntime, test: string, steps: readonly StepRun[]): void {
  for (const step of steps) {
    const start = Date.parse(step.startedAt)
    const uuid = runtime.startStep(test, undefined, {
      name: `${step.keyword} ${step.text}`,
      status: allureStatus(step.status),
      statusDetails: step.message === null ? {} : { message: step.message },
      start,
    })
    if (uuid === undefined) throw new Error(`Allure's runtime refused the step "${step.text}".`)
    for (const evidence of step.evidence) attach(runtime, test, uuid, evidence)
    runtime.stopStep(uuid, { stop: start + step.durationMs })
  }
}

function allureStatus(status: StepStatus): Status {
  switch (status) {
    case 'passed':
      return Status.PASSED
    case 'failed':
      return Status.FAILED
    case 'skipped':
    case 'not applicable':
      return Status.SKIPPED
    case 'blocked':
    case 'error':
    case 'pending':
    case 'undefined':
    case 'ambiguous':
      return Status.BROKEN
  }
}

/** Media types that Allure may render. HTML and SVG from a cluster become plain text, because they could run scripts. */
const extensions: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'text/csv': '.csv',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
}

function attach(runtime: ReporterRuntime, test: string, step: string, evidence: Evidence): void {
  const contentType = evidence.mediaType in extensions ? evidence.mediaType : 'text/plain'
  const fileExtension = extensions[contentType] ?? '.txt'
  const content = contentOf(evidence, contentType)
  runtime.writeAttachment(test, step, evidence.name, content, { contentType, fileExtension, wrapInStep: false })
}

/** Anything but a picture is read as text, also where it came as bytes. */
function contentOf({ body, encoding }: Evidence, contentType: string): Buffer {
  if (encoding === 'text') return Buffer.from(body)
  const bytes = Buffer.from(body, 'base64')
  return contentType.startsWith('image/') ? bytes : Buffer.from(visible(bytes.toString('utf8')))
}
