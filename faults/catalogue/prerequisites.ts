/** Faults of the prerequisites: section 0 of the checklist. */
import { files } from '../../sandbox/basis/layout'
import { create, undoneInReverse } from '../doors/create'
import type { Doors, Reference } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { base64, inService, namespace, prometheus, prometheusOperator, provenOnSurfaces, scaleDown } from './breaking'
import type { Fault } from './fault'

const tokenOfArgoCd = inService('secret', 'devlake-argocd')

/** A certificate of another team, which the service does not depend on. */
const unissuable = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: 'backstage-tls', namespace },
  spec: {
    secretName: 'backstage-tls',
    dnsNames: ['backstage.127.0.0.1.nip.io'],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt-prod' },
  },
}

/** Changes the specification of an object, and waits until its controller no longer reports it as ready. The undo waits until it does. */
const unready = (object: Reference, spec: object) => async (doors: Doors) => {
  const isReady = async () => {
    const conditions = ((await doors.get(object)).status?.conditions ?? []) as readonly { status: string }[]
    return conditions.some(({ status }) => status === 'True')
  }
  const heal = await doors.patch(object, { spec })
  const undo = async () => {
    await heal()
    await until(`${object.name} to be ready`, isReady)
  }
  return untilShown(undo, `${object.name} to be unready`, async () => !(await isReady()))
}

export const prerequisiteFaults: readonly Fault[] = [
  {
    id: 'kubernetes-too-old',
    title: 'The platform requires a newer Kubernetes version than the cluster runs',
    expects: { failed: ['0.1'], blocked: [] },
    cause: { object: 'API server ', summary: 'is older than 1.99' },
    apply: async (doors) => doors.append(files.configuration, 'cluster:\n  minimumVersion: "1.99"\n'),
  },
  {
    id: 'volume-deleted',
    title: 'The volume of the database was deleted by force',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary: 'is Lost' },
    apply: async (doors) => {
      const volume = { kind: 'persistentvolume', name: 'devlake-mysql' }
      const phase = async () => (await doors.get(inService('persistentvolumeclaim', 'devlake-mysql'))).status?.phase
      const { metadata, status: _status, ...rest } = await doors.get(volume)
      const { name, annotations } = metadata as { name: string; annotations: object }
      // Kubernetes keeps a bound volume until its finalizer is removed.
      await doors.kubectl(['delete', volume.kind, volume.name, '--wait=false'])
      await doors.kubectl(['patch', volume.kind, volume.name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
      await until('the claim to be lost', async () => (await phase()) === 'Lost')
      return async () => {
        await doors.kubectl(['create', '-f', '-'], JSON.stringify({ ...rest, metadata: { name, annotations } }))
        await until('the claim to be bound', async () => (await phase()) === 'Bound')
      }
    },
  },
  {
    id: 'volume-too-small',
    title: 'The volume of the database is smaller than the checklist asks for',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolumeClaim fawkes/devlake-mysql', summary: 'is smaller than' },
    apply: (doors) =>
      doors.patch(
        inService('persistentvolumeclaim', 'devlake-mysql'),
        { status: { capacity: { storage: '1Gi' } } },
        'status',
      ),
  },
  {
    id: 'worker-cordoned',
    title: 'One of the three workers is cordoned',
    expects: { failed: ['0.2'], blocked: [] },
    cause: { object: 'Node sandbox-worker-2', summary: 'Only 2 of the 3 required workers' },
    apply: (doors) => doors.patch({ kind: 'node', name: 'sandbox-worker-2' }, { spec: { unschedulable: true } }),
  },
  {
    id: 'ingress-controller-scaled-down',
    title: 'The ingress controller is scaled to zero',
    expects: { failed: ['0.4'], blocked: [] },
    cause: { object: 'Deployment ingress-nginx/ingress-nginx-controller', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'ingress-nginx-controller', 'ingress-nginx'),
  },
  {
    id: 'ingress-class-deleted',
    title: 'The IngressClass was deleted',
    expects: { failed: ['0.4', '5.1'], blocked: ['5.2'] },
    cause: { object: 'IngressClasses of the cluster', summary: 'has no IngressClass' },
    apply: (doors) => doors.delete({ kind: 'ingressclass', name: 'nginx' }),
  },
  {
    id: 'cert-manager-webhook-down',
    title: 'The webhook of cert-manager is scaled to zero',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Deployment cert-manager/cert-manager-webhook', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'cert-manager-webhook', 'cert-manager'),
  },
  {
    id: 'cert-manager-controller-deleted',
    title: 'The controller of cert-manager was deleted; its other parts still run',
    expects: { failed: ['0.5'], blocked: [] },
    cause: {
      object: 'workloads labelled app.kubernetes.io/instance=cert-manager',
      summary: 'A part of cert-manager is not deployed: app.kubernetes.io/component=controller',
    },
    apply: (doors) => doors.delete({ kind: 'deployment', name: 'cert-manager', namespace: 'cert-manager' }),
  },
  {
    id: 'certificate-expiring',
    title: 'A certificate was not renewed and expires in five days',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Certificate fawkes/devlake-grafana-tls', summary: 'is about to expire' },
    apply: (doors) =>
      doors.patch(
        inService('certificate', 'devlake-grafana-tls'),
        { status: { notAfter: `${new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 19)}Z` } },
        'status',
      ),
  },
  {
    id: 'certificate-without-issuer',
    title: 'A certificate refers to an issuer that does not exist',
    expects: { failed: ['0.5'], blocked: [] },
    cause: {
      object: 'ClusterIssuer letsencrypt-prod',
      summary: 'does not exist, so Certificate fawkes/backstage-tls cannot be issued',
    },
    apply: async (doors) => {
      await doors.kubectl(['create', '-f', '-'], JSON.stringify(unissuable))
      return async () => {
        await doors.kubectl(['delete', 'certificate', unissuable.metadata.name, '-n', namespace])
      }
    },
  },
  {
    id: 'certificate-controller-hangs',
    title: 'The controller of cert-manager is ready but no longer renews its lease',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Lease cert-manager/cert-manager-controller', summary: 'is no longer renewed' },
    apply: async (doors) => {
      const { status } = await doors.get({ kind: 'deployment', name: 'cert-manager', namespace: 'cert-manager' })
      const conditions = (status?.conditions ?? []) as readonly { type: string; lastUpdateTime: string }[]
      const rolledOut = conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? ''
      await until(
        'the last rollout to be a minute old',
        async () => Date.now() - Date.parse(rolledOut) > 65_000,
        70_000,
      )
      return create(doors, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'cert-manager-controller', namespace: 'cert-manager' },
        spec: {
          holderIdentity: 'cert-manager-5c887c889d-abcde_6f1c',
          leaseDurationSeconds: 15,
          renewTime: new Date(Date.parse(rolledOut) + 1_000).toISOString().replace('Z', '000Z'),
        },
      })
    },
  },
  {
    id: 'certificate-issuer-not-ready',
    title: 'The issuer of the certificates has lost its key, so it cannot renew them',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'ClusterIssuer sandbox-ca', summary: 'is not ready' },
    apply: unready({ kind: 'clusterissuer', name: 'sandbox-ca' }, { ca: { secretName: 'lost' } }),
  },
  {
    id: 'argocd-controller-down',
    title: 'The application controller of ArgoCD is scaled to zero',
    expects: { failed: ['0.6', '2.4'], blocked: [] },
    // Nobody takes up another change of the Application.
    needs: ['2.1', '2.3'],
    cause: { object: 'StatefulSet fawkes/argocd-application-controller', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'statefulset', 'argocd-application-controller', namespace),
  },
  {
    id: 'argocd-repo-server-down',
    title: 'The repository server of ArgoCD is scaled to zero',
    expects: { failed: ['0.6'], blocked: [] },
    cause: { object: 'Deployment fawkes/argocd-repo-server', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'argocd-repo-server', namespace),
  },
  {
    id: 'argocd-redis-down',
    title: 'The Redis of ArgoCD is scaled to zero',
    expects: { failed: ['0.6'], blocked: [] },
    cause: { object: 'Deployment fawkes/argocd-redis', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'argocd-redis', namespace),
  },
  {
    id: 'external-secrets-operator-down',
    title: 'External Secrets Operator is scaled to zero',
    expects: { failed: ['0.7'], blocked: [] },
    cause: { object: 'Deployment external-secrets/external-secrets', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'external-secrets', 'external-secrets'),
  },
  {
    id: 'prometheus-operator-deleted',
    title: 'The operator of Prometheus was deleted; Prometheus still runs',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'workloads labelled', summary: 'No workload of the Prometheus operator is deployed' },
    apply: (doors) => doors.delete(prometheusOperator),
  },
  {
    id: 'prometheus-paused',
    title: 'The operator of Prometheus is told to ignore it',
    expects: { failed: ['0.8', '10.1'], blocked: ['10.3', '10.4', ...provenOnSurfaces] },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'is paused' },
    apply: (doors) => doors.patch(prometheus, { spec: { paused: true } }),
  },
  {
    id: 'prometheus-unavailable',
    title: 'Prometheus has no available pod',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'is not available' },
    apply: (doors) =>
      doors.patch(
        prometheus,
        {
          status: {
            conditions: [
              {
                type: 'Available',
                status: 'False',
                reason: 'NoPodReady',
                message: 'shard 0: pod prometheus-kube-prometheus-prometheus-0: no space left on device',
                lastTransitionTime: '2026-01-01T00:00:00Z',
              },
            ],
          },
        },
        'status',
      ),
  },
  {
    id: 'prometheus-without-replicas',
    title: 'Prometheus asks for no replicas: its operator scales it to zero and reports it as available',
    expects: {
      failed: ['0.8'],
      blocked: ['10.3', '10.4', '18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'asks for no replicas' },
    apply: withoutReplicas,
  },
  {
    id: 'monitoring-grafana-down',
    title: 'The Grafana of the monitoring stack is scaled to zero',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'Deployment monitoring/kube-prometheus-stack-grafana', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'kube-prometheus-stack-grafana', 'monitoring'),
  },
  {
    id: 'secret-store-pretends',
    title: 'The secret store has no secrets manager behind it',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'is not backed by a secrets manager' },
    apply: (doors) =>
      doors.patch(
        { kind: 'clustersecretstore', name: 'vault' },
        { spec: { provider: { vault: null, fake: { data: [] } } } },
      ),
  },
  {
    id: 'secret-store-invalid',
    title: 'The secret store names a provider that the operator does not know',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'is not ready' },
    apply: unready(
      { kind: 'clustersecretstore', name: 'vault' },
      {
        provider: {
          vault: null,
          webhook: { url: 'https://secrets.example.org/{{ .remoteRef.key }}', result: { jsonPath: '$.value' } },
        },
      },
    ),
  },
  {
    id: 'secret-store-deleted',
    title: 'The secret store that all ExternalSecrets use was deleted',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'does not exist' },
    apply: (doors) => doors.delete({ kind: 'clustersecretstore', name: 'vault' }),
  },
  {
    id: 'argocd-token-missing',
    title: 'The Secret with the ArgoCD token was deleted',
    expects: { failed: ['0.13'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-argocd', summary: 'does not exist' },
    apply: (doors) => doors.delete(tokenOfArgoCd),
  },
  {
    id: 'argocd-token-placeholder',
    title: 'The ArgoCD token is a placeholder',
    expects: { failed: ['0.13'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-argocd, key token', summary: 'holds a placeholder' },
    apply: (doors) => doors.patch(tokenOfArgoCd, { data: { token: base64('changeme') } }),
  },
  {
    id: 'github-token-placeholder',
    title: 'The GitHub token is the example from the checklist',
    expects: { failed: ['0.11', '1.3'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-secrets, key github-token', summary: 'holds a placeholder' },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-secrets'), { data: { 'github-token': base64('ghp_your_token_here') } }),
  },
]

/** Does what the real operator does: the StatefulSet belongs to the Prometheus object and has as many replicas as that asks for. */
async function withoutReplicas(doors: Doors): Promise<() => Promise<void>> {
  const statefulSet = { kind: 'statefulset', name: `prometheus-${prometheus.name}`, namespace: 'monitoring' }
  const { metadata } = await doors.get(prometheus)
  return undoneInReverse([
    await doors.patch(prometheus, { spec: { replicas: 0 } }),
    await doors.patch(statefulSet, {
      metadata: {
        ownerReferences: [
          {
            apiVersion: 'monitoring.coreos.com/v1',
            ...{ kind: 'Prometheus', name: prometheus.name, uid: metadata.uid, controller: true },
          },
        ],
      },
    }),
    await scaleDown(doors, statefulSet.kind, statefulSet.name, statefulSet.namespace),
  ])
}
