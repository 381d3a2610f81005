/** A database outside the cluster, which has neither pods nor a service of its own. */
import { NotApplicable } from '../basis/expectation'
import type { Component } from '../contracts/contract'
import { hasPods } from '../platform/outside-host'
import type { Platform } from '../platform/platform'

/** Checks whether the database is outside the cluster, by the configuration or by its service. */
export async function isOutside({ kubernetes, configuration }: Platform): Promise<boolean> {
  if (configuration.database.host !== undefined) return true
  const service = await kubernetes.service(configuration.components.mysql.service)
  return service !== undefined && !hasPods(service)
}

/**
 * Ends the scenario as not applicable if the component is a database that is declared absent, is outside the cluster and has no pod
 * inside. With a pod, the declaration does not count.
 * @throws NotApplicable
 */
export async function expectInside(platform: Platform, component: Component): Promise<void> {
  const { kubernetes, configuration } = platform
  const reason = configuration.absent.mysql
  if (component !== 'mysql' || reason === undefined || !(await isOutside(platform))) return
  const pods = await kubernetes.pods(configuration.components.mysql.labels)
  if (pods.length === 0) throw new NotApplicable(`MySQL is declared absent from the cluster: ${reason}`)
}
