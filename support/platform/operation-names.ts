/** The names of the objects that the declared operations address, by the configuration. */
import { allHosts } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import type { Operation } from './operations'

/**
 * Returns the names of the objects that an operation may read or change, for rights that are limited to them; undefined if the
 * names are not in the configuration, and none if the configured platform does not need the operation.
 */
export function namesOf(configuration: Configuration, operation: Operation): readonly string[] | undefined {
  const { resource, verb, subresource } = operation
  if ((verb !== 'get' && verb !== 'patch') || subresource !== undefined) return undefined
  const names = namesByResource[resource]?.(configuration)
  return names && [...new Set(names)].sort()
}

const delivering =
  (kind: Configuration['application']['kind']) =>
  ({ application }: Configuration): readonly string[] =>
    application.kind === kind ? [application.name] : []

const entering =
  (kind: Configuration['ingresses']['service']['kind']) =>
  (configuration: Configuration): readonly string[] =>
    allHosts(configuration).flatMap((one) => (one.kind === kind ? one.name : []))

/** Any name where an HTTPRoute leads to the service, otherwise none. */
const ofGateways = (configuration: Configuration): readonly string[] | undefined =>
  allHosts(configuration).some(({ kind }) => kind === 'HTTPRoute') ? undefined : []

/** Any name where Flux delivers the service, otherwise none. */
const ofFlux = ({ application }: Configuration): readonly string[] | undefined =>
  application.kind === 'Application' ? [] : undefined

/** The other resources have names that only the cluster knows, such as those of stores and of the backends of an Ingress. */
const namesByResource: Readonly<Record<string, (configuration: Configuration) => readonly string[] | undefined>> = {
  kustomizations: delivering('Kustomization'),
  helmreleases: delivering('HelmRelease'),
  gitrepositories: ofFlux,
  ocirepositories: ofFlux,
  buckets: ofFlux,
  helmrepositories: ofFlux,
  helmcharts: ofFlux,
  secrets: ({ secretNames, tokens }) =>
    [...Object.values(secretNames), ...Object.values(tokens)].flatMap((secret) => secret?.name ?? []),
  externalsecrets: ({ secretNames }) =>
    Object.values(secretNames).map(({ name, externalSecret }) => externalSecret ?? name),
  persistentvolumeclaims: ({ storage }) => [storage.claim],
  ingresses: entering('Ingress'),
  httproutes: entering('HTTPRoute'),
  gateways: ofGateways,
  gatewayclasses: ofGateways,
  applications: ({ application }) => [application.name],
  servicemonitors: ({ monitoring }) => [monitoring.serviceMonitor],
}
