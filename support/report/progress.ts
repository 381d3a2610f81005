/** Terminal output: progress during the run, and the verdict at its end. */
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { ScenarioRun } from '../record/scenario-run'
import { type ItemState, itemStates, type ScenarioStatus, type Verdict } from '../record/verdict'
import { terminalField, terminalText } from './terminal'
import { commandsOf, describeChanges, describeConfiguration, describeSuite, metricLines } from './wording/wording'

type Style = Parameters<typeof styleText>[0]

/** A part of a line: text, or text in a style of the suite's own. */
type Part = string | { readonly style: Style; readonly text: string }

const marks: Record<ScenarioStatus, { mark: string; style: Style }> = {
  passed: { mark: '✓', style: 'green' },
  failed: { mark: '✗', style: 'red' },
  blocked: { mark: '◌', style: 'yellow' },
  error: { mark: '!', style: 'magenta' },
  'not run': { mark: '-', style: 'gray' },
  'not applicable': { mark: '-', style: 'gray' },
}

/** The amount of progress to show: the verdict alone, the scenarios that did not pass, or all scenarios with their steps. */
export type Detail = 'verdict' | 'scenarios' | 'steps'

export class Progress {
  private done = 0
  private readonly live: boolean

  constructor(
    private readonly stream: WriteStream,
    private readonly environment: NodeJS.ProcessEnv = process.env,
    private readonly detail: Detail = 'scenarios',
  ) {
    this.live = stream.isTTY === true && !environment.CI && detail !== 'verdict'
  }

  say(...parts: readonly Part[]): void {
    this.clearLine()
    this.stream.write(`${parts.map((part) => this.shown(part)).join('')}\n`)
  }

  warn(text: string): void {
    this.say({ style: 'yellow', text: `! ${field(text, '  ')}` })
  }

  begun(name: string): void {
    if (this.live) this.statusLine(`${this.done + 1}  ${name}`)
  }

  /** Reports a finished scenario. A terminal keeps only lines of scenarios that did not pass; a log gets a line for each. */
  finished(run: ScenarioRun): void {
    this.done += 1
    if (this.detail === 'verdict') return
    const { mark, style } = marks[run.status]
    const label: Part[] = [{ style, text: mark }, ` ${run.items.join(' ')} ${field(run.name)}`]
    const found = run.status === 'failed' && run.finding ? `\n    found: ${field(run.finding.found)}` : ''
    if (run.status !== 'passed') this.say(...label, `\n    ${field(run.reason ?? '')}${found}`)
    else if (!this.live || this.detail === 'steps') this.say(...label, ` (${Math.round(run.durationMs)} ms)`)
    if (this.detail === 'steps')
      for (const { keyword, text, status, durationMs } of run.steps)
        this.say({ style: 'gray', text: `    ${status}  ${keyword} ${field(text)} (${Math.round(durationMs)} ms)` })
  }

  /** Prints problems, causes with their remedies, the rollback, the counts and the verdict. */
  verdict(verdict: Verdict, reports: readonly string[]): void {
    const { counts, problems, scope } = verdict
    for (const problem of problems) this.say({ style: 'magenta', text: `\n! ${field(problem)}` })
    if (this.detail !== 'verdict') this.findings(verdict)
    const waivers = counts.waived > 0 ? ` (${counts.waived} waived)` : ''
    const present = [...itemStates].reverse().filter((state) => counts[state] > 0)
    this.say(`\n${present.map((state: ItemState) => `${counts[state]} ${state}`).join(', ')}`)
    this.say(
      { style: 'bold', text: `${verdict.verdict}${waivers}` },
      `  contract ${scope.contract}, ${scope.writes ? 'writes allowed' : 'read-only'}${scope.filter ? `, filter ${field(scope.filter)}` : ''}`,
    )
    const compared = verdict.metrics?.filter(({ measured }) => measured !== null) ?? []
    for (const line of metricLines({ metrics: compared })) this.say(`  ${field(line)}`)
    for (const line of notes(verdict)) this.say(`  ${field(line)}`)
    for (const report of reports) this.say(`  ${report}`)
  }

  private findings(verdict: Verdict): void {
    this.causes(verdict)
    for (const { what, why } of verdict.diagnosis?.uncollected ?? [])
      this.say({
        style: 'gray',
        text: `\ncould not be collected for the diagnosis: ${field(what)} (${field(why)})`,
      })
    const back = verdict.rollback?.flatMap(({ commands }) => commands) ?? []
    if (back.length > 0) this.say('\n', { style: 'bold', text: 'To roll the deployment back:' })
    for (const command of back) this.say(`    ${command}`)
  }

  private causes({ causes, items }: Verdict): void {
    for (const cause of causes) {
      const states = new Set(items.filter(({ id }) => cause.items.includes(id)).map(({ status }) => status))
      this.say('\n', { style: 'bold', text: field(cause.summary) })
      this.say(`  ${field(cause.object)}`)
      this.say(`  ${[...states].join(', ')}: ${cause.items.join(', ')}`)
      this.say(`  found: ${field(cause.found)}`)
      for (const symptom of cause.symptoms) this.say(`  consequence: ${field(symptom)}`)
      for (const fact of cause.facts) this.say({ style: 'gray', text: `  ${field(fact)}` })
      // A command that is cut would be another command.
      for (const command of commandsOf(cause)) this.say(`    ${command.replaceAll('\n', '\n    ')}`)
    }
  }

  /** The styles are applied last, so that only the suite's own escape sequences reach the terminal. */
  private shown(part: Part): string {
    if (typeof part === 'string') return terminalText(part)
    const text = terminalText(part.text)
    // styleText honours NO_COLOR and FORCE_COLOR, and leaves text plain if the stream is not a terminal.
    return this.environment.CI ? text : styleText(part.style, text, { stream: this.stream })
  }

  private statusLine(text: string): void {
    this.clearLine()
    this.stream.write(terminalText(text).slice(0, this.stream.columns - 1))
  }

  private clearLine(): void {
    if (!this.live) return
    this.stream.cursorTo(0)
    this.stream.clearLine(0)
  }
}

/** The inputs of the run where they differ from the commit or the checklist, and the changes since the last run. */
function notes({ suite, configuration, shards, sinceLastRun }: Verdict): string[] {
  const changed = suite.changedFiles ?? []
  const more = changed.length > 3 ? ` and ${changed.length - 3} more (verdict.json)` : ''
  const unsigned = shards?.filter(({ verified }) => !verified) ?? []
  return [
    ...(changed.length > 0 ? [`suite ${describeSuite(suite, 12)}: ${changed.slice(0, 3).join(', ')}${more}`] : []),
    ...(configuration && configuration.differences.length > 0
      ? [`configuration: ${describeConfiguration(configuration)}`]
      : []),
    ...(unsigned.length > 0
      ? [
          `${unsigned.length} of ${shards?.length} shards were merged without a checked signature: sign them, and pass --public-key FILE`,
        ]
      : []),
    ...(sinceLastRun === undefined ? [] : [describeChanges(sinceLastRun)]),
  ]
}

/** Further lines are indented deeper than any line of the suite. */
const field = (text: string, indent = '        ') => terminalField(text, indent)
