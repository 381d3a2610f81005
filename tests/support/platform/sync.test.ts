/** The sync that the suite starts: the operation that it writes, beside the operations of others, and how it takes it back. */
import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import type { Operation, Target } from '../../../support/platform/operations'
import { operationOf, Syncs } from '../../../support/platform/sync'

/** An API server with one Application, which refuses a patch for another version of it. */
function serverWith(given: object) {
  const server = {
    application: { metadata: { resourceVersion: '1' }, spec: {}, ...given } as Record<string, unknown>,
    /** Runs before a patch is handled. */
    before: () => {},
    patches: 0,
    set(fields: object) {
      const { resourceVersion } = server.application.metadata as { resourceVersion: string }
      server.application = {
        ...server.application,
        ...fields,
        metadata: { resourceVersion: String(Number(resourceVersion) + 1) },
      }
    },
    get: async () => structuredClone(server.application),
    async change(_operation: Operation, { body }: Target) {
      server.before()
      const { metadata, ...fields } = body as { metadata: { resourceVersion: string } }
      const current = server.application.metadata as { resourceVersion: string }
      if (metadata.resourceVersion !== current.resourceVersion) throw conflict()
      server.patches++
      server.set(fields)
      return server.application
    },
  }
  return server
}

const conflict = () =>
  new Blocked({ summary: 'Conflict.', object: 'x', expected: 'status 200', found: 'status 409', remedy: [] })

const syncPolicy = {
  syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
  retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } },
  automated: { prune: true, selfHeal: true },
}

describe('the operation of a sync', () => {
  it('has the sync options, the retries and the pruning of the Application', () => {
    expect(operationOf({ spec: { syncPolicy } })).toMatchObject({
      initiatedBy: { username: 'dora-acceptance' },
      sync: { syncStrategy: { hook: {} }, prune: true, syncOptions: syncPolicy.syncOptions },
      retry: syncPolicy.retry,
    })
  })

  it('has none where the Application has none, and prunes nothing where automated sync is off', () => {
    for (const policy of [undefined, null, {}, { automated: {} }, { automated: { prune: true, enabled: false } }]) {
      const operation = operationOf({ spec: { syncPolicy: policy } })
      expect(operation).toMatchObject({ sync: { syncStrategy: { hook: {} } } })
      expect(JSON.stringify(operation)).not.toMatch(/prune|syncOptions|retry/)
    }
  })
})

describe('a sync', () => {
  it('waits for the operation of another run', async () => {
    const server = serverWith({ operation: { sync: {} } })
    const started = new Syncs(server, 'argocd').start('devlake', 5000)
    server.set({ operation: null, status: { operationState: { phase: 'Running', startedAt: '2026-11-23T18:00:00Z' } } })
    expect(server.patches).toBe(0)
    server.set({ status: { operationState: { phase: 'Succeeded', startedAt: '2026-11-23T18:00:00Z' } } })
    expect(await started).toBe('2026-11-23T18:00:00Z')
    expect(server.application).toMatchObject({ operation: { sync: {} } })
  })

  it('is blocked, and leaves the other operation, when that does not end in time', async () => {
    const server = serverWith({ status: { operationState: { phase: 'Running', startedAt: '2026-11-23T18:00:00Z' } } })
    await expect(new Syncs(server, 'argocd').start('devlake', 200)).rejects.toMatchObject({
      finding: {
        summary: 'Another operation of Application argocd/devlake has not ended, so the run cannot start a sync.',
        found: 'an operation that started at 2026-11-23T18:00:00Z',
      },
    })
    expect(server.patches).toBe(0)
  })

  it('replaces no operation that another run starts at the same moment', async () => {
    const server = serverWith({})
    server.before = () => {
      server.before = () => {}
      server.set({ operation: { info: [{ name: 'dora-acceptance', value: 'another run' }] } })
    }
    const started = new Syncs(server, 'argocd').start('devlake', 5000)
    await expect.poll(() => server.application.operation).toMatchObject({ info: [{ value: 'another run' }] })
    server.set({ operation: null })
    await started
    expect(server.patches).toBe(1)
  })

  it('is taken back if nobody executes it, and only if it is still its own', async () => {
    const server = serverWith({})
    const syncs = new Syncs(server, 'argocd')
    await syncs.start('devlake', 1000)
    await syncs.takeBack('devlake')
    expect(server.application.operation).toBeNull()
    const others = { info: [{ name: 'dora-acceptance', value: 'another run' }] }
    server.set({ operation: others })
    await syncs.takeBack('devlake')
    expect(server.application.operation).toEqual(others)
  })
})
