/** Paths of the sandbox: one directory holds the state of one sandbox, and a cache holds what outlives it. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const checkout = resolve(__dirname, '..', '..')
/** Each checkout has one sandbox. `SANDBOX_STATE` names the state directory of an additional one. */
export const stateDirectory = resolve(process.env.SANDBOX_STATE ?? join(checkout, '.sandbox'))

/** A path in the state directory. */
export const inState = (...parts: string[]): string => join(stateDirectory, ...parts)

/** A path in the cache of built and downloaded files, which all checkouts of a user share. */
export const inCache = (...parts: string[]): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dora-acceptance', ...parts)

/** The repair for a damaged file in the state directory. */
export const startOver = `Run npm run sandbox -- down, delete ${stateDirectory}, then run npm run sandbox -- up.`

export const files = {
  lock: inState('lock'),
  ports: inState('ports.json'),
  processes: inState('processes.json'),
  options: inState('options.json'),
  names: inState('names.json'),
  kubeconfig: inState('kubeconfig'),
  configuration: inState('acceptance.yaml'),
  attestations: inState('attestations.yaml'),
  vault: inState('vault.json'),
  audit: inState('audit.log'),
  definitions: inState('definitions.json'),
  prometheusConfiguration: inState('prometheus.yml'),
  /** The folder of the Git repositories that the real ArgoCD reads. */
  repositories: inState('data', 'git'),
} as const

/** The kubeconfig of a client of the API server, such as the scheduler. */
export const kubeconfigOf = (name: string): string => inState('kubeconfigs', name)
/** The raw output of a process. */
export const logOf = (name: string): string => inState('logs', `${name}.log`)
/** The same output in the format of a container log, for `kubectl logs`. */
export const podLogOf = (name: string): string => inState('pods', `${name}.log`)
/** The container log of the process's previous life, for `kubectl logs --previous`. */
export const previousPodLogOf = (name: string): string => inState('pods', `${name}.previous.log`)
/** The paths of an identity's certificate and key. */
export const certificateOf = (name: string): { certificate: string; key: string } => ({
  certificate: inState('certificates', `${name}.crt`),
  key: inState('certificates', `${name}.key`),
})
