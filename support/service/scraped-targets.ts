/** The targets that Prometheus scrapes, and which of its series are about the service. One Prometheus may scrape several DevLakes. */
import { promqlText } from '../basis/command'
import { rememberSuccess } from '../basis/memo'
import { serviceMonitorNames } from '../configuration/service-monitor'
import type { Platform } from '../platform/platform'
import type { Target } from '../platform/prometheus'

/** The beginning of the names of the scrape pools of the ServiceMonitor. */
export const poolOf = ({ configuration }: Platform): string => {
  const { namespace, name } = serviceMonitorNames(configuration)
  return `serviceMonitor/${namespace}/${name}/`
}

/**
 * The namespace and the service of a target. Relabelings and `enforcedNamespaceLabel` of Prometheus change its labels, so what was
 * discovered decides; undefined where neither is known.
 */
export const discoveredFrom = ({ labels, discoveredLabels: discovered }: Target) => ({
  namespace: discovered.__meta_kubernetes_namespace ?? labels.namespace,
  service: discovered.__meta_kubernetes_service_name ?? labels.service,
})

const isLeaving = ({ discoveredLabels: discovered }: Target): boolean =>
  discovered.__meta_kubernetes_endpointslice_endpoint_conditions_terminating === 'true'

/**
 * Returns the targets of the ServiceMonitor that tell how the service is scraped: those in its namespace, without those of pods that
 * are ending. Where there is no such target, the others tell it.
 */
export function targetsOfService(platform: Platform, all: readonly Target[]): readonly Target[] {
  const { namespace: own } = platform.kubernetes
  const ofMonitor = all.filter(({ scrapePool }) => scrapePool.startsWith(poolOf(platform)))
  const here = ofMonitor.filter((target) => (discoveredFrom(target).namespace ?? own) === own)
  const staying = here.filter((target) => !isLeaving(target))
  return [staying, here].find(({ length }) => length > 0) ?? ofMonitor
}

type Labels = Readonly<Record<string, string>>

/** The labels by which Prometheus tells the series of its targets apart. */
const keyOf = ({ job = '', instance = '' }: Labels) => JSON.stringify([job, instance])

const renamed = /^exported_/

/** The labels as the service exposes them: Prometheus renames those whose names are labels of the target, too. */
export const exposedLabels = (labels: Labels): Labels => ({
  ...labels,
  ...Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (renamed.test(name) ? [[name.replace(renamed, ''), value]] : [])),
  ),
})

/**
 * A query for the series whose label has a value as the service exposes it.
 * @param start the selector up to its last matcher, such as `up{`
 */
export const selectedBy = (start: string, label: string, value: string): string =>
  [label, `exported_${label}`].map((name) => `${start}${name}=${promqlText(value)}}`).join(' or ')

/** For each target, by its key, whether it belongs to another namespace and to no ServiceMonitor of the service. */
const strangers = rememberSuccess(async (platform: Platform): Promise<ReadonlyMap<string, boolean>> => {
  const own = poolOf(platform)
  const isStranger = (target: Target) => {
    const { namespace } = platform.kubernetes
    const { namespace: found = namespace } = discoveredFrom(target)
    return found !== namespace && !target.scrapePool.startsWith(own)
  }
  const known = new Map<string, boolean>()
  for (const target of await platform.prometheus.targets()) {
    const key = keyOf(target.labels)
    known.set(key, isStranger(target) && known.get(key) !== false)
  }
  return known
})

/** Leaves out the series of targets in other namespaces, such as those of a DevLake of another team or environment. */
export async function seriesOfService<T extends { readonly labels: Labels }>(
  platform: Platform,
  series: readonly T[],
): Promise<T[]> {
  if (series.length === 0) return []
  const known = await strangers(platform)
  const isKnown = series.every(({ labels }) => known.has(keyOf(labels)))
  // A pod that was replaced during the run is a new target.
  const current = isKnown ? known : await strangers.again(platform)
  return series.filter(({ labels }) => current.get(keyOf(labels)) !== true)
}
