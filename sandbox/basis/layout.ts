/** Where the sandbox keeps what: everything of one sandbox in a directory of its own, what outlives it in the cache. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const checkout = resolve(__dirname, '..', '..')
/** One sandbox for each checkout; `SANDBOX_STATE` names the directory of another one beside it. */
export const stateDirectory = resolve(process.env.SANDBOX_STATE ?? join(checkout, '.sandbox'))

/** A path in the state directory. */
export const inState = (...parts: string[]): string => join(stateDirectory, ...parts)

/** A path in the cache that all checkouts of a user share: what was built or downloaded once. */
export const inCache = (...parts: string[]): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dora-acceptance', ...parts)

export const files = {
  lock: inState('lock'),
  ports: inState('ports.json'),
  processes: inState('processes.json'),
  options: inState('options.json'),
  kubeconfig: inState('kubeconfig'),
  configuration: inState('acceptance.yaml'),
  attestations: inState('attestations.yaml'),
  vault: inState('vault.json'),
  audit: inState('audit.log'),
  definitions: inState('definitions.json'),
  prometheusConfiguration: inState('prometheus.yml'),
} as const

/** The kubeconfig of one caller of the API server, such as the scheduler. */
export const kubeconfigOf = (name: string): string => inState('kubeconfigs', name)
/** The raw output of a process. */
export const logOf = (name: string): string => inState('logs', `${name}.log`)
/** The same output as a container's log, which `kubectl logs` shows. */
export const podLogOf = (name: string): string => inState('pods', `${name}.log`)
export const previousPodLogOf = (name: string): string => inState('pods', `${name}.previous.log`)
/** The certificate and key of one identity. */
export const certificateOf = (name: string): { certificate: string; key: string } => ({
  certificate: inState('certificates', `${name}.crt`),
  key: inState('certificates', `${name}.key`),
})
