/** The real control plane: etcd, API server, controller manager and scheduler, each on a loopback port. */
import { writeWhole } from '../basis/files'
import { certificateOf, files, inState, kubeconfigOf } from '../basis/layout'
import { answersOk } from '../basis/probes'
import { debianProgram } from '../programs/debian'
import type { Environment, Part } from './part'

const clusterAuthority = certificateOf('cluster-authority')
const server = certificateOf('server')
const accounts = certificateOf('service-accounts')

/** Logs the metadata of every answered request, which is enough to prove that a run only read. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
})

export function etcd({ ports }: Environment): Part {
  const url = `http://127.0.0.1:${ports.etcd}`
  const peers = `http://127.0.0.1:${ports.etcdPeers}`
  return {
    name: 'etcd',
    command: () => ({
      file: debianProgram('etcd'),
      args: [
        '--name=sandbox',
        `--data-dir=${inState('data', 'etcd')}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peers}`,
        `--initial-advertise-peer-urls=${peers}`,
        `--initial-cluster=sandbox=${peers}`,
        // The data lives only as long as the sandbox, so no write needs to wait for the disk.
        '--unsafe-no-fsync',
      ],
    }),
    isReady: () => answersOk(ports.etcd, '/health'),
  }
}

export function apiServer({ ports, programs }: Environment): Part {
  const policy = inState('audit-policy.json')
  return {
    name: 'kube-apiserver',
    prepare: () => writeWhole(policy, auditPolicy),
    command: () => ({
      file: programs['kube-apiserver'],
      args: [
        `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
        // WatchList needs progress notifications that etcd 3.4 cannot send.
        '--feature-gates=WatchList=false',
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.apiServer}`,
        // Endpoints may not be loopback addresses, so the service "kubernetes" has none.
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--authorization-mode=Node,RBAC',
        `--client-ca-file=${clusterAuthority.certificate}`,
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        `--kubelet-client-certificate=${certificateOf('api-server').certificate}`,
        `--kubelet-client-key=${certificateOf('api-server').key}`,
        `--kubelet-certificate-authority=${clusterAuthority.certificate}`,
        '--kubelet-preferred-address-types=InternalIP',
        '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `--service-account-key-file=${accounts.certificate}`,
        `--service-account-signing-key-file=${accounts.key}`,
        `--audit-policy-file=${policy}`,
        `--audit-log-path=${files.audit}`,
        '--profiling=false',
      ],
    }),
    isReady: () => answersOk(ports.apiServer, '/readyz', { over: 'tls' }),
  }
}

export function controllerManager({ ports, programs }: Environment): Part {
  return {
    name: 'kube-controller-manager',
    command: () => ({
      file: programs['kube-controller-manager'],
      args: [
        `--kubeconfig=${kubeconfigOf('controller-manager')}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.controllerManager}`,
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        '--leader-elect=false',
        `--root-ca-file=${clusterAuthority.certificate}`,
        `--service-account-private-key-file=${accounts.key}`,
        // The interval at which a claim without a volume is retried.
        '--pvclaimbinder-sync-period=1s',
        '--kube-api-qps=500',
        '--kube-api-burst=500',
        '--profiling=false',
      ],
    }),
    isReady: () => answersOk(ports.controllerManager, '/healthz', { over: 'tls' }),
  }
}

export function scheduler({ ports, programs }: Environment): Part {
  return {
    name: 'kube-scheduler',
    command: () => ({
      file: programs['kube-scheduler'],
      args: [
        `--kubeconfig=${kubeconfigOf('scheduler')}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.scheduler}`,
        `--tls-cert-file=${server.certificate}`,
        `--tls-private-key-file=${server.key}`,
        '--leader-elect=false',
        '--profiling=false',
      ],
    }),
    isReady: () => answersOk(ports.scheduler, '/healthz', { over: 'tls' }),
  }
}
