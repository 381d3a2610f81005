/** A platform's names for the objects that findings mention, with which analyzers find them among the facts. */
import { z } from 'zod'

export const names = z.object({
  namespace: z.string(),
  components: z.array(
    z.object({
      component: z.string(),
      /** The namespace of the component; that of the service when absent. */
      namespace: z.string().optional(),
      service: z.string(),
      selector: z.string(),
    }),
  ),
  /** Each dependency with the selector that findings mention and the workloads that it matches. */
  dependencies: z.array(z.object({ dependency: z.string(), selector: z.string(), workloads: z.array(z.string()) })),
  database: z.object({ service: z.string(), secret: z.string() }),
  application: z.object({ namespace: z.string(), name: z.string() }),
  /** The name of the namespace that holds only the service, if the platform uses one. */
  ownNamespace: z.string(),
  secrets: z.array(z.string()),
  /** The namespaces of the Secrets that do not lie in that of the service, by name. */
  secretNamespaces: z.record(z.string(), z.string()).optional(),
  /** The Secret without which the service cannot read what it stored encrypted. */
  encryptionSecret: z.string().optional(),
  /** True if the secrets were created by hand. */
  secretsByHand: z.boolean(),
  monitoring: z.object({
    namespace: z.string(),
    serviceMonitor: z.string(),
    /** The namespace of the ServiceMonitor; that of Prometheus when absent. */
    serviceMonitorNamespace: z.string().optional(),
    prometheus: z.string(),
    metricsPath: z.string(),
  }),
})
