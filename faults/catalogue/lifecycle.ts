/** Faults of objects that exist and look healthy, but are not alive, not attended to, not used, or elsewhere. */
import { files } from '../../sandbox/basis/layout'
import type { Doors, Reference } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { base64, heldDeletion, inService, namespace, prometheus, restartLake, untilLakeIsOlder } from './breaking'
import type { Fault } from './fault'

const application = inService('application', 'devlake')
const externalSecret = inService('externalsecret', 'devlake-db')
const store = { kind: 'clustersecretstore', name: 'vault' }
const worker = (number: number): Reference => ({ kind: 'node', name: `sandbox-worker-${number}` })
const time = (date: number) => `${new Date(date).toISOString().slice(0, 19)}Z`

/** Makes the operator read Vault again. Returns a condition: the Secret has the value that Vault has now. */
async function refreshed(doors: Doors): Promise<() => Promise<boolean>> {
  const value = base64(doors.vault('fawkes/devlake/secrets', 'encryption-secret'))
  const at = `force-sync=${Date.now()}`
  await doors.kubectl(['annotate', 'externalsecret', 'devlake-secrets', '-n', namespace, '--overwrite', at])
  const data = async () => (await doors.get(inService('secret', 'devlake-secrets'))).data as Record<string, string>
  return async () => (await data())['encryption-secret'] === value
}

export const lifecycleFaults: readonly Fault[] = [
  {
    id: 'workers-tainted',
    title: 'Two of the three workers are reserved by a taint that the service does not tolerate',
    expects: { failed: ['0.2'], blocked: [] },
    cause: { object: 'the worker nodes', summary: 'Only 1 of the 3 required workers' },
    apply: async (doors) => {
      const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }]
      const heals = [
        await doors.patch(worker(2), { spec: { taints } }),
        await doors.patch(worker(3), { spec: { taints } }),
      ]
      return async () => {
        for (const heal of heals) await heal()
      }
    },
  },
  {
    id: 'kubelet-too-old',
    title: 'The kubelet of a worker is older than the API server supports',
    expects: { failed: ['0.2'], blocked: [] },
    cause: { object: 'Node sandbox-worker-3', summary: 'Only 2 of the 3 required workers' },
    apply: (doors) => doors.patch(worker(3), { status: { nodeInfo: { kubeletVersion: 'v1.29.14' } } }, 'status'),
  },
  {
    id: 'certificate-not-renewed',
    title: 'A certificate should have been renewed three days ago',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Certificate fawkes/devlake-grafana-tls', summary: 'was not renewed in time' },
    apply: (doors) =>
      doors.patch(
        inService('certificate', 'devlake-grafana-tls'),
        { status: { renewalTime: time(Date.now() - 3 * 86_400_000) } },
        'status',
      ),
  },
  {
    id: 'certificate-change-not-handled',
    title: 'cert-manager has not handled the last change of a certificate',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Certificate fawkes/devlake-grafana-tls', summary: 'is of an older generation' },
    apply: async (doors) => {
      const certificate = inService('certificate', 'devlake-grafana-tls')
      const { conditions } = ((await doors.get(certificate)).status ?? {}) as { conditions?: readonly object[] }
      const before = (conditions ?? []).map((one) => ({ ...one, observedGeneration: 0 }))
      return doors.patch(certificate, { status: { conditions: before } }, 'status')
    },
  },
  {
    id: 'secret-store-refuses-namespace',
    title: 'The secret store may only be used from another namespace',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'may not be used from the namespace fawkes' },
    apply: async (doors) => {
      const ready = async () =>
        (await doors.kubectl(['get', 'externalsecrets', '-n', namespace, '-o', 'jsonpath={..conditions[0].status}']))
          .split(' ')
          .filter((status) => status === 'True').length
      const all = await ready()
      const heal = await doors.patch(store, { spec: { conditions: [{ namespaces: ['elsewhere'] }] } })
      const at = `force-sync=${Date.now()}`
      await doors.kubectl(['annotate', 'externalsecrets', '--all', '-n', namespace, '--overwrite', at])
      const undo = async () => {
        await heal()
        await until('the ExternalSecrets to be synced again', async () => (await ready()) === all)
      }
      return untilShown(undo, 'the ExternalSecrets to be refused', async () => (await ready()) === 0)
    },
  },
  {
    id: 'secret-store-of-another-controller',
    title: 'The secret store belongs to another controller',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ClusterSecretStore vault', summary: 'belongs to another controller' },
    apply: (doors) => doors.patch(store, { spec: { controller: 'staging' } }),
  },
  {
    id: 'external-secret-writes-nothing',
    title: 'The ExternalSecret of the database writes no Secret; the one in use was written earlier',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'its creation policy is None' },
    apply: (doors) => doors.patch(externalSecret, { spec: { target: { creationPolicy: 'None' } } }),
  },
  {
    id: 'secret-not-owned',
    title: 'The Secret of the database no longer belongs to its ExternalSecret',
    expects: { failed: ['1.3'], blocked: [] },
    cause: {
      object: 'ExternalSecret fawkes/devlake-db',
      summary: 'is not written by ExternalSecret fawkes/devlake-db',
    },
    apply: (doors) => doors.patch(inService('secret', 'devlake-db'), { metadata: { ownerReferences: null } }),
  },
  {
    id: 'secret-rotated',
    title: 'The encryption secret has changed; the lake still runs with the old one',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'Pod fawkes/devlake-lake-0', summary: 'has changed since the container lake' },
    apply: async (doors) => {
      const secret = inService('secret', 'devlake-secrets')
      await untilLakeIsOlder(doors)
      const heal = await doors.patch(secret, {
        data: { 'encryption-secret': base64('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c') },
      })
      return async () => {
        await heal()
        await restartLake(doors)
      }
    },
  },
  {
    id: 'secret-rotated-in-manager',
    title: 'The encryption secret has changed in Vault and was refreshed; the lake still runs with the old one',
    expects: { failed: ['1.3'], blocked: [] },
    needs: ['0.9'],
    cause: { object: 'Pod fawkes/devlake-lake-0', summary: 'has changed since the container lake' },
    apply: async (doors) => {
      await untilLakeIsOlder(doors)
      const former = doors.vault('fawkes/devlake/secrets', 'encryption-secret')
      const heal = doors.rewrite(files.vault, (vault) => vault.replace(former, former.split('').reverse().join('')))
      // The lake is not restarted: it has read the former value, which is then the current one again.
      const what = 'the Secret to have the value of Vault'
      const undo = async () => {
        await heal()
        await until(what, await refreshed(doors))
      }
      return untilShown(undo, what, await refreshed(doors))
    },
  },
  {
    id: 'application-on-another-cluster',
    title: 'The Application deploys to another cluster',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'deploys to another cluster' },
    apply: (doors) =>
      doors.patch(application, { spec: { destination: { server: 'https://other-cluster.example.org:6443' } } }),
  },
  {
    id: 'application-from-a-branch',
    title: 'The Application deploys another path of a branch',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'does not deploy the configured part of the repository' },
    apply: (doors) =>
      doors.patch(application, {
        spec: { source: { targetRevision: 'experiment/jo', path: 'platform/apps/jenkins' } },
      }),
  },
  {
    id: 'application-without-a-path',
    title: 'The Application names a repository but nothing in it',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'names neither a path nor a chart' },
    apply: (doors) => doors.patch(application, { spec: { source: { path: null } } }),
  },
  {
    id: 'application-not-reconciled',
    title: 'An annotation turns the reconciliation of the Application off',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'Nobody reconciles Application fawkes/devlake' },
    apply: (doors) =>
      doors.patch(application, { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } }),
  },
  {
    id: 'application-being-deleted',
    title: 'The Application is being deleted, held by a finalizer',
    expects: { failed: ['2.2'], blocked: ['2.1', '2.3', '2.4'] },
    cause: { object: 'Application fawkes/devlake', summary: 'is being deleted' },
    apply: (doors) => heldDeletion(doors, application),
  },
  {
    id: 'volume-being-deleted',
    title: 'The volume of the database is being deleted, held by the claim that is bound to it',
    expects: { failed: ['0.3'], blocked: [] },
    cause: { object: 'PersistentVolume devlake-mysql', summary: 'is being deleted' },
    apply: async (doors) => {
      const undo = await heldDeletion(doors, { kind: 'persistentvolume', name: 'devlake-mysql' })
      return async () => {
        await undo()
        await until('the claim to be bound again', async () => {
          const { status } = await doors.get(inService('persistentvolumeclaim', 'devlake-mysql'))
          return status?.phase === 'Bound'
        })
      }
    },
  },
  {
    id: 'prometheus-not-reconciled',
    title: 'The operator cannot reconcile Prometheus, which runs with its former configuration',
    expects: { failed: ['0.8'], blocked: [] },
    cause: { object: 'Prometheus monitoring/kube-prometheus-prometheus', summary: 'is not reconciled by its operator' },
    apply: async (doors) => {
      const { metadata, status } = await doors.get(prometheus)
      const conditions = (status?.conditions ?? []) as readonly { readonly type: string }[]
      const failed = {
        status: 'False',
        reason: 'ReconciliationFailed',
        message: 'loading additional scrape configs from Secret failed: key "more.yaml" does not exist',
        observedGeneration: metadata.generation,
      }
      const changed = conditions.map((one) => (one.type === 'Reconciled' ? { ...one, ...failed } : one))
      return doors.patch(prometheus, { status: { conditions: changed } }, 'status')
    },
  },
  {
    id: 'prometheus-of-another-operator',
    title: 'An annotation assigns Prometheus to an operator that is not deployed',
    expects: { failed: ['0.8'], blocked: [] },
    cause: {
      object: 'Prometheus monitoring/kube-prometheus-prometheus',
      summary: 'is assigned to another Prometheus Operator',
    },
    apply: (doors) =>
      doors.patch(prometheus, {
        metadata: { annotations: { 'operator.prometheus.io/controller-id': 'monitoring/former-operator' } },
      }),
  },
  {
    id: 'operator-stuck-in-a-rollout',
    title: 'The new pod of External Secrets fits on no node, and the old one still runs',
    expects: { failed: ['0.7'], blocked: [] },
    cause: { object: 'Deployment external-secrets/external-secrets', summary: 'is stuck in a rollout' },
    apply: async (doors) => {
      const operator = { kind: 'deployment', name: 'external-secrets', namespace: 'external-secrets' }
      const progressing = async () => {
        const { status } = await doors.get(operator)
        const conditions = (status?.conditions ?? []) as readonly { type: string; status: string; reason: string }[]
        return conditions.find(({ type }) => type === 'Progressing')
      }
      const heal = await doors.patch(operator, {
        spec: {
          progressDeadlineSeconds: 2,
          strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          minReadySeconds: 0,
          template: { spec: { nodeSelector: { 'example.org/disk': 'none' } } },
        },
      })
      const undo = async () => {
        await heal()
        await until(
          'the rollout to be complete',
          async () => (await progressing())?.reason === 'NewReplicaSetAvailable',
        )
      }
      return untilShown(undo, 'the rollout to be stuck', async () => (await progressing())?.status === 'False')
    },
  },
  {
    id: 'service-with-an-external-address',
    title: 'The service of the UI has an external address, by which it is open outside the cluster',
    expects: { failed: ['4.1'], blocked: [] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'is open outside the cluster by external addresses' },
    apply: (doors) => doors.patch(inService('service', 'devlake-ui'), { spec: { externalIPs: ['203.0.113.5'] } }),
  },
]
