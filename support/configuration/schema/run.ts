/** The run itself: what it may change, what it leaves out, where its results go, and how long it waits. */
import { z } from 'zod'
import { partsWithOwners } from '../../basis/owned-parts'
import { duration, name } from './values'

/** Optional parts that this platform does not have, each with the reason. */
export const absent = z
  .strictObject({
    jenkins: name.optional(),
    externalAccess: name.optional(),
    argocd: name.optional(),
    github: name.optional(),
    certManager: name.optional(),
    ingress: name.optional(),
    externalSecrets: name.optional(),
    alertmanager: name.optional(),
    storage: name.optional(),
    mysql: name.optional(),
  })
  .prefault({})

export const writes = z.strictObject({ context: name, database: z.boolean().default(false) }).optional()

/** PEM file with the Ed25519 key that signs the record, relative to the configuration file. */
export const signature = z.strictObject({ keyFile: name }).optional()

/** The destinations of the run's metrics. */
export const metrics = z
  .strictObject({
    textfile: z.string().endsWith('.prom', 'expected a file that ends with ".prom": others are not read').optional(),
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
