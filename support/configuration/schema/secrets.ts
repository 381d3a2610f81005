/** The Secrets that the service needs, and the tokens among them. */
import { z } from 'zod'
import type { PlatformNames } from '../../contracts/contract'
import { name } from './values'

/** The secrets come from External Secrets, or were created by hand. */
export const secretsMode = z.enum(['external', 'manual']).default('external')

/** The class of stores that External Secrets handles here, its option --controller-class. */
export const secretStores = z.strictObject({ controllerClass: name.default('default') }).prefault({})

const secret = (names: PlatformNames['secretNames']['service']) =>
  z
    .strictObject({
      name: name.default(names.name),
      /** The ExternalSecret that writes the Secret; found by its own name or by what it writes when absent. */
      externalSecret: name.optional(),
      keys: z
        .array(name)
        .min(1)
        .default([...names.keys]),
    })
    .prefault({})

export const secretNames = (names: PlatformNames['secretNames']) =>
  z
    .strictObject({
      service: secret(names.service),
      database: secret(names.database),
      grafana: secret(names.grafana),
    })
    .prefault({})

const token = (names: PlatformNames['tokens']['api']) =>
  z.strictObject({ name: name.default(names.name), key: name.default(names.key) }).prefault({})

export const tokens = (names: PlatformNames['tokens']) =>
  z
    .strictObject({
      api: token(names.api),
      github: token(names.github),
      gitlab: token(names.gitlab),
      argocd: token(names.argocd),
      jenkins: token(names.jenkins),
      /** An expired API token, to check that it is refused; the check is left out when absent. */
      expired: z.strictObject({ name, key: name }).optional(),
      /** The secret that signs webhooks; they are not signed when absent. */
      webhook: z.strictObject({ name, key: name }).optional(),
    })
    .prefault({})
