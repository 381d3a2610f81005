/** The Prometheus that the suite asks: the namespace of monitoring may hold those of other teams too. */
import { unlessBlocked } from '../basis/expectation'
import type { PrometheusObject } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { objectsBehind } from '../platform/web-root'

/** Returns the Prometheus objects behind the configured Service; all of its namespace if it does not tell, or may not be read. */
export async function askedPrometheuses({ kubernetes, configuration }: Platform): Promise<readonly PrometheusObject[]> {
  const { service } = configuration.monitoring.prometheus
  const [objects, asked] = await Promise.all([
    kubernetes.prometheuses(),
    kubernetes.service(service, 'monitoring').catch(unlessBlocked(undefined)),
  ])
  return objectsBehind(asked, objects)
}
