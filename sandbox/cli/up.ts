/** Starts what is not running yet, side by side, and waits until the platform is ready. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../basis/files'
import { files, inState, logOf, stateDirectory } from '../basis/layout'
import { alone } from '../basis/lock'
import { claimPorts } from '../basis/ports'
import { endOf, Processes } from '../basis/processes'
import { until } from '../basis/waiting'
import { RawApi } from '../cluster/raw-api'
import { createIdentities } from '../credentials/identities'
import { fillVault } from '../credentials/vault'
import { writeCommands } from '../network/commands'
import { apiServer, controllerManager, etcd, scheduler } from '../parts/control-plane'
import { kwok } from '../parts/kwok'
import { prometheus, pushgateway } from '../parts/metrics'
import { mysql } from '../parts/mysql'
import { controllers, grafana, lake, ui } from '../parts/node-programs'
import { type Environment, type Part, partNames } from '../parts/part'
import { createDefinitions, createFoundation, createPlatform, firstScrape, platformReady } from '../platform/deployment'
import { ensureDebianPrograms } from '../programs/debian'
import { type Definitions, ensureDefinitions } from '../programs/definitions'
import { ensureGoPrograms } from '../programs/go'
import { connectSources } from '../sources/connections'
import { writeAcceptanceFiles } from './acceptance-files'
import { stop } from './down'
import { type Options, readOptions } from './options'

/** The options that the running sandbox was started with. */
const knownOptions = (): Options => readOptions(JSON.parse(readFileSync(files.options, 'utf8')))

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** A sandbox of which nothing runs is started from nothing: its data and secrets belong to its last life. */
function forget(options: Options): void {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
  for (const entry of readdirSync(stateDirectory)) {
    if (join(stateDirectory, entry) !== files.lock)
      rmSync(join(stateDirectory, entry), { recursive: true, force: true })
  }
  for (const folder of ['data', 'logs', 'pods']) mkdirSync(inState(folder), { recursive: true })
  writeWhole(files.options, JSON.stringify(options))
  fillVault()
}

class Start {
  constructor(
    private readonly processes: Processes,
    private readonly report: (line: string) => void,
    readonly signal: AbortSignal,
  ) {}

  /** Waits for work and says how long it took. */
  async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    const result = await work()
    this.report(`  ${what.padEnd(40)} ${seconds(start).padStart(7)}`)
    return result
  }

  /** Starts a part unless it runs, and waits until it is ready. */
  async bring(part: Part): Promise<void> {
    if (this.processes.isRunning(part.name)) return
    await this.step(part.name, async () => {
      await part.prepare?.()
      this.signal.throwIfAborted()
      const { log } = this.processes.start(part.name, part.command(), logOf(part.name))
      const waiting = {
        what: `${part.name} was not ready`,
        deadline: part.deadline,
        signal: this.signal,
        stillPossible: () => this.processes.assertRunning(part.name),
      }
      await until(async () => ((await part.isReady()) ? true : undefined), waiting).catch((error: unknown) => {
        if (this.signal.aborted || !this.processes.isRunning(part.name)) throw error
        throw new Error(`${(error as Error).message}; the end of its log (${log}):\n${endOf(log)}`)
      })
    })
  }
}

/** What depends on what; everything else happens at the same time. Returns one promise for each strand of work. */
function strands(start: Start, environment: Environment, stored: Definitions, options: Options): Promise<unknown>[] {
  const { signal } = start
  const api = start.bring(etcd(environment)).then(() => start.bring(apiServer(environment)))
  const kubernetes = new RawApi(environment.ports.apiServer, 'admin')
  const founded = api.then(() => createFoundation(kubernetes, options, signal))
  const defined = api.then(() =>
    start.step('custom resource definitions', () => createDefinitions(kubernetes, stored, signal)),
  )
  const database = start.bring(mysql(environment))
  const processesOfPods = [
    database,
    database
      .then(() => start.bring(lake(environment, options)))
      .then(() =>
        start.step('connections and scopes of the lake', () =>
          connectSources(environment.ports, options.jenkins, signal),
        ),
      ),
    start.bring(prometheus(environment)),
    start.bring(ui(environment)),
    start.bring(grafana(environment)),
  ]
  // These learn the kinds when they start, and learn of later ones only after half a minute.
  const cluster = [
    controllerManager(environment),
    scheduler(environment),
    kwok(environment, stored.stages),
    controllers(environment),
  ].map((part) => defined.then(() => start.bring(part)))
  const created = Promise.all([founded, defined]).then(() =>
    start.step('manifests of the platform', () => createPlatform(kubernetes, options, signal)),
  )
  const ready = Promise.all([created, ...cluster, ...processesOfPods]).then(() =>
    start.step('nodes, pods, secrets, certificates', () => platformReady(kubernetes, signal)),
  )
  const scraped = ready.then(() =>
    start.step('first look of Prometheus at the lake', () => firstScrape(environment.ports.prometheus, signal)),
  )
  return [...processesOfPods, ...cluster, start.bring(pushgateway(environment)), scraped]
}

/** Waits for all strands. The first failure aborts the others, and is thrown when none of them works any more. */
async function together(work: readonly Promise<unknown>[], life: AbortController): Promise<void> {
  try {
    await Promise.all(work)
  } catch (error) {
    life.abort(error)
    await Promise.allSettled(work)
    throw error
  }
}

async function start(options: Options, report: (line: string) => void, aborted: AbortSignal): Promise<void> {
  const begin = performance.now()
  const processes = new Processes(files.processes)
  const running = partNames.filter((name) => processes.isRunning(name))
  if (running.length === partNames.length) {
    report('the sandbox is already up')
    return
  }
  const life = new AbortController()
  const signal = AbortSignal.any([aborted, life.signal])
  await ensureDebianPrograms(report, signal)
  const [programs, definitions] = [await ensureGoPrograms(report, signal), await ensureDefinitions(report, signal)]
  if (running.length === 0) forget(options)
  else report(`starting what is not running: ${partNames.filter((name) => !running.includes(name)).join(', ')}`)
  const environment: Environment = { ports: await claimPorts(), programs }
  await createIdentities(environment.ports.apiServer)
  writeCommands(environment.ports.network)
  try {
    await together(strands(new Start(processes, report, signal), environment, definitions, knownOptions()), life)
    writeAcceptanceFiles(environment.ports, knownOptions())
  } catch (error) {
    report('ending what was started')
    await stop(
      processes,
      partNames.filter((name) => !running.includes(name)),
    )
    throw aborted.aborted ? aborted.reason : error
  }
  report(`the sandbox is up after ${seconds(begin)}; npm run sandbox -- env prints how to reach it`)
}

/** Starts the sandbox. A failure or an abort ends what this call has started. */
export function up(options: Options, report: (line: string) => void, aborted: AbortSignal): Promise<void> {
  return alone(report, () => start(options, report, aborted), aborted)
}
