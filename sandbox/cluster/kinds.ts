/** The kinds that the sandbox deploys or watches, and their paths in the Kubernetes API. */
import type { KubernetesObject } from '@kubernetes/client-node'

export const kinds = {
  Node: ['v1', 'nodes'],
  Namespace: ['v1', 'namespaces'],
  Pod: ['v1', 'pods'],
  Service: ['v1', 'services'],
  Secret: ['v1', 'secrets'],
  ConfigMap: ['v1', 'configmaps'],
  PersistentVolume: ['v1', 'persistentvolumes'],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaims'],
  StorageClass: ['storage.k8s.io/v1', 'storageclasses'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  Ingress: ['networking.k8s.io/v1', 'ingresses'],
  IngressClass: ['networking.k8s.io/v1', 'ingressclasses'],
  StatefulSet: ['apps/v1', 'statefulsets'],
  Deployment: ['apps/v1', 'deployments'],
  CustomResourceDefinition: ['apiextensions.k8s.io/v1', 'customresourcedefinitions'],
  ExternalSecret: ['external-secrets.io/v1', 'externalsecrets'],
  ClusterSecretStore: ['external-secrets.io/v1', 'clustersecretstores'],
  Certificate: ['cert-manager.io/v1', 'certificates'],
  ClusterIssuer: ['cert-manager.io/v1', 'clusterissuers'],
  Application: ['argoproj.io/v1alpha1', 'applications'],
  AppProject: ['argoproj.io/v1alpha1', 'appprojects'],
  ServiceMonitor: ['monitoring.coreos.com/v1', 'servicemonitors'],
  Prometheus: ['monitoring.coreos.com/v1', 'prometheuses'],
  Kustomization: ['kustomize.toolkit.fluxcd.io/v1', 'kustomizations'],
  HelmRelease: ['helm.toolkit.fluxcd.io/v2', 'helmreleases'],
  GitRepository: ['source.toolkit.fluxcd.io/v1', 'gitrepositories'],
  HelmRepository: ['source.toolkit.fluxcd.io/v1', 'helmrepositories'],
  HelmChart: ['source.toolkit.fluxcd.io/v1', 'helmcharts'],
  GatewayClass: ['gateway.networking.k8s.io/v1', 'gatewayclasses'],
  Gateway: ['gateway.networking.k8s.io/v1', 'gateways'],
  ReferenceGrant: ['gateway.networking.k8s.io/v1beta1', 'referencegrants'],
  HTTPRoute: ['gateway.networking.k8s.io/v1', 'httproutes'],
} as const
export type Kind = keyof typeof kinds

export const isKind = (name: string | undefined): name is Kind => name !== undefined && Object.hasOwn(kinds, name)

/** The path of a kind's objects in one namespace, or in all of them. */
export function pathOf(kind: Kind, namespace?: string): string {
  const [apiVersion, plural] = kinds[kind]
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  return [root, ...(namespace === undefined ? [] : ['namespaces', namespace]), plural].join('/')
}

/** The path of one object. */
export const pathOfObject = (kind: Kind, { metadata }: KubernetesObject): string =>
  `${pathOf(kind, metadata?.namespace)}/${metadata?.name}`
