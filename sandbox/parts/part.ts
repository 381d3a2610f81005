/** One process of the sandbox: how it is started and how it is known to be ready. */

import type { PortName, Ports } from '../basis/ports'
import type { Command } from '../basis/processes'
import type { GoProgram } from '../programs/go'

export interface Environment {
  readonly ports: Ports
  readonly programs: Readonly<Record<GoProgram, string>>
}

export interface Part {
  readonly name: PartName
  /** Work before the start: configuration files, data directories. */
  readonly prepare?: () => Promise<void> | void
  readonly command: () => Command
  /** Answers true when the part does its work; anything else, errors too, means not yet. */
  readonly isReady: () => Promise<boolean>
  /** Milliseconds. */
  readonly deadline: number
}

/** Every part, and the port where it answers. */
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
