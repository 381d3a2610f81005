/** The operations in the namespaces of Grafana and of what leads in from outside, which may be others than that of the service. */
import { type Operation, operations, type Place } from './operations'

/** The sections whose scenarios concern Grafana or its Secret. */
const ofGrafana: readonly string[] = ['0', '1', '3', '4', '5', '15', '16', '18', '21']

/** The reads of the service's namespace that Grafana's own namespace needs too, for its pods, Service, Secret and way in. */
const alsoForGrafana = [
  operations.listOwnDeployments,
  operations.listOwnStatefulSets,
  operations.listOwnDaemonSets,
  operations.getSecretStore,
  operations.getExternalSecret,
  operations.getSecret,
  operations.getHttpRoute,
  operations.listPods,
  operations.getService,
  operations.listEndpointSlices,
  operations.getIngress,
  operations.listNetworkPolicies,
  operations.forwardToPod,
].map(
  (operation): Operation => ({
    ...operation,
    place: 'grafana',
    sections: operation.sections.filter((id) => ofGrafana.includes(id)),
  }),
)

/** The reads that the namespace of an Ingress or HTTPRoute needs. */
const alsoForEntries = (['serviceEntry', 'grafanaEntry'] as const satisfies readonly Place[]).flatMap((place) =>
  [operations.getHttpRoute, operations.getIngress, operations.getService].map(
    (operation): Operation => ({ ...operation, place, sections: ['0', '5'] }),
  ),
)

/** Every operation, with those of the namespaces that may be that of the service. */
export const allOperations: readonly Operation[] = [
  ...Object.values<Operation>(operations),
  ...alsoForGrafana,
  ...alsoForEntries,
]
