/** A deployment through ArgoCD is found by the revisions that ArgoCD has synced. */
import { describe, expect, it } from 'vitest'
import { expectInTable } from '../../../support/checks/test-deployment'
import { findingOf, platformOf } from '../../fixtures/platform-of-objects'

const [startedAt, finishedAt] = ['2026-11-28T09:00:00Z', '2026-11-28T09:00:10Z']

/** @param commit the stored one */
function stored(syncResult: object, commit: string): Promise<number> {
  const application = {
    metadata: { name: 'demo', namespace: 'argocd' },
    spec: { destination: {} },
    status: {
      operationState: { phase: 'Succeeded', startedAt, finishedAt, syncResult, operation: { initiatedBy: {} } },
    },
  }
  const kubernetes = {
    namespace: 'fawkes',
    now: new Date(finishedAt),
    api: { get: async () => undefined },
    application: async () => application,
    syncs: { start: async () => '', ending: (_: string, end: Promise<unknown>) => end },
    secret: async () => new Map([['mysql-password', 'of-a-test']]),
  }
  const row = { commit, result: 'SUCCESS', environment: 'PRODUCTION', finished: Date.parse(finishedAt) }
  const configuration = { testApplication: { name: 'demo' }, deadlines: { collection: '300ms', condition: '1s' } }
  return expectInTable(
    platformOf({ objects: [], configuration }, { kubernetes, database: { rows: async () => [row] } }),
  )
}

describe('a deployment through ArgoCD is stored', () => {
  it.each<[string, object, string]>([
    ['with the revision of its source', { revision: 'abc' }, 'abc'],
    ['with one of the revisions of several sources', { revision: '', revisions: ['abc', 'def'] }, 'def'],
  ])('%s', async (_, result, commit) => {
    await stored(result, commit)
  })

  it.each<[string, object, string]>([
    ['another revision', { revision: 'abc' }, 'older'],
    ['no revision', { revision: '', revisions: ['abc', 'def'] }, ''],
  ])('but not with %s', async (_, result, commit) => {
    expect((await findingOf(stored(result, commit))).summary).toBe(
      'The deployment of demo through ArgoCD is not in the deployments table.',
    )
  })
})
