/** Grafana, Prometheus and Alertmanager. */
import { z } from 'zod'
import type { PlatformNames } from '../../contracts/contract'
import { duration, labels, name, port } from './values'

/** A path without a slash at its end; the empty text for the root. */
const path = (example: string) =>
  z
    .string()
    .regex(/^\/[^?#\s]*$/, `expected a path such as "${example}"`)
    .transform((given) => given.replace(/\/+$/, ''))

export const grafana = (names: PlatformNames['grafana']) =>
  z
    .strictObject({
      /** The namespace of Grafana, with its pods, Service, Secret and Ingress; that of the service when absent. */
      namespace: name.optional(),
      user: name.default(names.user),
      passwordKey: name.default(names.passwordKey),
      /** The key of a service account token, which takes the place of the password where single sign-on is the only login. */
      tokenKey: name.optional(),
      /** The folder of the dashboards, by its title; that of the contract when absent. */
      folder: name.optional(),
      /** By the title in the checklist: the uid of a dashboard, or the title by which it is found in the folder. */
      dashboards: z
        .record(
          name,
          z
            .strictObject({ uid: name.optional(), title: name.optional() })
            .refine(({ uid, title }) => uid !== undefined || title !== undefined, {
              error: 'expected a uid or a title, such as { uid: deployment-frequency }',
            }),
        )
        .optional(),
      /** The path under which Grafana is served, if its setting serve_from_sub_path is on; found out when absent. */
      root: path('/grafana')
        .optional()
        .transform((given) => given ?? names.root),
    })
    .prefault({})

export const monitoring = (names: PlatformNames['monitoring']) =>
  z
    .strictObject({
      namespace: name.default(names.namespace),
      serviceMonitor: name.default(names.serviceMonitor),
      /** The namespace of the ServiceMonitor; that of the monitoring stack when absent. */
      serviceMonitorNamespace: name.optional(),
      prometheus: z
        .strictObject({
          service: name.default(names.prometheus.service),
          port: port.default(names.prometheus.port),
        })
        .prefault({}),
      alertmanager: z
        .strictObject({
          service: name.default(names.alertmanager.service),
          port: port.default(names.alertmanager.port),
          /** Labels of the alert that a run raises, besides alertname and service: they route it to the service. */
          labels: labels.default(names.alertmanager.labels),
        })
        .prefault({}),
      /** The paths under which they are served; those of their objects when absent. */
      roots: z
        .strictObject({ prometheus: path('/prometheus').optional(), alertmanager: path('/alertmanager').optional() })
        .prefault({}),
      /** The time before now in which a gap between two scrapes counts. */
      lookBack: duration('5m'),
    })
    .prefault({})
