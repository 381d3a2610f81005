/** The place of the ServiceMonitor. */
import type { Configuration } from './schema'

/** Returns its name and its namespace, which is that of the monitoring stack unless the configuration names another. */
export const serviceMonitorNames = ({ monitoring }: Pick<Configuration, 'monitoring'>) => ({
  name: monitoring.serviceMonitor,
  namespace: monitoring.serviceMonitorNamespace ?? monitoring.namespace,
})
