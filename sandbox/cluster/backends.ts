/**
 * The processes behind the pods. Pods of the sandbox have no containers: an annotation names a process on a loopback port
 * instead. Port-forwards, readiness probes, the ingress and service names all find the process here.
 */
import type { PortName, Ports } from '../basis/ports'

/** On a pod: the name of the sandbox's own process behind it. */
const processAnnotation = 'sandbox/process'
/**
 * On a pod with a foreign process, such as "8080=40123/ready": the container port, the loopback port of the process, and the
 * path of the readiness probe.
 */
const listenerAnnotation = 'sandbox/listens'
/** On a pod, a node or an ExternalSecret whose status was set by hand (a fault): the sandbox does not correct it. */
export const holdAnnotation = 'sandbox/hold'

export interface Backend {
  /** The port on which the container would listen. */
  readonly containerPort: number
  /** The loopback port of the process, for some processes through the interference proxy. */
  readonly port: PortName
  /** The path of the readiness probe. Without one, the probe waits for the server to speak first, as databases do. */
  readonly readinessPath?: string
}

export const backends = {
  lake: { containerPort: 8080, port: 'lakePod', readinessPath: '/api/ready' },
  ui: { containerPort: 4000, port: 'uiPod', readinessPath: '/' },
  grafana: { containerPort: 3000, port: 'grafanaPod', readinessPath: '/api/health' },
  mysql: { containerPort: 3306, port: 'mysql' },
  prometheus: { containerPort: 9090, port: 'prometheusPod', readinessPath: '/-/ready' },
  alertmanager: { containerPort: 9093, port: 'alertmanager', readinessPath: '/-/ready' },
  'argocd-server': { containerPort: 8080, port: 'argocd', readinessPath: '/healthz' },
  jenkins: { containerPort: 8080, port: 'jenkins', readinessPath: '/login' },
} as const satisfies Record<string, Backend>
type BackendName = keyof typeof backends

/** The listener behind a pod, on a loopback port. */
export interface Listener extends Omit<Backend, 'port'> {
  readonly port: number
  /** The name of the sandbox's own process; absent for a foreign one. */
  readonly process?: BackendName
}

const isBackend = (name: string | undefined): name is BackendName => name !== undefined && Object.hasOwn(backends, name)

/** The listener that a pod's annotations name; undefined if they name none or are malformed. */
export function listenerOf(
  annotations: Readonly<Record<string, string>> | undefined,
  ports: Ports,
): Listener | undefined {
  const process = annotations?.[processAnnotation]
  if (isBackend(process)) return { ...backends[process], port: ports[backends[process].port], process }
  const [, containerPort, port, readinessPath] =
    /^(\d+)=(\d+)(\/\S*)?$/.exec(annotations?.[listenerAnnotation] ?? '') ?? []
  if (containerPort === undefined) return undefined
  const probe = readinessPath === undefined ? {} : { readinessPath }
  return { containerPort: Number(containerPort), port: Number(port), ...probe }
}
