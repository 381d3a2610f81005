/** The data of the service: where it is collected from, where it is stored, and the projects whose numbers are recomputed. */
import { z } from 'zod'
import type { PlatformNames } from '../../contracts/contract'
import { host, identifier, name, port } from './values'

/** The endpoint of the service's connection to a data source. */
const endpoint = (names: PlatformNames['dataSources']['github']) =>
  z.url({ protocol: /^https?$/, error: 'expected a URL such as "https://api.github.com"' }).default(names.endpoint)

const source = (names: PlatformNames['dataSources']['github']) =>
  z.strictObject({
    endpoint: endpoint(names),
    /** The repositories or Applications that must be present and are checked; all of them when absent. */
    scopes: z.array(name).min(1).optional(),
  })

const scopedSource = (names: PlatformNames['dataSources']['github']) => source(names).prefault({})

export const jenkins = (names: PlatformNames['jenkins']) =>
  z.strictObject({ service: name.default(names.service) }).prefault({})

export const dataSources = (names: PlatformNames['dataSources']) =>
  z
    .strictObject({
      github: scopedSource(names.github),
      /** GitLab, in the place of GitHub where that is absent. */
      gitlab: source(names.gitlab).optional(),
      argocd: scopedSource(names.argocd),
      jenkins: z.strictObject({ endpoint: endpoint(names.jenkins) }).prefault({}),
    })
    .prefault({})

export const database = (names: PlatformNames['database']) =>
  z
    .strictObject({
      name: name.default(names.name),
      user: name.default(names.user),
      passwordKey: name.default(names.passwordKey),
      rootPasswordKey: name.default(names.rootPasswordKey),
      /** The host of a database outside the cluster; absent for the one behind `components.mysql.service`. */
      host: host.optional(),
      /** The port on that host. */
      port: port.default(3306),
      /** Encryption of the connection: never, where the server offers it, or always. */
      tls: z.enum(['off', 'prefer', 'require']).default('prefer'),
      /** PEM file with the authority that signed the certificate of the database; not verified when absent. */
      certificateAuthority: name.optional(),
    })
    .prefault({})

/** The tables and columns that hold events but are not part of the published schema. */
export const events = z
  .strictObject({
    /** The commits that a deployment contains. */
    deploymentCommits: z.strictObject({ table: identifier, deployment: identifier, commit: identifier }).optional(),
    /** The mark of commits that the deployment's own event named. */
    listedCommits: z.strictObject({ table: identifier, deployment: identifier, column: identifier }).optional(),
    /** The project, the environment and the named deployment of an incident. */
    incidents: z
      .strictObject({
        table: identifier,
        incident: identifier,
        project: identifier,
        environment: identifier,
        deployment: identifier,
      })
      .optional(),
    /** The builds of pipelines. */
    builds: z
      .strictObject({
        table: identifier,
        id: identifier,
        project: identifier,
        commit: identifier,
        stage: identifier,
        result: identifier,
        started: identifier,
        finished: identifier,
        /** The rows that are builds; all of them when absent. */
        type: z.strictObject({ column: identifier, value: name }).optional(),
      })
      .optional(),
    /** `none`: stored ids are those that were posted; `project`: they are prefixed with `project:`; absent: found out. */
    idPrefix: z.enum(['none', 'project']).optional(),
  })
  .prefault({})

export const projects = z
  .strictObject({
    /** The projects whose numbers are recomputed; all of them when absent. */
    only: z.array(name).min(1).optional(),
    /** Above this number, a sample of the projects is recomputed. */
    atMost: z.number().int().min(1).default(20),
  })
  .prefault({})
