/**
 * Pods of the sandbox have no containers. A pod that carries this annotation has a process on a loopback port instead;
 * port-forwards, logs, exec, readiness, the ingress and service names all find it through this one table.
 */
import type { PortName } from './ports'

/** On a pod: the name of the process behind it. */
const processAnnotation = 'sandbox/process'
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
export type BackendName = keyof typeof backends

/** The process behind a pod, from the pod's annotations. */
export function backendOf(annotations: Readonly<Record<string, string>> | undefined): BackendName | undefined {
  const name = annotations?.[processAnnotation]
  return name !== undefined && Object.hasOwn(backends, name) ? (name as BackendName) : undefined
}
