/** The operations in the namespace of Grafana, which may be another one than that of the service. */
import { type Operation, operations } from './operations'

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
  operations.forwardToPod,
].map(
  (operation): Operation => ({
    ...operation,
    place: 'grafana',
    sections: operation.sections.filter((id) => ofGrafana.includes(id)),
  }),
)

/** Every operation, with those of Grafana's namespace, which may be that of the service. */
export const allOperations: readonly Operation[] = [...Object.values<Operation>(operations), ...alsoForGrafana]
