/**
 * The way of one run: configuration → preflight → arrange → scenarios → ledger → reports → exit code.
 * `npm run acceptance -- [--context NAME] [anything that Cucumber takes]`
 */
import { execFile } from 'node:child_process'
import { PassThrough } from 'node:stream'
import {
  type IRunConfiguration,
  type ISourcesCoordinates,
  loadConfiguration,
  loadSources,
  loadSupport,
  runCucumber,
} from '@cucumber/cucumber/api'
import type { Envelope } from '@cucumber/messages'
import { version } from '../../package.json'
import { loadChecklist } from '../basis/checklist'
import { checkout, reportDirectory } from '../basis/checkout'
import { Blocked } from '../basis/expectation'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { ConfigurationError } from '../configuration/error'
import type { Settings } from '../configuration/load'
import type { Facts } from '../diagnosis/facts/facts'
import { type JudgedRun, judge } from '../judgement/judge'
import { requiredInScope, requiredScenarios } from '../judgement/required'
import type { Platform } from '../platform/platform'
import { problemsOfRun, RunRecord } from '../record/messages'
import type { RequiredScenario } from '../record/required-scenario'
import type { ScenarioRun } from '../record/scenario-run'
import { exitCodes, type Scope } from '../record/verdict'
import { Progress } from '../report/progress'
import { publish } from '../report/publish'
import { removeReports } from '../report/write'
import { type CommandLine, parseCommandLine } from '../run/command-line'
import { collectFacts } from '../run/fact-collection'
import { describePlatform } from '../run/platform-record'
import { type Preflight, preflight, tagsLeftOut } from '../run/preflight'
import { redactedEnvelope, redactedRunFacts } from '../run/redacted'
import {
  closePlatform,
  collectionsOfStories,
  openPlatform,
  openSettings,
  removeStories,
  tellStories,
} from '../run/session'

const reports = reportDirectory()
const progress = new Progress(process.stdout)

async function main(): Promise<number> {
  const cleared = removeReports(reports)
  const commandLine = parseCommandLine(process.argv.slice(2))
  const run = new Run(new Date(), commandLine)
  await run.execute()
  const judged = await run.judge()
  await cleared
  return publish(judged, reports, run.settings, progress)
}

class Run {
  private readonly checklist = loadChecklist()
  private required = requiredScenarios(checkout)
  private readonly record = new RunRecord()
  private readonly problems: string[] = []
  settings: Settings | undefined
  private platform: Platform | undefined
  private preflight: Preflight | undefined
  /** What the operator selected, by flags or by a profile. */
  private sources: ISourcesCoordinates | undefined
  private halted: Preflight['halted'] = null
  private interrupted = false
  private readonly commit = commitOf(checkout)

  constructor(
    private readonly startedAt: Date,
    private readonly commandLine: CommandLine,
  ) {}

  async execute(): Promise<void> {
    try {
      await Promise.race([this.untilTheEnd(), this.untilInterrupted()])
    } catch (error) {
      if (error instanceof Blocked) this.halted = error.finding
      else if (error instanceof ConfigurationError) this.problems.push(error.message)
      else this.problems.push(`The suite broke: ${redaction.redactForeign(messageOf(error))}`)
    }
  }

  private async untilTheEnd(): Promise<void> {
    const selecting = this.select()
    // The record says what was asked for, also where nothing can be looked at.
    const platform = await this.open().catch((error: unknown) => selecting.then(() => Promise.reject(error)))
    // The first questions go out now, so that their answers are there when Cucumber is. The version goes alone: a server
    // that refuses the caller closes the connection, and with it whatever else is on it.
    const secrets = platform.kubernetes.version().then(() => platform.registerSecrets())
    secrets.catch(() => {})
    const runConfiguration = await selecting
    const plan = await loadSources(runConfiguration.sources, { cwd: checkout })
    const sections = sectionsOf(selectedOf(plan.plan, this.required))
    // The steps are loaded while the cluster answers.
    const [prepared, support] = await Promise.all([
      preflight(platform, sections),
      loadSupport(runConfiguration, { cwd: checkout }),
    ])
    this.preflight = prepared
    await secrets
    for (const warning of this.preflight.warnings) progress.warn(warning)
    this.halted = this.preflight.halted
    if (this.halted) return
    progress.say(
      `${platform.kubernetes.api.server}  context ${platform.context}, namespace ${platform.kubernetes.namespace}, Kubernetes ${this.preflight.kubernetesVersion}, ${platform.writes ? 'writes allowed' : 'read-only'}`,
    )
    platform.kubernetes.warm(sections)
    const leftOut = tagsLeftOut(platform.configuration)
    const kept = this.required.filter(({ tags }) => !tags.some((tag) => leftOut.includes(tag)))
    this.required = requiredInScope(kept, this.checklist.items, platform.writes)
    const excluded = [...[...this.preflight.notApplicable.keys()].map((id) => `@checklist:${id}`), ...leftOut].map(
      (tag) => `not ${tag}`,
    )
    const tags = [runConfiguration.sources.tagExpression, ...(platform.writes ? [] : ['not @writes']), ...excluded]
    const tagExpression = tags
      .filter(Boolean)
      .map((tag) => `(${tag})`)
      .join(' and ')
    const sources = { ...runConfiguration.sources, tagExpression }
    if (platform.writes) {
      const { plan: planned } = await loadSources({ ...sources, order: 'defined' }, { cwd: checkout })
      tellStories(selectedOf(ofShard(planned, sources.shard), this.required).map(({ pickle }) => pickle))
    }
    await runCucumber(
      { ...runConfiguration, support, sources },
      { cwd: checkout, ...(this.commandLine.ownFormat ? {} : { stdout: new PassThrough().resume() }) },
      (envelope) => this.receive(envelope),
    )
  }

  private async open(): Promise<Platform> {
    this.settings = openSettings()
    this.platform = openPlatform()
    return this.platform
  }

  private async select(): Promise<IRunConfiguration> {
    const { cucumber, profiles, configurationFile } = this.commandLine
    const { runConfiguration } = await loadConfiguration({
      provided: cucumber,
      profiles,
      ...(configurationFile ? { file: configurationFile } : {}),
    })
    this.sources = runConfiguration.sources
    return runConfiguration
  }

  private receive(envelope: Envelope): void {
    const ended = this.record.receive(redactedEnvelope(envelope))
    const name = this.record.nameBegunBy(envelope)
    if (this.interrupted || this.commandLine.ownFormat) return
    if (name !== undefined) progress.begun(name)
    if (ended) progress.finished(ended)
  }

  /** Cucumber cannot be stopped from outside: the run goes on without it, and the process ends with the reports. */
  private untilInterrupted(): Promise<void> {
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.on(signal, () => {
          if (this.interrupted) return
          this.interrupted = true
          progress.warn(`${signal}: the run ends here; what was done is reported.`)
          resolve()
        })
    })
  }

  async judge(): Promise<JudgedRun> {
    const { preflight, settings } = this
    // Cucumber goes on after an interruption; what is judged is what had come until here.
    const messages = [...this.record.messages]
    const runs = this.record.runs(this.interrupted)
    const platform = await describePlatform(
      this.platform,
      settings,
      preflight?.kubernetesVersion ?? null,
      preflight !== undefined && !this.halted && !this.interrupted,
    )
    const collected = await this.collect(runs)
    const leftBehind = await removeStories()
    if (leftBehind.length > 0) progress.warn(`Left behind: ${leftBehind.join(', ')}`)
    await closePlatform()
    const facts = redactedRunFacts({
      scope: this.scope(),
      run: process.env.ACCEPTANCE_RUN || null,
      startedAt: this.startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      platform,
      suite: { version, commit: await this.commit, checklistSha256: this.checklist.sha256 },
      required: this.required.map(({ name, uri, line, tags, items }) => ({ name, uri, line, tags, items })),
      notApplicable: Object.fromEntries(preflight?.notApplicable ?? []),
      waivers: settings?.waivers ?? [],
      attestations: settings?.attestations ?? [],
      problems: [...this.problems, ...problemsOfRun(messages)],
      halted: this.halted,
      interrupted: this.interrupted,
      collected,
      leftBehind,
      collections: collectionsOfStories(),
    })
    return { verdict: judge(this.checklist, facts, runs), facts, runs, messages }
  }

  /** Facts about what failed, or is blocked by what may follow from something else, before anything is cleaned up. */
  private async collect(runs: readonly ScenarioRun[]): Promise<Facts | null> {
    const findings = runs.flatMap(({ status, finding }) =>
      finding && (status === 'failed' || (status === 'blocked' && (finding.reliesOn?.length ?? 0) > 0))
        ? [finding]
        : [],
    )
    if (!this.platform || this.halted || this.interrupted || findings.length === 0) return null
    return collectFacts(this.platform, findings, new Date())
  }

  private scope(): Scope {
    const { paths = [], tagExpression = '', names = [], shard } = this.sources ?? {}
    const filter = [...paths, ...(tagExpression ? [tagExpression] : []), ...names.map((name) => `name ${name}`)]
    return {
      contract: this.settings?.contract.name ?? 'unknown',
      writes: this.platform?.writes ?? false,
      filter: filter.length > 0 ? filter.join(', ') : null,
      shard: shard || null,
    }
  }
}

type Plan = readonly { uri: string; location: { line: number } }[]

function selectedOf<T extends RequiredScenario>(plan: Plan, required: readonly T[]): T[] {
  const selected = new Set(plan.map(({ uri, location }) => `${uri}:${location.line}`))
  return required.filter(({ uri, line }) => selected.has(`${uri}:${line}`))
}

/** What a shard runs of a plan in the order of the features, by the rule of Cucumber's own plugin for shards. */
function ofShard(plan: Plan, shard = ''): Plan {
  const [number = 1, total = 1] = shard.split('/').filter(Boolean).map(Number)
  return plan.filter((_, index) => index % total === number - 1)
}

/** The sections that the selected scenarios prove: what they need is asked for before they run. */
const sectionsOf = (selected: readonly RequiredScenario[]): ReadonlySet<string> =>
  new Set(selected.flatMap(({ items }) => items.map((id) => id.split('.')[0] ?? id)))

/** The commit that is checked out, or that an image was made of and its environment says; null where neither is known. */
function commitOf(directory: string): Promise<string | null> {
  if (process.env.ACCEPTANCE_COMMIT) return Promise.resolve(process.env.ACCEPTANCE_COMMIT)
  return new Promise((resolve) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: directory }, (error, stdout) => resolve(error ? null : stdout.trim()))
  })
}

// Whatever ends the process before the reports are written (a step that exits, an event loop that runs dry) is no success.
let ended = false
process.on('exit', () => {
  if (!ended) process.exitCode = exitCodes.error
})

main().then(
  (exitCode) => {
    ended = true
    process.exit(exitCode)
  },
  (error: unknown) => {
    const broke = () => `The suite broke: ${redaction.redactForeign(messageOf(error))}`
    progress.warn(error instanceof ConfigurationError ? error.message : broke())
    process.exit(exitCodes.error)
  },
)
