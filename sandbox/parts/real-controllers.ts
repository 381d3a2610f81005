/** The real controllers, which run out of cluster against the API server of the sandbox. */
import { certificateOf, kubeconfigOf } from '../basis/layout'
import { answersOk } from '../basis/probes'
import type { RealController } from '../programs/go'
import type { Environment, Part } from './part'

export function programOf({ real }: Environment, name: RealController): string {
  const path = real?.[name]
  if (path === undefined) throw new Error(`${name} runs only in a sandbox that was started with --real`)
  return path
}

export function externalSecrets(environment: Environment): Part {
  const { ports } = environment
  return {
    name: 'external-secrets',
    command: () => ({
      file: programOf(environment, 'external-secrets'),
      args: [
        `--metrics-addr=127.0.0.1:${ports.externalSecrets}`,
        // The default of five minutes would make each fault of the store wait for that long.
        '--store-requeue-interval=10s',
        // The kinds of these are not installed.
        '--enable-cluster-external-secret-reconciler=false',
        '--enable-cluster-push-secret-reconciler=false',
        '--enable-push-secret-reconciler=false',
      ],
      environment: { KUBECONFIG: kubeconfigOf('external-secrets') },
    }),
    isReady: () => answersOk(ports.externalSecrets, '/metrics'),
  }
}

export function prometheusOperator(environment: Environment): Part {
  const { ports } = environment
  const { certificate, key } = certificateOf('prometheus-operator')
  return {
    name: 'prometheus-operator',
    command: () => ({
      file: programOf(environment, 'prometheus-operator'),
      args: [
        `--apiserver=https://127.0.0.1:${ports.apiServer}`,
        `--ca-file=${certificateOf('cluster-authority').certificate}`,
        `--cert-file=${certificate}`,
        `--key-file=${key}`,
        `--web.listen-address=127.0.0.1:${ports.prometheusOperator}`,
      ],
    }),
    isReady: () => answersOk(ports.prometheusOperator, '/healthz'),
  }
}
