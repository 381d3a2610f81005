/** Accidents of the platform under the service: sections 0 to 5 of the checklist. */
import { podLogOf } from '../../sandbox/layout'
import { type Doors, until } from '../doors'
import type { Fault } from '../fault'

const namespace = 'fawkes'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const inService = (kind: string, name: string) => ({ kind, name, namespace })

/** Scales a workload to nothing and waits until its status says so. */
async function scaleDown(doors: Doors, kind: string, name: string, where: string): Promise<() => Promise<void>> {
  const reference = { kind, name, namespace: where }
  const replicas = async () => ((await doors.get(reference)).status?.readyReplicas ?? 0) as number
  const before = await replicas()
  const heal = await doors.patch(reference, { spec: { replicas: 0 } })
  await until(`${name} to have no pods`, async () => (await replicas()) === 0)
  return async () => {
    await heal()
    await until(`${name} to have its pods again`, async () => (await replicas()) === before)
  }
}

interface EndpointSlices {
  readonly items: readonly {
    readonly endpoints: readonly { readonly conditions: { readonly ready: boolean } }[] | null
  }[]
}

/** Whether a service has ready endpoints. */
async function hasEndpoints(doors: Doors, service: string): Promise<boolean> {
  const selector = `kubernetes.io/service-name=${service}`
  const slices = await doors.kubectl(['get', 'endpointslices', '-n', namespace, '-l', selector, '-o', 'json'])
  const { items } = JSON.parse(slices) as EndpointSlices
  return items.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions.ready))
}

/** A sync that the suite starts while the lake is away leaves the Application without its health: only another heals it. */
async function syncAgain(doors: Doors): Promise<void> {
  const application = inService('application', 'devlake')
  await doors.patch(application, { operation: { sync: {} } })
  await until('the Application to be healthy', async () => {
    const { health } = ((await doors.get(application)).status ?? {}) as { health?: { status?: string } }
    return health?.status === 'Healthy'
  })
}

const surfacesOfTheLake = ['7.1', '7.2', '7.3', '8.1', '8.2', '9.1', '9.2', '10.3', '10.4']

export const platformFaults: readonly Fault[] = [
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
  {
    id: 'external-secret-deleted',
    title: 'The ExternalSecret devlake-db is deleted',
    expects: { failed: ['1.2'], blocked: ['1.1', '1.3', '6.1', '6.2', '6.3', '6.4', '6.5'] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'does not exist' },
    apply: async (doors) => {
      const secret = inService('secret', 'devlake-db')
      const heal = await doors.delete(inService('externalsecret', 'devlake-db'))
      await until('the Secret to be collected', async () => !(await doors.exists(secret)))
      return async () => {
        await heal()
        await until('the Secret to be written again', () => doors.exists(secret))
      }
    },
  },
  {
    id: 'secrets-manager-entry-lost',
    title: 'The secrets manager no longer holds what the ExternalSecret devlake-db refers to',
    expects: { failed: ['1.1'], blocked: [] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'is not synced' },
    apply: async (doors) => {
      const externalSecret = inService('externalsecret', 'devlake-db')
      const isReady = async () => {
        const conditions = (await doors.get(externalSecret)).status?.conditions as readonly { status: string }[]
        return conditions.some(({ status }) => status === 'True')
      }
      const data = [
        { secretKey: 'mysql-password', remoteRef: { key: 'fawkes/devlake/lost', property: 'mysql-password' } },
      ]
      const heal = await doors.patch(externalSecret, { spec: { data } })
      await until('the sync to fail', async () => !(await isReady()))
      return async () => {
        await heal()
        await until('the sync to succeed', isReady)
      }
    },
  },
  {
    id: 'secret-key-empty',
    title: 'One key of devlake-secrets is empty',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-secrets', summary: 'api-token is empty' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-secrets'), { data: { 'api-token': '' } }),
  },
  {
    id: 'application-deleted',
    title: 'The Application devlake is deleted',
    expects: { failed: ['2.2'], blocked: ['2.1', '2.3', '2.4'] },
    cause: { object: 'Application fawkes/devlake', summary: 'does not exist' },
    apply: (doors) => doors.delete(inService('application', 'devlake')),
  },
  {
    id: 'application-elsewhere',
    title: 'The Application deploys into another namespace',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'deploys into another namespace' },
    apply: (doors) =>
      doors.patch(inService('application', 'devlake'), { spec: { destination: { namespace: 'elsewhere' } } }),
  },
  {
    id: 'application-degraded',
    title: 'The Application is Degraded',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'is Degraded' },
    apply: (doors) => doors.patch(inService('application', 'devlake'), { status: { health: { status: 'Degraded' } } }),
  },
  {
    id: 'pod-crash-loop',
    title: 'The pod of the lake is in CrashLoopBackOff',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Pod fawkes/devlake-lake-0', summary: 'CrashLoopBackOff' },
    apply: async (doors) => {
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' }
      const heal = await doors.holdPod(namespace, 'devlake-lake-0', {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
          { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady' },
        ],
        containerStatuses: [
          { name: 'lake', image: 'apache/devlake', imageID: '', ready: false, restartCount: 7, state: { waiting } },
        ],
      })
      await until('the lake to lose its endpoints', async () => !(await hasEndpoints(doors, 'devlake-lake')))
      return async () => {
        await heal()
        await until('the lake to have endpoints', () => hasEndpoints(doors, 'devlake-lake'))
        await syncAgain(doors)
        await doors.untilScraped()
      }
    },
  },
  {
    id: 'error-in-the-log',
    title: 'The lake logs an error',
    expects: { failed: ['3.2'], blocked: [] },
    cause: { object: 'Pod fawkes/devlake-lake-0, container lake', summary: 'holds errors' },
    apply: async (doors) =>
      doors.append(
        podLogOf('lake'),
        `${new Date().toISOString()} stdout F time="now" level=error msg="the plugin github could not be loaded"\n`,
      ),
  },
  {
    id: 'service-selects-nothing',
    title: 'The service of the lake selects no pod',
    expects: { failed: ['4.1'], blocked: ['4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Service fawkes/devlake-lake', summary: 'has no ready endpoints' },
    apply: async (doors) => {
      const selector = { 'app.kubernetes.io/component': 'lakes' }
      const heal = await doors.patch(inService('service', 'devlake-lake'), { spec: { selector } })
      await until('the lake to lose its endpoints', async () => !(await hasEndpoints(doors, 'devlake-lake')))
      return async () => {
        await heal()
        await until('the lake to have endpoints', () => hasEndpoints(doors, 'devlake-lake'))
        await doors.untilScraped()
      }
    },
  },
  {
    id: 'service-target-port-wrong',
    title: 'The service of the ui leads to a port on which nobody listens',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'leads to port 9999, on which no container listens' },
    apply: (doors) =>
      doors.patch(inService('service', 'devlake-ui'), {
        spec: { ports: [{ name: 'http', port: 4000, protocol: 'TCP', targetPort: 9999 }] },
      }),
  },
  {
    id: 'ingress-port-unknown',
    title: 'The ingress sends /metrics to a port by a name that the service does not have',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'does not send /metrics to devlake-lake:8080' },
    apply: async (doors) => {
      const ingress = inService('ingress', 'devlake')
      const { spec } = (await doors.get(ingress)) as unknown as { spec: { rules: readonly Rule[] } }
      const backend = { service: { name: 'devlake-lake', port: { name: 'nope' } } }
      const rules = spec.rules.map((rule) => ({
        ...rule,
        http: { paths: rule.http.paths.map((path) => (path.path === '/metrics' ? { ...path, backend } : path)) },
      }))
      return doors.patch(ingress, { spec: { rules } })
    },
  },
  {
    id: 'ingress-to-nowhere',
    title: 'The ingress sends /api to a service that does not exist',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'a service that does not exist: nowhere' },
    apply: async (doors) => {
      const ingress = inService('ingress', 'devlake')
      const { spec } = (await doors.get(ingress)) as unknown as { spec: { rules: readonly Rule[] } }
      const rules = spec.rules.map((rule) => ({
        ...rule,
        http: {
          paths: rule.http.paths.map((path) =>
            path.path === '/api'
              ? { ...path, backend: { service: { name: 'nowhere', port: { number: 8080 } } } }
              : path,
          ),
        },
      }))
      return doors.patch(ingress, { spec: { rules } })
    },
  },
]

interface Rule {
  readonly http: { readonly paths: readonly { readonly path: string }[] }
}
