/** A part: one process of the sandbox, with its command and its readiness probe. */
import type { PortName, Ports } from '../basis/ports'
import type { Command } from '../basis/processes'
import type { GoProgram, RealController } from '../programs/go'

export interface Environment {
  readonly ports: Ports
  readonly programs: Readonly<Record<GoProgram, string>>
  /** The real controllers, if they run in place of the stand-ins. */
  readonly real?: Readonly<Record<RealController, string>> | undefined
}

export interface Part {
  readonly name: PartName
  /** Writes configuration files and data directories before the start. */
  readonly prepare?: () => Promise<void> | void
  readonly command: () => Command
  /** Returns true once the part does its work. False and errors mean "not yet". */
  readonly isReady: () => Promise<boolean>
}

/** The parts of every sandbox, with the port on which each answers. */
const basicPorts = {
  etcd: 'etcd',
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
  'kube-scheduler': 'scheduler',
  kwok: 'kwok',
  mysql: 'mysql',
  prometheus: 'prometheus',
  pushgateway: 'pushgateway',
  controllers: 'network',
  lake: 'lake',
  ui: 'ui',
  grafana: 'grafana',
} as const satisfies Record<string, PortName>

/** The further parts of a sandbox with the real controllers. */
const realPorts = {
  'external-secrets': 'externalSecrets',
  'prometheus-operator': 'prometheusOperator',
  'argocd-redis': 'argocdRedis',
  'argocd-git': 'argocdGit',
  'argocd-repo-server': 'argocdRepoServer',
  'argocd-application-controller': 'argocdController',
} as const satisfies Record<string, PortName>

export const portOf = { ...basicPorts, ...realPorts }
export type PartName = keyof typeof portOf

/** The names of the parts of a sandbox, with or without the real controllers. */
export const partNames = ({ real }: { readonly real: boolean }): PartName[] =>
  Object.keys(real ? portOf : basicPorts) as PartName[]
