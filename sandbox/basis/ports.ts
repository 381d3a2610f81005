/** The loopback ports of one sandbox: chosen once and kept, so that a second `up` and a restarted part find each other. */
import { existsSync } from 'node:fs'
import getPort from 'get-port'
import { z } from 'zod'
import { readJson, writeWhole } from './files'
import { files, startOver } from './layout'

export const portNames = [
  'etcd',
  'etcdPeers',
  'apiServer',
  'controllerManager',
  'scheduler',
  'kwok',
  'mysql',
  'prometheus',
  'pushgateway',
  'ingressHttp',
  'ingressHttps',
  'network',
  'lake',
  'lakePod',
  'prometheusPod',
  'ui',
  'uiPod',
  'grafana',
  'grafanaPod',
  'github',
  'gitlab',
  'argocd',
  'jenkins',
  'alertmanager',
  'vault',
  'externalSecrets',
  'prometheusOperator',
  'argocdRedis',
  'argocdGit',
  'argocdRepoServer',
  'argocdRepoServerMetrics',
  'argocdController',
] as const
export type PortName = (typeof portNames)[number]
export type Ports = Readonly<Record<PortName, number>>

const schema = z.record(z.enum(portNames), z.number().int().positive())

/** Below the kernel's ephemeral range (from 32768 on Linux): no outgoing connection can take a port before its part does. */
const first = 20_000
const last = 32_000

/** The ports of this sandbox, or undefined before its first `up`. */
export function knownPorts(): Ports | undefined {
  return existsSync(files.ports) ? readJson(files.ports, schema, startOver) : undefined
}

/**
 * The known ports, or newly chosen free ones. The search starts at a random port, so that two sandboxes that start at once do
 * not collide.
 */
export async function claimPorts(): Promise<Ports> {
  const known = knownPorts()
  if (known !== undefined) return known
  const start = first + Math.floor(Math.random() * (last - first))
  const candidates = Array.from(
    { length: last - first },
    (_, index) => first + ((start - first + index) % (last - first)),
  )
  const found: Partial<Record<PortName, number>> = {}
  for (const name of portNames) {
    const taken = new Set(Object.values(found))
    found[name] = await getPort({
      host: '127.0.0.1',
      port: candidates.filter((candidate) => !taken.has(candidate)).slice(0, 500),
    })
  }
  const ports = schema.parse(found)
  writeWhole(files.ports, JSON.stringify(ports, undefined, 2))
  return ports
}
