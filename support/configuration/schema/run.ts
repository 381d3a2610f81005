/** The run itself: what it may change, what it leaves out, where its results go, and how long it waits. */
import { z } from 'zod'
import { partsWithOwners } from '../../basis/owned-parts'
import { duration, name, named } from './values'

const reason = named('not used on this platform')

/** Optional parts that this platform does not have, each with the reason. */
export const absent = z
  .strictObject({
    jenkins: reason.optional(),
    externalAccess: reason.optional(),
    argocd: reason.optional(),
    github: reason.optional(),
    certManager: reason.optional(),
    ingress: reason.optional(),
    externalSecrets: reason.optional(),
    alertmanager: reason.optional(),
    storage: reason.optional(),
    mysql: reason.optional(),
  })
  .prefault({})

export const writes = z.strictObject({ context: named('staging'), database: z.boolean().default(false) }).optional()

/** PEM file with the Ed25519 key that signs the record, relative to the configuration file. */
export const signature = z.strictObject({ keyFile: named('signing-key.pem') }).optional()

/** The destinations of the run's metrics. */
export const metrics = z
  .strictObject({
    textfile: z
      .string()
      .endsWith('.prom', 'expected a file that ends with ".prom", such as "dora.prom", because others are not read')
      .optional(),
    pushgateway: z.url({ protocol: /^https?$/, error: 'expected a URL such as "http://pushgateway:9091"' }).optional(),
  })
  .prefault({})

const ownerKeys: readonly string[] = partsWithOwners

/** The earlier runs that are kept beside the reports. */
export const archive = z
  .strictObject({ runs: z.number().int().min(1).default(100), days: z.number().int().min(1).default(400) })
  .prefault({})

/** The people or teams that act on a cause, by the part of the platform or the id of a section of the checklist. */
export const owners = z
  .record(
    z.string().refine((key) => ownerKeys.includes(key) || /^\d+$/.test(key), {
      error: `expected the id of a section, such as "3", or one of ${ownerKeys.join(', ')}`,
    }),
    name,
  )
  .optional()

/** The load that the run puts on the platform. */
export const load = z
  .strictObject({
    /** Requests to one part of the platform at a time. */
    parallelRequests: z.number().int().min(1).default(6),
  })
  .prefault({})

export const deadlines = z
  .strictObject({
    /** One request to one surface. */
    request: duration('10s'),
    /** One scenario step that waits for a condition. */
    condition: duration('20s'),
    /** From the events until the metrics show them. */
    collection: duration('10m'),
    /** The longest time between two collections by the service's own schedule. */
    schedule: duration('1h'),
    /** A dashboard in the browser, from the request until everything on it is shown. */
    dashboard: duration('10s'),
    /** All the facts that are collected when something failed. */
    diagnosis: duration('15s'),
  })
  .prefault({})
