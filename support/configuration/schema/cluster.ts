/** The cluster: its size, the workloads that the service needs, its certificates, and the way in from outside. */
import { z } from 'zod'
import type { PlatformNames } from '../../contracts/contract'
import { duration, host, name, port } from './values'

export const cluster = (names: PlatformNames['cluster']) =>
  z
    .strictObject({
      minimumVersion: z
        .string()
        .regex(/^\d+\.\d+(\.\d+)?$/, 'expected a version such as "1.28"')
        .default(names.minimumVersion),
      workers: z.number().int().min(1).default(names.workers),
    })
    .prefault({})

const dependency = (names: PlatformNames['dependencies']['argocd']) =>
  z
    .strictObject({
      selector: name.default(names.selector),
      /** Labels (key=value) of the parts that must be present. */
      parts: z
        .array(z.string().regex(/^[^=]+=[^=]+$/, 'expected a label such as "app.kubernetes.io/component=server"'))
        .default([...names.parts]),
      namespace: name.optional().transform((given) => given ?? names.namespace),
    })
    .prefault({})

export const dependencies = (names: PlatformNames['dependencies']) =>
  z
    .strictObject({
      ingressController: dependency(names.ingressController),
      certManager: dependency(names.certManager),
      argocd: dependency(names.argocd),
      flux: dependency(names.flux),
      externalSecrets: dependency(names.externalSecrets),
      prometheusOperator: dependency(names.prometheusOperator),
      grafana: dependency(names.grafana),
    })
    .prefault({})

export const certificates = z
  .strictObject({
    /** `none` on a platform where cert-manager issues nothing; otherwise finding no certificate blocks. */
    expect: z.enum(['some', 'none']).default('some'),
    /** A certificate that ends sooner is about to expire. */
    validFor: duration('7d'),
  })
  .prefault({})

/** The address of the ingress controller where DNS does not know its hosts, as in curl's --resolve. */
export const ingressController = z
  .strictObject({ address: host.optional(), httpPort: port.default(80), httpsPort: port.default(443) })
  .prefault({})
