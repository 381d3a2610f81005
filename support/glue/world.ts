/**
 * The World: `this` in every step. Everything that leaves a scenario passes through it: attachments and errors are redacted
 * and their invisible characters escaped, findings are handed to the ledger, and an unmet condition in a Given blocks its
 * scenario instead of failing it.
 */

import { inspect } from 'node:util'
import { setDefaultTimeout, setDefinitionFunctionWrapper, setWorldConstructor, World } from '@cucumber/cucumber'
import { PickleStepType } from '@cucumber/messages'
import { command } from '../basis/command'
import { within } from '../basis/eventually'
import {
  Blocked,
  type Circumstances,
  findingMediaType,
  NotApplicable,
  notApplicableMediaType,
  Unmet,
} from '../basis/expectation'
import type { Finding } from '../basis/finding'
import { redaction } from '../basis/redaction'
import { recorded, recordedData, recordedError, visibleData } from '../basis/visible-text'
import type { Metric } from '../checks/numbers/metric'
import type { NumbersProof } from '../checks/numbers/numbers-proof'
import { type FourMetric, isFourMetric, measuredMediaType } from '../dora/measured'
import type { Picture } from '../platform/picture'
import type { Platform } from '../platform/platform'
import { redactedFinding } from '../run/redacted'
import { openArrangement, openNumbers, openPlatform, openSettings, witnessedBy } from '../run/session'
import type { Told } from '../stories/arrangement'
import type { Story } from '../stories/story'
import { shownAnswer } from './evidence'

export class AcceptanceWorld extends World {
  /** Set by the hook before each step; Given, and And after Given, are of the type Context. */
  stepType: PickleStepType | undefined

  /** The item of a team's own that the scenario proves; undefined in a scenario of the suite. */
  ownItem: string | undefined

  /** Start time of the Application's last operation before this scenario started one. */
  operationBefore = ''

  /** The story of the scenario; a hook sets it where the scenario is tagged @story. */
  story: Story | undefined

  constructor(options: ConstructorParameters<typeof World>[0]) {
    super(options)
    witnessedBy((asked, answer) => this.evidence(asked, answer))
  }

  /** Opened by the first step that uses it, so that a dry run needs no cluster. */
  get platform(): Platform {
    return openPlatform()
  }

  /** The proof of the numbers that the configured flavour of the service needs. */
  get numbers(): NumbersProof {
    return openNumbers()
  }

  /** The outcome of the scenario's story. */
  get told(): Told {
    if (!this.story) throw new Error('The scenario uses a story, but is not tagged @story.')
    return openArrangement().of(this.story)
  }

  /** The failure of a team's own check, to throw. In a Given it blocks the scenario. Remedies are built by {@link command}. */
  unmet(circumstances: Circumstances): Unmet {
    return new Unmet(circumstances)
  }

  /** The reason why a team's own check could not be made, to throw. */
  blocked(circumstances: Circumstances): Blocked {
    return new Blocked(circumstances)
  }

  /** A line of a remedy of a team's own check: a template whose values are quoted for a shell. */
  readonly command = command

  /** Attaches a request and its answer for the reports. */
  evidence(asked: string, answer: unknown): void {
    const { body, mediaType } = shownAnswer(answer)
    this.attach(body, { mediaType, fileName: recorded(redaction.redact(asked)) })
  }

  /** Attaches a picture of a page, unless the page contains a secret or parts that nobody can judge: it cannot be redacted. */
  picture(name: string, picture: Picture | null): void {
    if (!picture) return
    const { png, text, covered, unjudged } = picture
    const showsSecret = redaction.redactForeign(text) !== text
    if (showsSecret || unjudged !== null) {
      const reason = showsSecret ? 'the page contains a secret' : unjudged
      this.evidence(`${name}: no picture`, `The picture of the page is withheld: ${reason}.`)
      return
    }
    this.attach(png, { mediaType: 'image/png', fileName: `${name}.png` })
    if (covered.length > 0)
      this.evidence(
        `${name}: parts that the picture leaves out`,
        `These parts are invisible in the picture, because what they show cannot be searched for secrets: ${covered.join(', ')}.`,
      )
  }

  /**
   * Awaits the check of a metric, and attaches the numbers that it compared, whatever its outcome. Where nothing could be
   * compared there are no numbers.
   */
  async withNumbers(metric: Metric, check: Promise<string>): Promise<string> {
    try {
      return await check
    } finally {
      if (isFourMetric(metric)) await this.attachNumbers(metric)
    }
  }

  private async attachNumbers(metric: FourMetric): Promise<void> {
    try {
      const numbers = recordedData(redaction.redactData(await this.numbers.measured(metric)))
      this.attach(JSON.stringify(numbers), { mediaType: measuredMediaType, fileName: 'numbers' })
    } catch (error) {
      if (!(error instanceof Unmet || error instanceof Blocked || error instanceof NotApplicable)) throw error
    }
  }

  /** Hands the reason to the ledger. For Cucumber the step is skipped, so that Cucumber alone shows no failure either. */
  doesNotApply({ message }: NotApplicable): 'skipped' {
    this.attach(recorded(redaction.redact(message)), { mediaType: notApplicableMediaType, fileName: 'reason' })
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

  /** Hands the findings to the ledger, and returns the error to throw. */
  leave(thrown: unknown): unknown {
    const error = this.ownItem === undefined ? thrown : asUnmet(thrown, this.ownItem)
    const leaving = this.stepType === PickleStepType.CONTEXT ? blocking(error) : error
    if (leaving instanceof Unmet || leaving instanceof Blocked)
      for (const finding of [leaving.finding, ...leaving.further]) this.hand(finding, leaving)
    return leaving
  }

  private hand(whole: Finding, error: Error): void {
    const finding = redactedFinding(whole)
    // A team's own rule, such as one for labels, says nothing about what works.
    const explainsNothing = this.ownItem === undefined ? {} : { explainsNothing: true }
    // The message repeats what was found, which came from outside.
    const shown = (text: string) => (whole.found === '' ? text : text.replaceAll(whole.found, () => finding.found))
    error.message = shown(error.message)
    error.stack = shown(error.stack ?? '')
    // A backslash in a command belongs to its quoting.
    const entered = { ...recordedData(finding), ...explainsNothing, remedy: visibleData(finding.remedy) }
    this.attach(JSON.stringify(entered), { mediaType: findingMediaType, fileName: 'finding' })
  }
}

/** A failed assertion of a team's own check: its message is the finding. Anything else stays an error. */
function asUnmet(error: unknown, item: string): unknown {
  if (error instanceof Unmet || !(error instanceof Error) || error.name !== 'AssertionError') return error
  const { message, expected, actual } = error as Error & { expected?: unknown; actual?: unknown }
  return new Unmet({
    summary: message.split('\n', 1)[0] ?? message,
    object: `the team's own check ${item}`,
    expected: expected === undefined ? 'a check that holds' : inspect(expected),
    found: actual === undefined ? message : inspect(actual),
    remedy: [command`npx dora-acceptance run ${item}`],
  })
}

const blocking = (error: unknown) => (error instanceof Unmet ? new Blocked(error.finding, error.further) : error)

setWorldConstructor(AcceptanceWorld)

// Cucumber's own deadline would hide the reason when a longer wait fails, so each step gets a deadline that fits the
// configuration.
setDefaultTimeout(-1)

/** Added to the longest wait that the configuration allows. A step that takes longer counts as hanging. */
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
        throw recordedError(redaction.redactError(this instanceof AcceptanceWorld ? this.leave(error) : error))
      }
    },
)

const hanging = (deadlineMs: number) =>
  new Error(`The step did not end within ${Math.round(deadlineMs / 1000)} s: a part of it has no deadline of its own.`)
