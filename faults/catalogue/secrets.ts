/** Faults of the secrets and of the Application: sections 1 and 2 of the checklist. */

import { files } from '../../sandbox/basis/layout'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import {
  configured,
  inService,
  namespace,
  needingGrafana,
  provenByEvents,
  provenBySettings,
  provenOnSurfaces,
} from './breaking'
import type { Fault } from './fault'

/** Waits until the last sync of an ExternalSecret has succeeded, or has failed if `succeeds` is false. */
const untilSynced = (doors: Doors, name: string, succeeds = true): Promise<void> =>
  until(`the sync of ${name} to ${succeeds ? 'succeed' : 'fail'}`, async () => {
    const { conditions = [] } = ((await doors.get(inService('externalsecret', name))).status ?? {}) as {
      conditions?: readonly { status: string }[]
    }
    return conditions.length > 0 && conditions.every(({ status }) => (status === 'True') === succeeds)
  })

/** Items that need the login to the database. */
const needingDatabase = ['6.1', '6.2', '6.3', '6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces]

/** Makes the ExternalSecret of the database write another Secret. */
async function redirected(doors: Doors, policy: object): Promise<() => Promise<void>> {
  const other = inService('secret', 'devlake-mysql')
  const undo = await doors.patch(inService('externalsecret', 'devlake-db'), {
    spec: { target: { name: other.name, ...policy } },
  })
  await until('the other Secret to be written', () => doors.exists(other))
  return async () => {
    await undo()
    await until('the Secret to be written', () => doors.exists(inService('secret', 'devlake-db')))
    await untilSynced(doors, 'devlake-db')
    await doors.kubectl(['delete', 'secret', other.name, '-n', namespace, '--ignore-not-found'])
  }
}

/** Deletes an ExternalSecret and leaves its Secret behind. */
const orphaning = (name: string) => async (doors: Doors) => {
  const { metadata: _metadata, ...rest } = await doors.get(inService('externalsecret', name))
  await doors.kubectl(['delete', 'externalsecret', name, '-n', namespace, '--cascade=orphan'])
  return async () => {
    await doors.kubectl(['create', '-f', '-'], JSON.stringify({ ...rest, metadata: { name, namespace } }))
    await untilSynced(doors, name)
  }
}

export const secretAndApplicationFaults: readonly Fault[] = [
  {
    id: 'external-secret-deleted',
    title: 'The ExternalSecret devlake-db was deleted',
    expects: {
      failed: ['1.2'],
      blocked: ['1.1', '1.3', ...needingDatabase],
    },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'does not exist' },
    apply: async (doors) => {
      const secret = inService('secret', 'devlake-db')
      const heal = await doors.delete(inService('externalsecret', 'devlake-db'))
      await until('the Secret to be garbage-collected', async () => !(await doors.exists(secret)))
      return async () => {
        await heal()
        await until('the Secret to be written again', () => doors.exists(secret))
      }
    },
  },
  {
    id: 'secrets-manager-entry-lost',
    title: 'The secrets manager no longer has the entry that the ExternalSecret devlake-db refers to',
    expects: { failed: ['1.1'], blocked: [] },
    needs: ['0.7'],
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'is not synced' },
    apply: async (doors) => {
      const externalSecret = inService('externalsecret', 'devlake-db')
      const data = [
        { secretKey: 'mysql-password', remoteRef: { key: 'fawkes/devlake/lost', property: 'mysql-password' } },
      ]
      const heal = await doors.patch(externalSecret, { spec: { data } })
      await untilSynced(doors, externalSecret.name, false)
      return async () => {
        await heal()
        await untilSynced(doors, externalSecret.name)
      }
    },
  },
  {
    id: 'external-secret-orphaned',
    title: 'The ExternalSecret of Grafana was deleted; its Secret was left behind',
    expects: { failed: ['1.2'], blocked: ['1.1', '1.3', ...needingGrafana] },
    cause: { object: 'ExternalSecret fawkes/devlake-grafana-secrets', summary: 'does not exist' },
    apply: orphaning('devlake-grafana-secrets'),
  },
  {
    id: 'external-secret-of-the-service-orphaned',
    title: 'The ExternalSecret of the service was deleted; its Secret was left behind',
    expects: { failed: ['1.2'], blocked: ['1.1', '1.3'] },
    cause: { object: 'ExternalSecret fawkes/devlake-secrets', summary: 'does not exist' },
    apply: orphaning('devlake-secrets'),
  },
  {
    id: 'external-secret-elsewhere',
    title: 'The ExternalSecret of the database writes the wrong Secret; its operator deleted the one in use',
    expects: { failed: ['1.3'], blocked: needingDatabase },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'writes the Secret devlake-mysql' },
    apply: async (doors) => {
      const heal = await redirected(doors, {})
      await until(
        'the former Secret to be deleted',
        async () => !(await doors.exists(inService('secret', 'devlake-db'))),
      )
      return heal
    },
  },
  {
    id: 'external-secret-elsewhere-orphaning',
    title: 'The ExternalSecret of the database writes the wrong Secret; the one in use becomes stale',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'writes the Secret devlake-mysql' },
    apply: (doors) => redirected(doors, { creationPolicy: 'Orphan' }),
  },
  {
    id: 'external-secret-refers-to-nothing',
    title: 'The ExternalSecret of Grafana refers to no entry',
    expects: { failed: ['1.1', '1.3', '15.1'], blocked: needingGrafana },
    cause: {
      object: 'ExternalSecret fawkes/devlake-grafana-secrets',
      summary: 'refers to nothing in the secrets manager',
    },
    apply: async (doors) => {
      const secret = inService('secret', 'devlake-grafana-secrets')
      const externalSecret = inService('externalsecret', 'devlake-grafana-secrets')
      const heal = await doors.patch(externalSecret, { spec: { data: [] } })
      await until('the Secret to be retained', async () =>
        JSON.stringify((await doors.get(externalSecret)).status).includes('secret retained'),
      )
      await doors.kubectl(['delete', 'secret', secret.name, '-n', namespace])
      return async () => {
        await heal()
        await until('the Secret to be written', () => doors.exists(secret))
      }
    },
  },
  {
    id: 'secrets-manager-property-lost',
    title: 'The secrets manager no longer has the encryption secret of the service',
    expects: { failed: ['1.1'], blocked: [] },
    needs: ['0.7'],
    cause: { object: 'ExternalSecret fawkes/devlake-secrets', summary: 'is not synced' },
    apply: async (doors) => {
      const externalSecret = inService('externalsecret', 'devlake-secrets')
      const refresh = (asked: string) =>
        doors.patch(externalSecret, { metadata: { annotations: { 'force-sync': asked } } })
      const heal = doors.rewrite(files.vault, (text) => text.replace('"encryption-secret"', '"encryption-key"'))
      await refresh('lost')
      await untilSynced(doors, externalSecret.name, false)
      return async () => {
        await heal()
        await refresh('found')
        await untilSynced(doors, externalSecret.name)
      }
    },
  },
  {
    id: 'database-secret-key-missing',
    title: 'The root password of the database is missing from devlake-db',
    expects: {
      failed: ['1.3'],
      blocked: needingDatabase,
    },
    cause: { object: 'Secret fawkes/devlake-db', summary: 'mysql-root-password is missing' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-db'), { data: { 'mysql-root-password': null } }),
  },
  {
    id: 'secret-stale',
    title: 'The ExternalSecret devlake-db has not been refreshed for two days',
    expects: { failed: ['1.1'], blocked: [] },
    cause: {
      object: 'ExternalSecret fawkes/devlake-db',
      summary: 'has not been refreshed for longer than its interval',
    },
    apply: async (doors) => {
      const externalSecret = inService('externalsecret', 'devlake-db')
      const release = await doors.patch(externalSecret, { metadata: { annotations: { [holdAnnotation]: 'true' } } })
      const refreshTime = new Date(Date.now() - 172_800_000).toISOString()
      const heal = await doors.patch(externalSecret, { status: { refreshTime } }, 'status')
      return async () => {
        await heal()
        await release()
      }
    },
  },
  {
    id: 'secret-key-empty',
    title: 'A key of devlake-secrets is empty',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'Secret fawkes/devlake-secrets', summary: 'api-token is empty' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-secrets'), { data: { 'api-token': '' } }),
  },
  {
    id: 'application-deleted',
    title: 'The Application devlake was deleted',
    expects: { failed: ['2.2'], blocked: ['2.1', '2.3', '2.4'] },
    cause: { object: 'Application fawkes/devlake', summary: 'does not exist' },
    apply: (doors) => doors.delete(inService('application', 'devlake')),
  },
  {
    id: 'application-in-no-namespace',
    title: 'The configuration names a namespace of the Application that the cluster does not have',
    expects: { failed: ['2.2'], blocked: ['2.1', '2.3', '2.4'] },
    cause: { object: 'Namespace argocd', summary: 'does not exist' },
    apply: async (doors) => configured(doors, 'application', { namespace: 'argocd' }),
  },
  {
    id: 'application-elsewhere',
    title: 'The Application deploys into the wrong namespace',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'deploys to the wrong namespace' },
    apply: (doors) =>
      doors.patch(inService('application', 'devlake'), { spec: { destination: { namespace: 'elsewhere' } } }),
  },
  {
    id: 'application-degraded',
    title: 'The Application is Degraded',
    expects: { failed: ['2.3'], blocked: [] },
    // Otherwise a fault of one of its resources, or its wrong source or destination, would be named as the cause.
    needs: ['2.1', '3.1'],
    cause: { object: 'Application fawkes/devlake', summary: 'is Degraded' },
    apply: (doors) => doors.patch(inService('application', 'devlake'), { status: { health: { status: 'Degraded' } } }),
  },
  {
    id: 'application-from-a-fork',
    title: 'The Application deploys from a fork of the platform repository',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'does not deploy from the platform repository' },
    apply: (doors) =>
      doors.patch(inService('application', 'devlake'), {
        spec: { source: { repoURL: 'https://github.com/somebody/fawkes.git' } },
      }),
  },
  {
    id: 'application-out-of-sync',
    title: 'The deployed resources differ from the repository',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'is OutOfSync' },
    apply: (doors) => doors.patch(inService('application', 'devlake'), { status: { sync: { status: 'OutOfSync' } } }),
  },
  {
    id: 'application-held-by-a-window',
    title: 'A sync window keeps ArgoCD from syncing the deployed resources, which differ from the repository',
    expects: { failed: ['2.3'], blocked: ['2.4'] },
    cause: { object: 'Application fawkes/devlake', summary: 'A sync window keeps ArgoCD from syncing' },
    apply: async (doors) => {
      const heal = await doors.patch(inService('appproject', 'default'), {
        spec: { syncWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['devlake'] }] },
      })
      const undo = await doors.patch(inService('application', 'devlake'), { status: { sync: { status: 'OutOfSync' } } })
      return async () => {
        await undo()
        await heal()
      }
    },
  },
  {
    id: 'application-project-missing',
    title: 'The project of the Application does not exist',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'ArgoCD refuses the specification' },
    apply: async (doors) => {
      const application = inService('application', 'devlake')
      const status = async () =>
        ((await doors.get(application)).status ?? {}) as {
          readonly sync?: { readonly status?: string }
          readonly operationState?: { readonly phase?: string }
        }
      const untilComparison = (is: string) => async () => (await status()).sync?.status === is
      const heal = await doors.patch(application, { spec: { project: 'shop' } })
      const undo = async () => {
        await heal()
        await until('ArgoCD to compare again', untilComparison('Synced'), 60_000)
        // The sync by hand that the run has tried stays the last operation until another one succeeds.
        // ArgoCD may still refuse the first one, because it looks at the project that it knew.
        const ended = async () => {
          const phase = (await status()).operationState?.phase ?? ''
          if (/^(|Failed|Error)$/.test(phase)) await doors.patch(application, { operation: { sync: {} } })
          return phase === 'Succeeded'
        }
        await until('the sync', ended, 60_000)
      }
      return untilShown(undo, 'ArgoCD to refuse the project', untilComparison('Unknown'))
    },
  },
  {
    id: 'application-sync-failed',
    title: 'The last sync of the Application failed; the previous state still runs',
    expects: { failed: ['2.3'], blocked: [] },
    cause: {
      object: 'Application fawkes/devlake',
      summary: 'The last operation of Application fawkes/devlake did not',
    },
    apply: (doors) =>
      doors.patch(inService('application', 'devlake'), {
        status: {
          operationState: {
            operation: { sync: {} },
            phase: 'Failed',
            startedAt: new Date().toISOString(),
            message: 'one or more objects failed to apply',
          },
        },
      }),
  },
]
