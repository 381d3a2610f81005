/** One run from start to end: configuration, preflight, stories, scenarios, facts, verdict. */

import {
  type IRunConfiguration,
  type ISourcesCoordinates,
  loadSources,
  loadSupport,
  runCucumber,
} from '@cucumber/cucumber/api'
import type { Envelope } from '@cucumber/messages'
import { type Checklist, loadChecklist } from '../basis/checklist'
import { checkout, reportDirectory } from '../basis/checkout'
import { Blocked } from '../basis/expectation'
import { changedLibraries } from '../basis/libraries'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { endings } from '../basis/signals'
import { sourcesOf } from '../basis/sources'
import { recordedData } from '../basis/visible-text'
import { ConfigurationError } from '../configuration/error'
import type { Settings } from '../configuration/load'
import type { Facts } from '../diagnosis/facts/facts'
import { type JudgedRun, judge } from '../judgement/judge'
import { requiredInScope } from '../judgement/required'
import { readAhead } from '../platform/first-reads'
import type { Platform } from '../platform/platform'
import { historyOf } from '../record/archive'
import { problemsOfRun, RunRecord } from '../record/messages'
import { lastConclusive } from '../record/previous'
import type { ScenarioRun } from '../record/scenario-run'
import { fingerprintOf } from '../record/signature'
import type { RunScope } from '../record/verdict'
import type { RunStart } from '../report/metrics'
import { formatterOutput } from '../report/own-format'
import type { Progress } from '../report/progress'
import { publishStart } from '../report/publish-start'
import { type CommandLine, runConfigurationOf } from './command-line'
import { collectFacts } from './fact-collection'
import { allScenarios, loadedWith, wholeChecklist, withOwnFiles } from './own-checks'
import { describePlatform, identityOf, judged, reached } from './platform-record'
import { type Preflight, preflight, tagsLeftOut } from './preflight'
import { redactedEnvelope, redactedRunFacts, withoutLaterSecrets } from './redacted'
import { allOf, ofShard, sectionsOf, selectedBy, selectedOf } from './selection'
import {
  beginStories,
  closePlatform,
  collectionsOfStories,
  keepOpenForDiagnosis,
  openPlatform,
  openSettings,
  removeStories,
} from './session'
import { suiteRecord } from './suite-record'

/** All that stands ready before the first scenario. */
interface Prepared {
  readonly platform: Platform
  readonly configuration: IRunConfiguration
  readonly support: Awaited<ReturnType<typeof loadSupport>>
  readonly preflight: Preflight
  /** Ids of the sections that the selected scenarios prove. */
  readonly sections: ReadonlySet<string>
}

export class Run {
  private required = allScenarios(undefined)
  private readonly record = new RunRecord()
  private readonly problems: string[] = []
  /** The number of secrets that were known before the first scenario. */
  private knownSecrets = 0
  /** Undefined until the configuration was read. */
  settings: Settings | undefined
  private platform: Platform | undefined
  private preflight: Preflight | undefined
  /** The scenarios that the operator selected, by options or by a profile. */
  private sources: ISourcesCoordinates | undefined
  private halted: Preflight['halted'] = null
  private interrupted = false
  /** Ends the run after a failure, where the operator asked for it. */
  private stop: () => void = () => {}
  private stopped = false
  private readonly suiteSources = sourcesOf(checkout)
  /** Warnings of the sinks to which the start could not be exported. */
  private startExported: Promise<string[]> = Promise.resolve([])

  constructor(
    private readonly startedAt: Date,
    private readonly commandLine: CommandLine,
    private readonly progress: Progress,
  ) {}

  /** Runs the scenarios. It never rejects: an error becomes a problem of the run. */
  async execute(): Promise<void> {
    try {
      await Promise.race([this.untilTheEnd(), this.untilInterrupted(), this.untilStopped()])
    } catch (error) {
      if (error instanceof Blocked) this.halted = error.finding
      else if (error instanceof ConfigurationError) this.problems.push(error.message)
      else this.problems.push(`The suite broke: ${redaction.redactForeign(messageOf(error))}`)
    }
    // A run that could not start blocks only what it was asked for.
    if (this.halted) this.required = await this.selected().catch(() => this.required)
  }

  private async selected() {
    const { sources } = withOwnFiles(await this.select(), this.settings?.ownChecks)
    return selectedBy(sources, this.required)
  }

  private async untilTheEnd(): Promise<void> {
    const prepared = await this.prepare()
    for (const warning of prepared.preflight.warnings) this.progress.warn(warning)
    this.halted = prepared.preflight.halted
    if (this.halted) return
    const { platform, configuration, support, sections } = prepared
    this.progress.say(reached(platform, prepared.preflight.kubernetesVersion))
    readAhead(platform, sections)
    this.knownSecrets = redaction.size
    const sources = this.narrowed(prepared)
    keepOpenForDiagnosis()
    if (platform.writes) await this.beginStories(sources)
    const stdout = formatterOutput(this.commandLine.ownFormat ? process.stdout : undefined)
    await runCucumber(
      // Whatever the environment says (CUCUMBER_PUBLISH_ENABLED): the evidence stays here.
      { ...configuration, formats: { ...configuration.formats, publish: false }, support, sources },
      { cwd: checkout, stdout },
      (envelope) => this.receive(envelope),
    )
    if (stdout !== process.stdout) stdout.end()
  }

  private async prepare(): Promise<Prepared> {
    const selecting = this.select()
    // The record holds the selection even where nothing can be checked.
    const platform = await this.open().catch((error: unknown) => selecting.then(() => Promise.reject(error)))
    // The first requests go out now, so that their answers are there when Cucumber is. The version goes alone: a server
    // that refuses the caller closes the connection, and with it every other request on it.
    const secrets = platform.kubernetes.version().then(() => platform.registerSecrets())
    secrets.catch(() => {})
    const own = this.settings?.ownChecks
    const configuration = withOwnFiles(await selecting, own)
    this.startExported = publishStart(this.startOf(platform), this.settings)
    const sections = sectionsOf(await selectedBy(configuration.sources, this.required))
    // The steps are loaded while the cluster answers.
    const [checked, support] = await Promise.all([
      preflight(platform, this.checklist, sections),
      loadedWith(own, loadSupport(configuration, { cwd: checkout })),
    ])
    this.preflight = checked
    await secrets
    return { platform, configuration, support, sections, preflight: checked }
  }

  private async open(): Promise<Platform> {
    this.settings = openSettings()
    if (this.settings.ownChecks) this.required = allScenarios(this.settings.ownChecks)
    this.platform = openPlatform()
    this.progress.say(judged(this.platform, this.commandLine))
    return this.platform
  }

  private get checklist(): Checklist {
    return wholeChecklist(this.settings?.ownChecks)
  }

  private startOf(platform: Platform): RunStart {
    const startedAt = this.startedAt.toISOString()
    return { startedAt, platform: recordedData(identityOf(platform, this.settings)), scope: this.scope() }
  }

  private async select(): Promise<IRunConfiguration> {
    const runConfiguration = await runConfigurationOf(this.commandLine)
    this.sources = runConfiguration.sources
    return runConfiguration
  }

  /** Leaves out what does not apply to this platform, and what a read-only run must not do. */
  private narrowed({ platform, configuration: { sources }, preflight }: Prepared): ISourcesCoordinates {
    const leftOut = [...tagsLeftOut(platform.configuration, this.checklist, preflight.notApplicable).keys()]
    const kept = this.required.filter(({ tags }) => !tags.some((tag) => leftOut.includes(tag)))
    this.required = requiredInScope(kept, this.checklist.items, platform.writes)
    const excluded = [...[...preflight.notApplicable.keys()].map((id) => `@checklist:${id}`), ...leftOut]
    const tagExpression = allOf([
      sources.tagExpression,
      ...(platform.writes ? [] : ['not @writes']),
      ...excluded.map((tag) => `not ${tag}`),
    ])
    return { ...sources, tagExpression }
  }

  private async beginStories(sources: ISourcesCoordinates): Promise<void> {
    const { plan } = await loadSources({ ...sources, order: 'defined' }, { cwd: checkout })
    beginStories(selectedOf(ofShard(plan, sources.shard), this.required).map(({ pickle }) => pickle))
  }

  private receive(envelope: Envelope): void {
    const ended = this.record.receive(redactedEnvelope(envelope))
    const name = this.record.nameBegunBy(envelope)
    if (this.interrupted || this.stopped) return
    if (ended && this.commandLine.failFast && ended.status === 'failed') this.stop()
    if (this.commandLine.ownFormat) return
    if (name !== undefined) this.progress.begun(name)
    if (ended) this.progress.finished(ended)
  }

  /** Cucumber cannot be stopped from outside: the run goes on without it, and the process ends with the reports. */
  private untilInterrupted(): Promise<void> {
    return new Promise((resolve) => {
      for (const signal of endings)
        process.on(signal, () => {
          if (this.interrupted) return
          this.interrupted = true
          this.progress.warn(`${signal}: the run ends here. The results so far are reported.`)
          resolve()
        })
    })
  }

  /** As with an interruption, Cucumber goes on and is not listened to. */
  private untilStopped(): Promise<void> {
    return new Promise((resolve) => {
      this.stop = () => {
        this.stopped = true
        resolve()
      }
    })
  }

  /** Judges the results of the scenarios, removes what the stories created, and closes the platform. */
  async judge(): Promise<JudgedRun> {
    const { preflight } = this
    // Cucumber goes on after an interruption; only what had come by now is judged.
    const record = withoutLaterSecrets(this.record, this.knownSecrets)
    const messages = [...record.messages]
    const runs = record.runs(this.interrupted || this.stopped)
    const platform = await describePlatform(
      this.platform,
      this.settings,
      preflight?.kubernetesVersion ?? null,
      preflight !== undefined && !this.halted && !this.interrupted,
    )
    const collected = await this.collect(runs)
    const leftBehind = await removeStories()
    if (leftBehind.length > 0) this.progress.warn(`Left behind: ${leftBehind.join(', ')}`)
    await closePlatform()
    for (const warning of await this.startExported) this.progress.warn(warning)
    const facts = redactedRunFacts({
      scope: this.scope(),
      run: process.env.ACCEPTANCE_RUN || null,
      startedAt: this.startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      platform,
      suite: suiteRecord(await this.suiteSources, await changedLibraries(checkout), this.checklist),
      ownChecks: this.settings?.ownChecks?.checks,
      configuration: this.settings?.record,
      signedBy: this.settings?.signingKey && fingerprintOf(this.settings.signingKey),
      owners: this.settings?.configuration.owners,
      history: historyOf(reportDirectory(), { platform, scope: this.scope() }),
      previous: lastConclusive(reportDirectory(), { run: process.env.ACCEPTANCE_RUN, platform, scope: this.scope() }),
      required: this.required.map(({ name, uri, line, tags, items }) => ({ name, uri, line, tags, items })),
      notApplicable: Object.fromEntries(preflight?.notApplicable ?? []),
      waivers: this.settings?.waivers ?? [],
      attestations: this.settings?.attestations ?? [],
      problems: [...this.problems, ...problemsOfRun(messages)],
      halted: this.halted,
      interrupted: this.interrupted,
      collected,
      leftBehind,
      collections: collectionsOfStories(),
    })
    return { verdict: judge(loadChecklist(), facts, runs), facts, runs, messages }
  }

  /** Collects facts for findings that failed, or are blocked and may have a cause elsewhere, before anything is cleaned up. */
  private async collect(runs: readonly ScenarioRun[]): Promise<Facts | null> {
    const findings = runs.flatMap(({ status, finding, further = [] }) =>
      finding && (status === 'failed' || (status === 'blocked' && (finding.reliesOn?.length ?? 0) > 0))
        ? [finding, ...further]
        : [],
    )
    if (!this.platform || this.halted || this.interrupted || findings.length === 0) return null
    return collectFacts(this.platform, findings, this.platform.kubernetes.now)
  }

  private scope(): RunScope {
    const { paths = [], tagExpression = '', names = [], shard } = this.sources ?? {}
    const filter = [
      ...paths,
      ...(tagExpression ? [tagExpression] : []),
      ...names.map((name) => `name ${name}`),
      ...(this.stopped ? ['--fail-fast'] : []),
    ]
    return {
      contract: this.settings?.contract.name ?? 'unknown',
      writes: this.platform?.writes ?? false,
      filter: filter.length > 0 ? filter.join(', ') : null,
      shard: shard || null,
    }
  }
}
