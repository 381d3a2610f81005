/** `npm run sandbox -- up`: starts every part that is not running and waits until the platform is ready. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { deadlines, progressInterval } from '../basis/deadlines'
import { messageOf } from '../basis/errors'
import { files, inState, logOf, stateDirectory } from '../basis/layout'
import { alone } from '../basis/lock'
import { storeNames } from '../basis/names'
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
import { realArgoCd } from '../parts/real-argocd'
import { externalSecrets, prometheusOperator } from '../parts/real-controllers'
import {
  createDefinitions,
  createFoundation,
  createPlatform,
  firstScrape,
  kindsOf,
  manifests,
  platformReady,
} from '../platform/deployment'
import { namesOf } from '../platform/platforms'
import { createRepository } from '../platform/repository'
import { ensureDebianPrograms } from '../programs/debian'
import { type Definitions, ensureDefinitions } from '../programs/definitions'
import { basicPrograms, ensureGoPrograms, realControllers } from '../programs/go'
import { connectSources } from '../sources/connections'
import { writeAcceptanceFiles } from './acceptance-files'
import { stop } from './down'
import { type Options, storedOptions, storeOptions } from './options'

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Deletes the data, secrets and logs of a sandbox of which no part is running, and prepares a new one. */
function resetState(options: Options): void {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
  for (const entry of readdirSync(stateDirectory)) {
    if (join(stateDirectory, entry) !== files.lock)
      rmSync(join(stateDirectory, entry), { recursive: true, force: true })
  }
  for (const folder of ['data', 'logs', 'pods']) mkdirSync(inState(folder), { recursive: true })
  storeOptions(options)
  storeNames(namesOf(options.platform))
  fillVault()
}

/** A run of `up`: starts the parts and reports its steps. */
class Start {
  constructor(
    private readonly processes: Processes,
    private readonly report: (line: string) => void,
    readonly signal: AbortSignal,
  ) {}

  /** Waits for the work of a step and reports how long it took. A slow step also reports that it is still going on. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const begin = performance.now()
    const line = (state: string) => this.report(`  ${name.padEnd(40)} ${state}`)
    const progress = setInterval(() => line(`not ready after ${seconds(begin)}, still waiting`), progressInterval)
    try {
      const result = await work()
      line(seconds(begin).padStart(7))
      return result
    } catch (error) {
      if (!this.signal.aborted) line(`failed after ${seconds(begin)}`)
      throw error
    } finally {
      clearInterval(progress)
    }
  }

  /** Starts a part unless it is running, and waits until it is ready. */
  async bring(part: Part): Promise<void> {
    if (this.processes.isRunning(part.name)) return
    await this.step(part.name, async () => {
      await part.prepare?.()
      this.signal.throwIfAborted()
      const { log } = this.processes.start(part.name, part.command(), logOf(part.name))
      const waiting = {
        what: `${part.name} was not ready`,
        deadline: deadlines.partReady,
        signal: this.signal,
        stillPossible: () => this.processes.assertRunning(part.name),
      }
      await until(async () => ((await part.isReady()) ? true : undefined), waiting).catch((error: unknown) => {
        if (this.signal.aborted || !this.processes.isRunning(part.name)) throw error
        throw new Error(`${messageOf(error)}. The end of its log (${log}):\n${endOf(log)}`)
      })
    })
  }
}

/** Starts the real ArgoCD. Without the settings that the manifests create, its controller ends at once. */
function deliverFromGit(
  start: Start,
  environment: Environment,
  objects: readonly KubernetesObject[],
  created: Promise<unknown>,
): Promise<unknown>[] {
  const { beforeManifests, afterManifests } = realArgoCd(environment)
  return [
    createRepository(objects),
    ...beforeManifests.map((part) => start.bring(part)),
    ...afterManifests.map((part) => created.then(() => start.bring(part))),
  ]
}

/** Starts everything at once, except for the dependencies written here. Returns one promise for each strand of work. */
function strands(start: Start, environment: Environment, stored: Definitions, options: Options): Promise<unknown>[] {
  const { signal } = start
  const api = start.bring(etcd(environment)).then(() => start.bring(apiServer(environment)))
  const kubernetes = new RawApi(environment.ports.apiServer, 'admin')
  const platform = { ...options, ports: environment.ports }
  const founded = api.then(() => createFoundation(kubernetes, platform, signal))
  const defined = api.then(() =>
    start.step('custom resource definitions', () => createDefinitions(kubernetes, stored, options.platform, signal)),
  )
  const database = start.bring(mysql(environment))
  const processesOfPods = [
    database,
    database
      .then(() => start.bring(lake(environment, options)))
      .then(() =>
        start.step('data sources of the service', () => connectSources(environment.ports, options.jenkins, signal)),
      ),
    start.bring(prometheus(environment)),
    start.bring(ui(environment)),
    start.bring(grafana(environment)),
  ]
  // These read the kinds at their start and notice new ones only after half a minute.
  const cluster = [
    controllerManager(environment),
    scheduler(environment),
    kwok(environment, stored.stages),
    controllers(environment),
    ...(options.real ? [externalSecrets(environment), prometheusOperator(environment)] : []),
  ].map((part) => defined.then(() => start.bring(part)))
  const created = Promise.all([founded, defined]).then(() =>
    start.step('manifests of the platform', () => createPlatform(kubernetes, platform, signal)),
  )
  const delivery = options.real ? deliverFromGit(start, environment, manifests(platform), created) : []
  const ready = Promise.all([created, ...cluster, ...delivery, ...processesOfPods]).then(() =>
    start.step('nodes, pods, secrets, certificates', () => platformReady(kubernetes, signal, kindsOf(platform))),
  )
  const scraped = ready.then(() =>
    start.step('first scrape by Prometheus', () => firstScrape(environment.ports.prometheus, signal)),
  )
  return [...processesOfPods, ...cluster, ...delivery, start.bring(pushgateway(environment)), scraped]
}

/** Waits for all strands. The first failure aborts the others and is thrown once all of them have ended. */
async function together(work: readonly Promise<unknown>[], strandsEnd: AbortController): Promise<void> {
  try {
    await Promise.all(work)
  } catch (error) {
    strandsEnd.abort(error)
    await Promise.allSettled(work)
    throw error
  }
}

/** The remedy for a failed start, with the load of the machine if that may be the reason. */
function remedy(): string {
  const [load = 0] = loadavg()
  const processors = availableParallelism()
  const busy =
    load > 2 * processors ? [`This machine is busy: its load is ${load.toFixed(0)} on ${processors} processors.`] : []
  return [...busy, `The logs stay in ${inState('logs')} until the next start: npm run sandbox -- up`].join('\n')
}

async function start(options: Options, report: (line: string) => void, aborted: AbortSignal): Promise<void> {
  const begin = performance.now()
  const processes = new Processes(files.processes)
  const isUp = processes.all().some(({ name }) => processes.isRunning(name))
  const inForce = isUp ? storedOptions() : options
  if (options.real && !inForce.real)
    throw new Error('The sandbox runs with the stand-ins. Stop it first: npm run sandbox -- down')
  const names = partNames(inForce)
  const missing = names.filter((name) => !processes.isRunning(name))
  if (missing.length === 0) {
    report('The sandbox is already running.')
    return
  }
  const strandsEnd = new AbortController()
  const signal = AbortSignal.any([aborted, strandsEnd.signal])
  await ensureDebianPrograms(inForce, report, signal)
  const programs = await ensureGoPrograms(basicPrograms, report, signal)
  const real = inForce.real ? await ensureGoPrograms(realControllers, report, signal) : undefined
  const definitions = await ensureDefinitions(inForce, report, signal)
  if (!isUp) resetState(options)
  else report(`Starting the parts that are not running, with the options of the first start: ${missing.join(', ')}`)
  const environment: Environment = { ports: await claimPorts(), programs, real }
  await createIdentities(environment.ports.apiServer)
  writeCommands(environment.ports)
  try {
    await together(strands(new Start(processes, report, signal), environment, definitions, inForce), strandsEnd)
    writeAcceptanceFiles(environment.ports, inForce)
  } catch (error) {
    report('Ending the parts that this run has started.')
    await stop(processes, missing)
    if (aborted.aborted) throw aborted.reason
    throw new Error(`The sandbox did not start: ${messageOf(error)}\n${remedy()}`)
  }
  report(`The sandbox is up after ${seconds(begin)}. To use it: eval "$(npm run -s sandbox -- env)"`)
}

/** Starts the sandbox. A failure or an abort ends what this call has started. */
export function up(options: Options, report: (line: string) => void, aborted: AbortSignal): Promise<void> {
  return alone(report, () => start(options, report, aborted), aborted)
}
