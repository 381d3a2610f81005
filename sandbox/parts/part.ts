/** A part: one process of the sandbox, with its command and its readiness probe. */
import type { PortName, Ports } from '../basis/ports'
import type { Command } from '../basis/processes'
import type { GoProgram } from '../programs/go'

export interface Environment {
  readonly ports: Ports
  readonly programs: Readonly<Record<GoProgram, string>>
}

export interface Part {
  readonly name: PartName
  /** Writes configuration files and data directories before the start. */
  readonly prepare?: () => Promise<void> | void
  readonly command: () => Command
  /** Returns true once the part does its work. False and errors mean "not yet". */
  readonly isReady: () => Promise<boolean>
}

/** Every part, with the port on which it answers. */
export const portOf = {
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
export type PartName = keyof typeof portOf
export const partNames = Object.keys(portOf) as PartName[]
