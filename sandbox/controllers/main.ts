/** A single process for all stand-ins that use Kubernetes objects, so that they share the caches of the cluster. */
import type {
  KubernetesObject,
  V1Deployment,
  V1EndpointSlice,
  V1Ingress,
  V1IngressClass,
  V1Namespace,
  V1Pod,
  V1Secret,
  V1Service,
  V1StatefulSet,
} from '@kubernetes/client-node'
import { runPart } from '../basis/errors'
import { storedNames } from '../basis/names'
import { knownPorts } from '../basis/ports'
import { Cluster } from '../cluster/cluster'
import { gatewaysOf } from '../ingress/gateways'
import { serveIngress } from '../ingress/server'
import { serveInterference } from '../interference/server'
import { serveNetwork } from '../network/server'
import { serveArgoCdApi } from '../sources/argocd'
import { serveGitHub } from '../sources/github'
import { serveGitLab } from '../sources/gitlab'
import { serveJenkins } from '../sources/jenkins'
import { serveVault } from '../sources/vault'
import { serveAlertmanager } from './alertmanager'
import { type Application, runArgoCd } from './argocd'
import { runNotifications } from './argocd-notifications'
import { runCertManager } from './cert-manager'
import { runExternalSecrets } from './external-secrets'
import { runFlux } from './flux'
import { runLoadBalancers } from './load-balancers'
import { runPodAccess } from './pod-access'
import { followLogs } from './pod-logs'
import { runPrometheusDiscovery } from './prometheus-discovery'
import { runPrometheusOperator } from './prometheus-operator'
import { runReadiness } from './readiness'
import { runSecretReaders } from './secret-readers'
import { webhooks } from './webhooks'

async function main(): Promise<void> {
  const ports = knownPorts()
  if (ports === undefined) throw new Error('The sandbox has no ports yet. Start it with: npm run sandbox -- up')
  const names = storedNames()
  const cluster = new Cluster(ports.apiServer)
  const pods = cluster.follow<V1Pod>('Pod')
  const services = cluster.follow<V1Service>('Service')
  const slices = cluster.follow<V1EndpointSlice>('EndpointSlice')
  const secrets = cluster.follow<V1Secret>('Secret')
  const directory = { services, slices, pods }
  const ingress = {
    ingresses: cluster.follow<V1Ingress>('Ingress'),
    classes: cluster.follow<V1IngressClass>('IngressClass'),
    secrets,
    ...(names.gateway ? { gateways: gatewaysOf(cluster) } : {}),
  }
  const workloads = {
    statefulSets: cluster.follow<V1StatefulSet>('StatefulSet'),
    deployments: cluster.follow<V1Deployment>('Deployment'),
  }
  const applications = cluster.follow<Application>('Application')
  const deliver = webhooks(directory, ports)
  followLogs()
  /** The stand-ins that the real controllers replace. */
  const standIns = () => [
    runExternalSecrets(cluster, secrets),
    runArgoCd(cluster, applications, cluster.follow<KubernetesObject>('AppProject'), workloads),
    runPrometheusOperator(cluster, { ...directory, namespaces: cluster.follow<V1Namespace>('Namespace') }, ports),
  ]
  /** The parts of the sandbox that the real controllers need. */
  const besideRealOnes = () => [runPrometheusDiscovery({ ...directory, secrets }, ports), serveVault(ports)]
  await Promise.all([
    runPodAccess(cluster, secrets, pods, ports),
    runReadiness(cluster, pods, ports),
    runSecretReaders(cluster, secrets, pods),
    runLoadBalancers(cluster, services),
    runCertManager(cluster, secrets),
    runNotifications(applications, deliver),
    ...(names.argocd === null ? [runFlux(cluster)] : []),
    ...(process.env.REAL_CONTROLLERS === undefined ? standIns() : besideRealOnes()),
    serveIngress(cluster, ingress, directory, ports),
    serveInterference(ports),
    serveAlertmanager(secrets, deliver, ports),
    serveGitHub(ports),
    serveGitLab(ports),
    serveArgoCdApi(applications, ports),
    serveJenkins(ports),
  ])
  // Started last, because its health endpoint reports the readiness of all stand-ins.
  await serveNetwork(directory, ports)
  console.log('All stand-ins are running.')
}

runPart(main)
