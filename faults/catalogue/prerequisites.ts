/** Accidents of what must be there before the service: section 0 of the checklist. */
import { until } from '../doors'
import type { Fault } from '../fault'
import { base64, inService, namespace, scaleDown } from './breaking'

export const prerequisiteFaults: readonly Fault[] = [
  {
    id: 'worker-cordoned',
    title: 'One of the three workers is cordoned',
    expects: { failed: ['0.2'], blocked: [] },
    cause: { object: 'Node sandbox-worker-2', summary: 'Only 2 of the 3 workers' },
    apply: (doors) => doors.patch({ kind: 'node', name: 'sandbox-worker-2' }, { spec: { unschedulable: true } }),
  },
  {
    id: 'ingress-controller-scaled-down',
    title: 'The ingress controller is scaled to nothing',
    expects: { failed: ['0.4'], blocked: [] },
    cause: { object: 'Deployment ingress-nginx/ingress-nginx-controller', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'ingress-nginx-controller', 'ingress-nginx'),
  },
  {
    id: 'ingress-class-deleted',
    title: 'The IngressClass is deleted',
    expects: { failed: ['0.4', '5.1'], blocked: ['5.2'] },
    cause: { object: 'IngressClasses of the cluster', summary: 'has no IngressClass' },
    apply: (doors) => doors.delete({ kind: 'ingressclass', name: 'nginx' }),
  },
  {
    id: 'cert-manager-webhook-down',
    title: 'The webhook of cert-manager is scaled to nothing',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Deployment cert-manager/cert-manager-webhook', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'cert-manager-webhook', 'cert-manager'),
  },
  {
    id: 'cert-manager-controller-deleted',
    title: 'The controller of cert-manager is deleted, its other parts run on',
    expects: { failed: ['0.5'], blocked: [] },
    cause: {
      object: 'workloads labelled app.kubernetes.io/instance=cert-manager',
      summary: 'A part of the cert-manager is not deployed: app.kubernetes.io/component=controller',
    },
    apply: (doors) => doors.delete({ kind: 'deployment', name: 'cert-manager', namespace: 'cert-manager' }),
  },
  {
    id: 'argocd-repo-server-down',
    title: 'The repository server of ArgoCD is scaled to nothing',
    expects: { failed: ['0.6'], blocked: [] },
    cause: { object: 'Deployment fawkes/argocd-repo-server', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'argocd-repo-server', namespace),
  },
  {
    id: 'external-secrets-operator-down',
    title: 'External Secrets Operator is scaled to nothing',
    expects: { failed: ['0.7'], blocked: [] },
    cause: { object: 'Deployment external-secrets/external-secrets', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'external-secrets', 'external-secrets'),
  },
  {
    id: 'monitoring-grafana-down',
    title: 'The Grafana of the monitoring stack is scaled to nothing',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'Deployment monitoring/kube-prometheus-stack-grafana', summary: 'is not available' },
    apply: (doors) => scaleDown(doors, 'deployment', 'kube-prometheus-stack-grafana', 'monitoring'),
  },
  {
    id: 'secret-store-pretends',
    title: 'The secret store has no secrets manager behind it',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'is not ready' },
    apply: async (doors) => {
      const store = { kind: 'clustersecretstore', name: 'vault' }
      const isReady = async () => {
        const conditions = (await doors.get(store)).status?.conditions as readonly { status: string }[]
        return conditions.some(({ status }) => status === 'True')
      }
      const heal = await doors.patch(store, { spec: { provider: { vault: null, fake: { data: [] } } } })
      await until('the store to be unready', async () => !(await isReady()))
      return async () => {
        await heal()
        await until('the store to be ready', isReady)
      }
    },
  },
  {
    id: 'argocd-token-placeholder',
    title: 'The ArgoCD token is a placeholder',
    expects: { failed: ['0.13'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-argocd, key token', summary: 'holds a placeholder' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-argocd'), { data: { token: base64('changeme') } }),
  },
  {
    id: 'github-token-placeholder',
    title: 'The GitHub token is the one of the checklist',
    expects: { failed: ['0.11', '1.3'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-secrets, key github-token', summary: 'holds a placeholder' },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-secrets'), { data: { 'github-token': base64('ghp_your_token_here') } }),
  },
]
