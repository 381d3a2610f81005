/** Terminal output: progress during the run, and the verdict at its end. */
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { redaction } from '../basis/redaction'
import type { ScenarioRun } from '../record/scenario-run'
import { type ItemState, itemStates, type ScenarioStatus, type Verdict } from '../record/verdict'
import { commandsOf } from './wording/wording'

const marks: Record<ScenarioStatus, { mark: string; style: Parameters<typeof styleText>[0] }> = {
  passed: { mark: '✓', style: 'green' },
  failed: { mark: '✗', style: 'red' },
  blocked: { mark: '◌', style: 'yellow' },
  error: { mark: '!', style: 'magenta' },
  'not run': { mark: '-', style: 'gray' },
  'not applicable': { mark: '-', style: 'gray' },
}

export class Progress {
  private done = 0
  private readonly live: boolean

  constructor(
    private readonly stream: WriteStream,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.live = stream.isTTY === true && !environment.CI
  }

  say(text: string): void {
    this.clearLine()
    this.stream.write(`${redaction.redact(text)}\n`)
  }

  warn(text: string): void {
    this.say(this.styled('yellow', `! ${text}`))
  }

  begun(name: string): void {
    if (this.live) this.statusLine(`${this.done + 1}  ${name}`)
  }

  /** Reports a finished scenario. A terminal keeps only lines of scenarios that did not pass; a log gets a line for each. */
  finished(run: ScenarioRun): void {
    this.done += 1
    const { mark, style } = marks[run.status]
    const label = `${this.styled(style, mark)} ${run.items.join(' ')} ${run.name}`
    const found = run.status === 'failed' && run.finding ? `\n    found: ${run.finding.found}` : ''
    if (run.status !== 'passed') this.say(`${label}\n    ${run.reason ?? ''}${found}`)
    else if (!this.live) this.say(`${label} (${Math.round(run.durationMs)} ms)`)
  }

  /** Prints problems, causes with their remedies, the rollback, the counts and the verdict. */
  verdict(verdict: Verdict, reports: readonly string[]): void {
    const { causes, counts, problems, items, scope } = verdict
    for (const problem of problems) this.say(this.styled('magenta', `\n! ${problem}`))
    for (const cause of causes) {
      const states = new Set(items.filter(({ id }) => cause.items.includes(id)).map(({ status }) => status))
      this.say(`\n${this.styled('bold', cause.summary)}`)
      this.say(`  ${cause.object}`)
      this.say(`  ${[...states].join(', ')}: ${cause.items.join(', ')}`)
      this.say(`  found: ${cause.found}`)
      for (const symptom of cause.symptoms) this.say(`  consequence: ${symptom}`)
      for (const fact of cause.facts) this.say(this.styled('gray', `  ${fact}`))
      for (const command of commandsOf(cause)) this.say(`    ${command.replaceAll('\n', '\n    ')}`)
    }
    for (const { what, why } of verdict.diagnosis?.uncollected ?? [])
      this.say(this.styled('gray', `\ncould not be collected for the diagnosis: ${what} (${why})`))
    const back = verdict.rollback?.flatMap(({ commands }) => commands) ?? []
    if (back.length > 0) this.say(`\n${this.styled('bold', 'To roll the deployment back:')}`)
    for (const command of back) this.say(`    ${command}`)
    const waivers = counts.waived > 0 ? ` (${counts.waived} waived)` : ''
    const present = [...itemStates].reverse().filter((state) => counts[state] > 0)
    this.say(`\n${present.map((state: ItemState) => `${counts[state]} ${state}`).join(', ')}`)
    this.say(
      `${this.styled('bold', `${verdict.verdict}${waivers}`)}  contract ${scope.contract}, ${scope.writes ? 'writes allowed' : 'read-only'}${scope.filter ? `, filter ${scope.filter}` : ''}`,
    )
    for (const report of reports) this.say(`  ${report}`)
  }

  private styled(style: Parameters<typeof styleText>[0], text: string): string {
    // styleText honours NO_COLOR and FORCE_COLOR, and leaves text plain if the stream is not a terminal.
    return this.environment.CI ? text : styleText(style, text, { stream: this.stream })
  }

  private statusLine(text: string): void {
    this.clearLine()
    this.stream.write(redaction.redact(text).slice(0, this.stream.columns - 1))
  }

  private clearLine(): void {
    if (!this.live) return
    this.stream.cursorTo(0)
    this.stream.clearLine(0)
  }
}
