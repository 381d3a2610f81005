/** The names of the objects that the declared operations address, by the configuration. */
import { allHosts, entries, hostsOf, namespaceOfEntry } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import { namespaceOf, type Operation, type Place } from './operations'

/**
 * Returns the names of the objects that an operation may read or change, for rights that are limited to them; undefined if the
 * names are not in the configuration, and none if the configured platform does not need the operation.
 */
export function namesOf(configuration: Configuration, operation: Operation): readonly string[] | undefined {
  const { resource, verb, subresource, place } = operation
  if ((verb !== 'get' && verb !== 'patch') || subresource !== undefined) return undefined
  const names = namesByResource[resource]?.(configuration, place)
  return names && [...new Set(names)].sort()
}

/** Returns true for a role whose Secret lies in a place: Grafana may have a namespace of its own. */
const isIn =
  ({ namespace, grafana }: Configuration, place: Place) =>
  (role: string): boolean =>
    (grafana.namespace ?? namespace) === namespace || (role === 'grafana') === (place === 'grafana')

const delivering =
  (kind: Configuration['application']['kind']) =>
  ({ application }: Configuration): readonly string[] =>
    application.kind === kind ? [application.name] : []

const entering =
  (kind: Configuration['ingresses']['service']['kind']) =>
  (configuration: Configuration, place: Place): readonly string[] =>
    entries
      .filter((role) => namespaceOfEntry(configuration, role) === namespaceOf(configuration, place))
      .flatMap((role) => hostsOf(configuration, role))
      .flatMap((one) => (one.kind === kind ? one.name : []))

/** Any name, but beside a way in of its own namespace only for the backends of an Ingress. */
const backends = (configuration: Configuration, place: Place): readonly string[] | undefined =>
  /Entry$/.test(place) && entering('Ingress')(configuration, place)?.length === 0 ? [] : undefined

/** Any name where an HTTPRoute leads to the service, otherwise none. */
const ofGateways = (configuration: Configuration): readonly string[] | undefined =>
  allHosts(configuration).some(({ kind }) => kind === 'HTTPRoute') ? undefined : []

/** Any name where Flux delivers the service, otherwise none. */
const ofFlux = ({ application }: Configuration): readonly string[] | undefined =>
  application.kind === 'Application' ? [] : undefined

const secretsIn = (configuration: Configuration, place: Place) =>
  Object.entries(configuration.secretNames).flatMap(([role, one]) => (isIn(configuration, place)(role) ? [one] : []))

type Names = (configuration: Configuration, place: Place) => readonly string[] | undefined

/** The other resources have names that only the cluster knows, such as those of stores and of the backends of an Ingress. */
const namesByResource: Readonly<Record<string, Names>> = {
  kustomizations: delivering('Kustomization'),
  helmreleases: delivering('HelmRelease'),
  gitrepositories: ofFlux,
  ocirepositories: ofFlux,
  buckets: ofFlux,
  helmrepositories: ofFlux,
  helmcharts: ofFlux,
  secrets: (configuration, place) => [
    ...secretsIn(configuration, place).map(({ name }) => name),
    ...(isIn(configuration, place)('tokens')
      ? Object.values(configuration.tokens).flatMap((token) => token?.name ?? [])
      : []),
  ],
  externalsecrets: (configuration, place) =>
    secretsIn(configuration, place).map(({ name, externalSecret }) => externalSecret ?? name),
  persistentvolumeclaims: ({ storage }) => [storage.claim],
  services: backends,
  ingresses: entering('Ingress'),
  httproutes: entering('HTTPRoute'),
  gateways: ofGateways,
  gatewayclasses: ofGateways,
  applications: ({ application }) => [application.name],
  servicemonitors: ({ monitoring }) => [monitoring.serviceMonitor],
}
