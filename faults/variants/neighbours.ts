/** Variants in which other teams have broken objects in namespaces of their own. */
import { create } from '../doors/create'
import type { Variant } from './variant'

const namespace = 'team-a'
const labels = {
  'app.kubernetes.io/name': 'devlake',
  'app.kubernetes.io/instance': 'devlake',
  'app.kubernetes.io/component': 'lake',
}
const named = (name: string) => ({ name, namespace, labels })

const objects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: named('devlake-lake'),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { disktype: 'none' },
          containers: [{ name: 'lake', image: 'apache/devlake:broken' }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: named('devlake-lake'),
    spec: { selector: { no: 'pod' }, ports: [{ port: 8080 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: named('devlake-mysql'),
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'missing', resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: named('devlake'),
    spec: {
      ingressClassName: 'unknown',
      rules: [
        {
          host: 'devlake.team-a.example.org',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'nowhere', port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: named('devlake-metrics'),
    spec: { selector: { matchLabels: { no: 'service' } }, endpoints: [{ port: 'none' }] },
  },
]

const externalSecret = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'devlake-db', namespace: 'team-b' },
  spec: {
    secretStoreRef: { kind: 'ClusterSecretStore', name: 'missing' },
    data: [{ secretKey: 'password', remoteRef: { key: 'team-b/missing' } }],
  },
}

const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'backstage', namespace: 'fawkes' },
  spec: {
    project: 'missing',
    source: { repoURL: 'https://git.example.org/missing.git', path: '.', targetRevision: 'gone' },
    destination: { name: 'elsewhere', namespace: 'team-b' },
  },
}

export const neighbourVariants: readonly Variant[] = [
  {
    id: 'broken-service-of-others',
    title: 'Another team has a broken service with the same names and labels in a namespace of its own',
    changes: ['Namespace team-a'],
    apply: (doors) => create(doors, ...objects),
  },
  {
    id: 'broken-secrets-of-others',
    title: 'An ExternalSecret of another team cannot be synced',
    changes: ['Namespace team-b'],
    apply: (doors) =>
      create(doors, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-b' } }, externalSecret),
  },
  {
    id: 'broken-certificate-of-others',
    title: 'The authority of a certificate of another team does not exist',
    changes: ['Namespace team-c'],
    apply: (doors) =>
      create(
        doors,
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-c' } },
        {
          apiVersion: 'cert-manager.io/v1',
          kind: 'Certificate',
          metadata: { name: 'shop-tls', namespace: 'team-c' },
          spec: {
            secretName: 'shop-tls',
            dnsNames: ['shop.example.org'],
            issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'missing' },
          },
        },
      ),
  },
  {
    id: 'broken-application-of-others',
    title: 'An Application of another team in the namespace of ArgoCD is broken',
    changes: ['Application backstage'],
    apply: (doors) => create(doors, application),
  },
  {
    id: 'broken-pod-of-others-beside-the-service',
    title: 'A pod of another team in the namespace of the service cannot be scheduled',
    changes: ['Pod backstage'],
    apply: (doors) =>
      create(doors, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'backstage', namespace: 'fawkes', labels: { app: 'backstage' } },
        spec: {
          nodeSelector: { disktype: 'none' },
          containers: [{ name: 'backstage', image: 'example.org/backstage:1' }],
        },
      }),
  },
]
