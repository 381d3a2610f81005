/**
 * Pods of the sandbox have no containers. A pod that carries one of two annotations has a process on a loopback port instead;
 * port-forwards, readiness, the ingress and service names all find it here.
 */
import type { PortName, Ports } from '../basis/ports'

/** On a pod: the name of the process behind it. */
const processAnnotation = 'sandbox/process'
/**
 * On a pod: the port of its container and the loopback port of a process that whoever deployed it runs himself, with what a
 * kubelet would ask for readiness, such as "8080=40123/ready".
 */
const listenerAnnotation = 'sandbox/listens'
/** On a pod, a node or an ExternalSecret: its status is held by hand (a fault), so nothing of the sandbox puts it right. */
export const holdAnnotation = 'sandbox/hold'

export interface Backend {
  /** The port that the container would listen on. */
  readonly containerPort: number
  /** The loopback port that leads to the process, for some by way of the interference. */
  readonly port: PortName
  /** What a kubelet would ask for readiness; without a path, that the server speaks first. */
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

/** What listens behind a pod, on a loopback port. */
export interface Listener extends Omit<Backend, 'port'> {
  readonly port: number
  /** Of the sandbox's own; absent where it is somebody else's. */
  readonly process?: BackendName
}

const isBackend = (name: string | undefined): name is BackendName => name !== undefined && Object.hasOwn(backends, name)

/** What a pod's annotations say; what they do not say right is nothing. */
export function listenerOf(
  annotations: Readonly<Record<string, string>> | undefined,
  ports: Ports,
): Listener | undefined {
  const process = annotations?.[processAnnotation]
  if (isBackend(process)) return { ...backends[process], port: ports[backends[process].port], process }
  const [, containerPort, port, readinessPath] =
    /^(\d+)=(\d+)(\/\S*)?$/.exec(annotations?.[listenerAnnotation] ?? '') ?? []
  if (containerPort === undefined) return undefined
  const asked = readinessPath === undefined ? {} : { readinessPath }
  return { containerPort: Number(containerPort), port: Number(port), ...asked }
}
