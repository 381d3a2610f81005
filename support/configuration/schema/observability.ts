/** Grafana, Prometheus and Alertmanager. */
import { z } from 'zod'
import type { PlatformNames } from '../../contracts/contract'
import { duration, labels, name, port } from './values'

export const grafana = (names: PlatformNames['grafana']) =>
  z
    .strictObject({
      user: name.default(names.user),
      passwordKey: name.default(names.passwordKey),
      /** The path under which Grafana is served, if its setting serve_from_sub_path is on. */
      root: z
        .string()
        .regex(/^(\/[^/]+)+$/, 'expected a path such as "/grafana"')
        .optional()
        .transform((given) => given ?? names.root),
    })
    .prefault({})

export const monitoring = (names: PlatformNames['monitoring']) =>
  z
    .strictObject({
      namespace: name.default(names.namespace),
      serviceMonitor: name.default(names.serviceMonitor),
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
      /** The time before now in which a gap between two scrapes counts. */
      lookBack: duration('5m'),
    })
    .prefault({})
