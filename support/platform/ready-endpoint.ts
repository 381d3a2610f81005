/** Finds the pod and the port behind a service, as kube-proxy does. */
import { command } from '../basis/command'
import { isBackedByReadyPod } from '../basis/endpoints'
import { Unmet } from '../basis/expectation'
import type { Kubernetes, ServicePlace } from './kubernetes'

/** A service in one of the namespaces, and its documented port. */
export interface ServicePort {
  readonly place: ServicePlace
  readonly service: string
  readonly port: number
}

/** Returns a ready pod behind a service and the number of its port. @throws Unmet if no pod is ready */
export async function readyEndpoint(
  kubernetes: Kubernetes,
  { place, service: name, port }: ServicePort,
): Promise<{ readonly pod: string; readonly port: number }> {
  const namespace = kubernetes.namespaceOf(place)
  const [service, slices] = await Promise.all([kubernetes.service(name, place), kubernetes.endpointSlices(name, place)])
  const portName = service?.spec.ports.find((candidate) => candidate.port === port)?.name ?? ''
  for (const slice of slices) {
    const number = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port
    const endpoint = slice.endpoints?.find(
      ({ conditions, targetRef }) => isBackedByReadyPod(conditions) && targetRef?.name,
    )
    if (number && endpoint?.targetRef?.name) return { pod: endpoint.targetRef.name, port: number }
  }
  const object = `Service ${namespace}/${name}`
  throw new Unmet({
    summary: `${object} has no ready endpoints.`,
    object,
    reliesOn: [object],
    expected: `a ready pod behind port ${port}`,
    found: 'none',
    remedy: [command`kubectl get endpointslices -n ${namespace ?? ''} -l kubernetes.io/service-name=${name}`],
  })
}
