/** The names by which the stand-ins find parts of the platform; `--platform` changes some of them. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from './files'
import { files, startOver } from './layout'

const schema = z.strictObject({
  /** The namespace of the service. */
  namespace: z.string().default('fawkes'),
  /** The namespace of ArgoCD and its Applications; null where Flux delivers the service. */
  argocd: z.string().nullable().default('fawkes'),
  application: z.string().default('devlake'),
  /** The source from which the Application or the object of Flux deploys. */
  source: z
    .strictObject({
      repository: z.string(),
      path: z.string().optional(),
      chart: z.string().optional(),
      revision: z.string(),
    })
    .default({ repository: 'https://github.com/paruff/fawkes', path: 'platform/apps/devlake', revision: 'main' }),
  /** The services of the lake and of the database. */
  lake: z.string().default('devlake-lake'),
  mysql: z.string().default('devlake-mysql'),
  /** The forge that the service collects from; null without one. */
  forge: z.enum(['github', 'gitlab']).nullable().default('github'),
  /** True if people log in to Grafana by single sign-on only. */
  signOn: z.boolean().default(false),
  /** True if the Gateway API leads to the service. */
  gateway: z.boolean().default(false),
  /** True if the database runs outside the cluster. */
  outsideDatabase: z.boolean().default(false),
  /** True if the database takes encrypted connections only. */
  secureDatabase: z.boolean().default(false),
})
export type Names = z.infer<typeof schema>

/** The names of the default platform, with those that another platform changes. */
export const namesWith = (changed: Partial<Names>): Names => schema.parse(changed)

export const storeNames = (names: Names): void => writeWhole(files.names, JSON.stringify(names))

/** The names of this sandbox. */
export const storedNames = (): Names =>
  existsSync(files.names) ? readJson(files.names, schema, startOver) : namesWith({})
