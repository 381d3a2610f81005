/** Section 10: checks of the scrapes by which Prometheus collects the service's metrics. */
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Blocked, type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import { serviceMonitorNames } from '../configuration/service-monitor'
import { durationIn } from '../formats/duration'
import { isoText } from '../formats/instant'
import type { Platform } from '../platform/platform'
import type { Target } from '../platform/prometheus'
import { discoveredFrom, poolOf, targetsOfService } from '../service/scraped-targets'
import { askedPrometheuses } from './asked-prometheus'

/**
 * 10.3: checks that each target of the ServiceMonitor is up and was scraped recently. One of a new pod, whose health is unknown
 * until its first scrape, gets the time for it.
 * @returns the first target
 */
export async function expectTargetUp(platform: Platform): Promise<Target> {
  const targets = await targetsOf(platform)
  if (targets.every(({ health }) => health !== 'unknown')) return upAmong(platform, targets)
  const deadlineMs = platform.configuration.deadlines.condition
  return eventually(async () => upAmong(platform, await targetsOf(platform)), { deadlineMs })
}

const targetsOf = async (platform: Platform) => targetsOfService(platform, await platform.prometheus.targets())

async function upAmong(platform: Platform, targets: readonly Target[]): Promise<Target> {
  const { namespace, name } = serviceMonitorNames(platform.configuration)
  const object = `Prometheus target ${name}`
  const remedy = [await platform.prometheus.commandFor('targets?state=active')]
  const [first] = targets
  if (!first) await ensureWhole(platform)
  if (!first)
    throw new Unmet({
      summary: `Prometheus has no target for ${name}.`,
      object,
      reliesOn: [
        `ServiceMonitor ${namespace}/${name}`,
        `Service ${platform.kubernetes.namespace}/${platform.configuration.components.lake.service}`,
      ],
      expected: `a target in the pool ${poolOf(platform)}0`,
      found: 'no target',
      remedy: [
        ...remedy,
        command`kubectl get servicemonitor -n ${namespace} ${name} -o jsonpath='{.spec.endpoints}'`,
        comment`relabelings among them with the action drop or keep leave targets out`,
      ],
    })
  const own = targets.filter((target) => isOfLake(platform, target))
  if (own.length === 0)
    throw new Unmet({
      summary: `The targets of ${name} are not the lake.`,
      object,
      expected: `a target of the service ${platform.configuration.components.lake.service} in ${platform.kubernetes.namespace}`,
      found: targets
        .map((target) => `${target.scrapeUrl} (service ${discoveredFrom(target).service ?? 'unknown'})`)
        .join(', '),
      remedy,
    })
  const now = (await platform.prometheus.now()).getTime()
  expectNone(targets.flatMap((target) => targetProblem(target, name, now, { object, remedy }) ?? []))
  return own[0] ?? first
}

/**
 * Makes sure that the asked server has all targets: the shards of one Prometheus object divide them.
 * @throws Blocked
 */
async function ensureWhole(platform: Platform): Promise<void> {
  const { namespace, serviceMonitor, prometheus: asked } = platform.configuration.monitoring
  const sharded = (await askedPrometheuses(platform)).find(({ spec }) => (spec.shards ?? 1) > 1)
  if (!sharded) return
  const object = `Prometheus ${namespace}/${sharded.metadata.name}`
  throw new Blocked({
    summary: `${object} divides its targets among ${sharded.spec.shards} servers, and the asked one has no target for ${serviceMonitor}.`,
    object,
    expected: 'a server that answers for all shards',
    found: `spec.shards: ${sharded.spec.shards}, asked by the Service ${asked.service}`,
    remedy: [
      command`kubectl get statefulsets -n ${namespace} -l operator.prometheus.io/name=${sharded.metadata.name}`,
      comment`name the Service of a server that has the targets, or of a querier over all shards: configuration key monitoring.prometheus.service`,
    ],
  })
}

function isOfLake({ configuration, kubernetes }: Platform, target: Target): boolean {
  const { service: own } = configuration.components.lake
  const { namespace = kubernetes.namespace, service = own } = discoveredFrom(target)
  return service === own && namespace === kubernetes.namespace
}

function targetProblem(
  { health, lastError, lastScrape, scrapeInterval, scrapeUrl }: Target,
  name: string,
  now: number,
  subject: Pick<Circumstances, 'object' | 'remedy'>,
): Circumstances | undefined {
  if (health !== 'up')
    return {
      ...subject,
      summary: `The target ${name} is ${health}.`,
      reliesOn: [subject.object],
      expected: 'up',
      found: `${health}: ${lastError || 'no error given'} (${scrapeUrl})`,
    }
  const age = now - Date.parse(lastScrape)
  const maximumAge = 3 * durationIn(scrapeInterval) + 30_000
  if (age <= maximumAge) return undefined
  return {
    ...subject,
    summary: `The target ${name} has not been scraped for ${Math.round(age / 60_000)} minutes.`,
    expected: `a scrape every ${scrapeInterval}`,
    found: `the last scrape was at ${lastScrape}`,
  }
}

/** After this many scrapes of an unchanged answer, a difference is no longer a matter of time. */
const requiredScrapes = 3

/** Decides when Prometheus has had enough time to scrape what the service reports, by the times of its own scrapes. */
export class Settled {
  private answer = ''
  private since = 0

  constructor(private readonly platform: Platform) {}

  /**
   * Returns true once the answer has stayed the same for {@link requiredScrapes} scrapes.
   * @param answer the service's current answer
   * @throws Unmet when the target is not up
   */
  async isBy(answer: unknown): Promise<boolean> {
    const { lastScrape, scrapeInterval } = await expectTargetUp(this.platform)
    const scraped = Date.parse(lastScrape)
    const text = JSON.stringify(answer)
    if (text !== this.answer) {
      this.answer = text
      this.since = scraped
    }
    return scraped - this.since >= requiredScrapes * durationIn(scrapeInterval)
  }
}

interface Scrape {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly value: number
}

/** Leaves out the failures with which a target begins after the given time: its pod did not listen yet. */
function sinceFirstSuccess(all: readonly Scrape[], time: number): readonly Scrape[] {
  const first = all.findIndex(({ value }) => value === 1)
  return first > 0 && (all[0]?.at ?? 0) > time ? all.slice(first) : all
}

/** 10.3: checks that no scrape failed or is missing in the look-back period. */
export async function expectNoGap(platform: Platform): Promise<void> {
  const target = await expectTargetUp(platform)
  const { lookBack, serviceMonitor: name } = platform.configuration.monitoring
  // With all labels of the target, an earlier pod at the same address is left out.
  const selector = Object.entries(target.labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const range = `up{${selector.join(',')}}[${Math.ceil(lookBack / 1000)}s]`
  const [all = []] = await platform.prometheus.samples(range)
  expectData(all, 'scrape', `Prometheus target ${name}`, [await platform.prometheus.commandFor('query', range)])
  const interval = durationIn(target.scrapeInterval)
  const begin = (await platform.prometheus.now()).getTime() - lookBack
  const samples = sinceFirstSuccess(all, begin + 2 * interval)
  const object = `Prometheus target ${name}`
  const expected = `a successful scrape every ${target.scrapeInterval}`
  const failed = samples.find(({ value }) => value !== 1)
  const gap = samples.find(({ at }, index) => index > 0 && at - (samples[index - 1]?.at ?? at) > 3 * interval + 1000)
  const faulty = failed ?? gap
  if (!faulty) return
  const previous = samples[samples.indexOf(faulty) - 1]
  throw new Unmet({
    summary: `Scrapes of ${name} ${failed ? 'failed' : 'are missing'} in the last ${Math.round(lookBack / 1000)} s.`,
    object,
    expected,
    found: failed
      ? `a failed scrape at ${isoText(faulty.at)}`
      : `no scrape between ${isoText(previous?.at ?? 0)} and ${isoText(faulty.at)}`,
    remedy: [
      command`kubectl logs -n ${platform.configuration.monitoring.namespace} svc/${platform.configuration.monitoring.prometheus.service} --tail=100`,
    ],
  })
}
