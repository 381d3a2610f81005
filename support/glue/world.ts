/**
 * What every step has as `this`. All that leaves a scenario passes here: attachments and errors are redacted, findings are
 * handed to the ledger, and a condition that is not met in a Given blocks its scenario instead of failing it.
 */
import { setDefaultTimeout, setDefinitionFunctionWrapper, setWorldConstructor, World } from '@cucumber/cucumber'
import { PickleStepType } from '@cucumber/messages'
import { within } from '../basis/eventually'
import { Blocked, findingMediaType, NotApplicable, notApplicableMediaType, Unmet } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import type { Picture } from '../platform/browser'
import type { Platform } from '../platform/platform'
import { redactedFinding } from '../run/redacted'
import { openArrangement, openPlatform, openSettings, witnessedBy } from '../run/session'
import type { Told } from '../stories/arrangement'
import type { Story } from '../stories/story'

/** Longer bodies say nothing more to a reader. */
const longestEvidence = 20_000

export class AcceptanceWorld extends World {
  /** Set by the hook before each step; Given, and And after Given, are of the type Context. */
  stepType: PickleStepType | undefined

  /** When the last operation of the Application was started, before this scenario started one. */
  operationBefore = ''

  /** What the scenario tells; set by a hook where it is tagged with a story. */
  story: Story | undefined

  constructor(options: ConstructorParameters<typeof World>[0]) {
    super(options)
    witnessedBy((asked, answer) => this.evidence(asked, answer))
  }

  /** Opened by the first step that looks at it, so that a dry run needs no cluster. */
  get platform(): Platform {
    return openPlatform()
  }

  /** What became of the scenario's story. */
  get told(): Told {
    if (!this.story) throw new Error('The scenario tells a story, but is not tagged @story.')
    return openArrangement().of(this.story)
  }

  /** Shows in the reports what was asked and what came back. */
  evidence(asked: string, answer: unknown): void {
    const isText = typeof answer === 'string'
    const whole = isText ? answer : JSON.stringify(redaction.redactForeignData(answer), null, 2)
    // Redacted before it is cut: half a secret would not be recognised.
    const text = isText ? redaction.redactForeignStart(whole, longestEvidence + 1) : whole
    const body =
      text.length > longestEvidence ? `${text.slice(0, longestEvidence)}\n… ${whole.length} characters in all` : text
    const mediaType = isText ? 'text/plain' : 'application/json'
    this.attach(body, { mediaType, fileName: redaction.redact(asked) })
  }

  /** Shows a page in the reports, unless it shows a secret: what is drawn cannot be redacted. */
  picture(name: string, picture: Picture | null): void {
    if (!picture) return
    const { png, text } = picture
    if (redaction.redactForeign(text) === text) this.attach(png, { mediaType: 'image/png', fileName: `${name}.png` })
    else this.evidence(`${name}: no picture`, 'The page shows a secret, so its picture is withheld.')
  }

  /** Tells the ledger why. For Cucumber the step is skipped, so that who runs it alone sees no failure either. */
  doesNotApply({ message }: NotApplicable): 'skipped' {
    this.attach(redaction.redact(message), { mediaType: notApplicableMediaType, fileName: 'reason' })
    return 'skipped'
  }

  /** Awaits what a step needs only as an instrument: a condition that is not met blocks the scenario, also in a When. */
  async asInstrument<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw blocking(error)
    }
  }

  /** Hands what was found to the ledger, and returns the error to throw. */
  leave(error: unknown): unknown {
    const leaving = this.stepType === PickleStepType.CONTEXT ? blocking(error) : error
    if (leaving instanceof Unmet || leaving instanceof Blocked) {
      const finding = redactedFinding(leaving.finding)
      // The message repeats what was found, which came from outside.
      const { found } = leaving.finding
      const shown = (text: string) => (found === '' ? text : text.replaceAll(found, () => finding.found))
      leaving.message = shown(leaving.message)
      leaving.stack = shown(leaving.stack ?? '')
      this.attach(JSON.stringify(finding), { mediaType: findingMediaType, fileName: 'finding' })
    }
    return leaving
  }
}

const blocking = (error: unknown) => (error instanceof Unmet ? new Blocked(error.finding) : error)

setWorldConstructor(AcceptanceWorld)

// Cucumber's own deadline would hide the reason of a wait that is longer, so each step gets one here that fits the
// configuration.
setDefaultTimeout(-1)

/** Beyond the longest wait that the configuration allows, a step hangs. */
const slackMs = 60_000

function longestStep(): number {
  // A story with late events waits for two collections.
  return 2 * Math.max(...Object.values(openSettings().configuration.deadlines)) + slackMs
}

setDefinitionFunctionWrapper(
  (code: (this: unknown, ...given: unknown[]) => unknown) =>
    async function (this: unknown, ...given: unknown[]) {
      try {
        const deadlineMs = longestStep()
        return await within(Promise.resolve(code.apply(this, given)), deadlineMs, () => hanging(deadlineMs))
      } catch (error) {
        if (this instanceof AcceptanceWorld && error instanceof NotApplicable) return this.doesNotApply(error)
        throw redaction.redactError(this instanceof AcceptanceWorld ? this.leave(error) : error)
      }
    },
)

const hanging = (deadlineMs: number) =>
  new Error(`The step did not end within ${Math.round(deadlineMs / 1000)} s: something in it has no deadline.`)
