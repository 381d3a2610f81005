/** kwok stands in for the kubelets: it makes nodes and pods Ready, and serves their logs, exec and port-forward. */
import { delimiter } from 'node:path'
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { certificateOf, inState, kubeconfigOf } from '../basis/layout'
import { answersOk } from '../basis/probes'
import type { Definitions } from '../programs/definitions'
import type { Environment, Part } from './part'

const configuration = {
  apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
  kind: 'KwokConfiguration',
  options: {
    // A custom configuration has none of kwok's defaults. With zero parallelism, kwok would run no stage.
    podPlayStageParallelism: 4,
    nodePlayStageParallelism: 4,
    nodeLeaseParallelism: 4,
    enableDebuggingHandlers: true,
  },
}

export function kwok({ ports, programs }: Environment, stages: Definitions['stages']): Part {
  const file = inState('kwok.yaml')
  const server = certificateOf('server')
  return {
    name: 'kwok',
    prepare: () => writeWhole(file, [configuration, ...stages].map((document) => stringify(document)).join('---\n')),
    command: () => ({
      file: programs.kwok,
      args: [
        `--config=${file}`,
        `--kubeconfig=${kubeconfigOf('kwok')}`,
        '--manage-all-nodes',
        '--node-ip=127.0.0.1',
        // Without a name, running the stage node-initialize again would delete the nodes' addresses.
        '--node-name=kwok',
        `--node-port=${ports.kwok}`,
        `--server-address=127.0.0.1:${ports.kwok}`,
        '--node-lease-duration-seconds=40',
        // Endpoints may not be loopback addresses, so the pods' addresses are not reachable.
        '--cidr=10.244.0.1/16',
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        '--enable-crds=ClusterPortForward,ClusterLogs,ClusterExec',
      ],
      // kwok finds the commands of `kubectl exec` on its own PATH; the wget and curl there resolve the cluster's services.
      environment: { PATH: [inState('bin'), process.env.PATH ?? ''].join(delimiter) },
    }),
    isReady: () => answersOk(ports.kwok, '/healthz', { over: 'tls' }),
  }
}
