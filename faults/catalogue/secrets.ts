/** Accidents of the secrets and of the Application: sections 1 and 2 of the checklist. */
import { holdAnnotation } from '../../sandbox/backends'
import { until } from '../doors'
import type { Fault } from '../fault'
import { inService, provenByEvents, provenOnSurfaces } from './breaking'

export const secretAndApplicationFaults: readonly Fault[] = [
  {
    id: 'external-secret-deleted',
    title: 'The ExternalSecret devlake-db is deleted',
    expects: {
      failed: ['1.2'],
      blocked: ['1.1', '1.3', '6.1', '6.2', '6.3', '6.4', '6.5', ...provenByEvents, ...provenOnSurfaces],
    },
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
]
