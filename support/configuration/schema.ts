/**
 * The configuration file, key by key. Everything has a default except what only the operator can know, so an empty file
 * and no file mean the same. An unknown key is refused: a misspelt one would otherwise silently keep the default.
 */
import { z } from 'zod'
import { contractNames, defaultContract, type PlatformNames } from '../contracts/contract'
import { certificates, cluster, dependencies, ingressController } from './schema/cluster'
import { database, dataSources, events, jenkins, projects } from './schema/data'
import { grafana, monitoring } from './schema/observability'
import { absent, archive, deadlines, load, metrics, owners, signature, writes } from './schema/run'
import { secretNames, secretStores, secretsMode, tokens } from './schema/secrets'
import { application, components, ingresses, logs, storage, testApplication } from './schema/service'
import { name, named } from './schema/values'

/** The schema whose defaults are the names of a contract. */
export function configurationSchema(names: PlatformNames) {
  return z.strictObject({
    contract: z.enum(contractNames).default(defaultContract),
    /** The context of the kubeconfig; its current one when absent. */
    context: named('staging').optional(),
    secrets: secretsMode,
    namespace: name.default(names.namespace),
    cluster: cluster(names.cluster),
    components: components(names.components),
    ingresses: ingresses(names.ingresses),
    storage: storage(names.storage),
    application: application(names.application),
    testApplication,
    secretNames: secretNames(names.secretNames),
    secretStores,
    tokens: tokens(names.tokens),
    jenkins: jenkins(names.jenkins),
    dataSources: dataSources(names.dataSources),
    database: database(names.database),
    grafana: grafana(names.grafana),
    events,
    projects,
    monitoring: monitoring(names.monitoring),
    dependencies: dependencies(names.dependencies),
    certificates,
    logs,
    ingress: ingressController,
    /** PEM file with the authority that signed the certificates of HTTPS routes. */
    certificateAuthority: named('ca.pem').optional(),
    absent,
    writes,
    /** YAML files, relative to this one. */
    attestations: named('attestations.yaml').optional(),
    waivers: named('waivers.yaml').optional(),
    /** YAML files with a team's own checks, relative to this one. */
    checklist: z.array(named('own-checks.yaml')).default([]),
    signature,
    metrics,
    archive,
    /** The name of the environment, such as "production", for the reports. */
    environment: named('production').optional(),
    owners,
    load,
    deadlines,
  })
}

export type Configuration = z.infer<ReturnType<typeof configurationSchema>>
