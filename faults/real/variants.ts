/** Every healthy variant of the real controllers. */
import type { Variant } from '../variants/variant'
import { applicationVariants } from './application-variants'
import { changing } from './change'
import { monitoringVariants, prometheusVariants } from './monitoring-variants'
import { secretVariants, storeVariants } from './secret-variants'

/** Every variant of `npm run test:real`. */
export const realVariants: readonly Variant[] = [
  ...changing('ExternalSecret devlake-db', secretVariants),
  ...changing('ClusterSecretStore vault', storeVariants),
  ...changing('ServiceMonitor devlake-metrics', monitoringVariants),
  ...changing('Prometheus kube-prometheus-prometheus', prometheusVariants),
  ...changing('Application devlake', applicationVariants),
]
