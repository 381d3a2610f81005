/** kwok plays the kubelets: it makes nodes and pods Ready, and serves logs, exec and port-forward for them. */
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
    // A configuration of one's own has none of kwok's defaults: zero would mean that nothing is played.
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
    deadline: 30_000,
    prepare: () => writeWhole(file, [configuration, ...stages].map((document) => stringify(document)).join('---\n')),
    command: () => ({
      file: programs.kwok,
      args: [
        `--config=${file}`,
        `--kubeconfig=${kubeconfigOf('kwok')}`,
        '--manage-all-nodes',
        '--node-ip=127.0.0.1',
        // Without a name, a replay of the stage node-initialize wipes the addresses of the nodes.
        '--node-name=kwok',
        `--node-port=${ports.kwok}`,
        `--server-address=127.0.0.1:${ports.kwok}`,
        '--node-lease-duration-seconds=40',
        // Endpoints may not be loopback addresses, so pods have addresses that lead nowhere.
        '--cidr=10.244.0.1/16',
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        '--enable-crds=ClusterPortForward,ClusterLogs,ClusterExec',
      ],
      // kwok looks up the commands of `kubectl exec` on its own PATH; wget and curl there see the cluster's services.
      environment: { PATH: [inState('bin'), process.env.PATH ?? ''].join(delimiter) },
    }),
    isReady: () => answersOk(ports.kwok, '/healthz', 'tls'),
  }
}
