import { describe, expect, it } from 'vitest'
import { expectAlive, lifecycleProblems } from '../../../support/checks/lifecycle'
import { cluster } from '../../fixtures/cluster'

const metadata = { name: 'devlake-mysql', namespace: 'fawkes', generation: 4 }

describe('an object is not alive', () => {
  it('while it is being deleted, and the finding names what holds it', () => {
    const [problem] = lifecycleProblems('PersistentVolumeClaim', {
      metadata: {
        ...metadata,
        deletionTimestamp: '2026-11-20T08:00:00Z',
        finalizers: ['kubernetes.io/pvc-protection', 'example.org/hold'],
      },
    })
    expect(problem).toMatchObject({
      summary: 'PersistentVolumeClaim fawkes/devlake-mysql is being deleted.',
      found:
        'being deleted since 2026-11-20T08:00:00Z, held by the finalizers kubernetes.io/pvc-protection, example.org/hold',
    })
    expect(problem?.remedy?.[0]).toBe(
      "kubectl get persistentvolumeclaim -n fawkes devlake-mysql -o jsonpath='{.metadata.deletionTimestamp} {.metadata.finalizers}'",
    )
  })

  it.each([
    ['observedGeneration of its status', { observedGeneration: 3 }],
    ['observedGeneration of its Ready condition', { conditions: [{ type: 'Ready', observedGeneration: 3 }] }],
    ['both', { observedGeneration: 4, conditions: [{ type: 'Available', observedGeneration: 3 }] }],
  ])('if its status is of an older generation by the %s', (_, status) => {
    const [problem] = lifecycleProblems('Certificate', { metadata, status }, { attendedBy: ['workloads labelled x=y'] })
    expect(problem).toMatchObject({
      summary:
        'The status of Certificate fawkes/devlake-mysql is of an older generation: its controller has not handled the last change of it.',
      expected: 'observedGeneration 4',
      found: 'observedGeneration 3',
      reliesOn: ['workloads labelled x=y'],
    })
  })

  it('if it is paused', () => {
    expect(() => expectAlive('Deployment', { metadata, spec: { paused: true } })).toThrow(/is paused/)
  })
})

describe('an object is alive', () => {
  it.each([
    ['without any status', {}],
    [
      'with a status of its generation',
      { observedGeneration: 4, conditions: [{ type: 'Ready', observedGeneration: 4 }] },
    ],
    ['with a status of a kind that records no generation', { conditions: [{ type: 'Ready' }] }],
    ['with an old condition by which it is not judged', { conditions: [{ type: 'Issuing', observedGeneration: 1 }] }],
  ])('%s', (_, status) => {
    expect(lifecycleProblems('Certificate', { metadata, status })).toEqual([])
  })

  it('with finalizers and no deletion', () => {
    expect(lifecycleProblems('Node', { metadata: { name: 'worker', finalizers: ['x/y'] } })).toEqual([])
  })
})

describe('the namespace of the service', () => {
  const namespace = (more: object = {}) => ({ namespaces: [{ metadata: { name: 'fawkes', ...more } }] })

  it('must not be on its way out', async () => {
    const { kubernetes } = await cluster(namespace({ deletionTimestamp: '2026-11-20T08:00:00Z' }))
    await expect(kubernetes.ensureNamespace()).rejects.toThrow(/^The namespace fawkes is being deleted\./)
  })

  it('must exist', async () => {
    await (await cluster(namespace())).kubernetes.ensureNamespace()
    const { kubernetes } = await cluster({})
    await expect(kubernetes.ensureNamespace()).rejects.toThrow(/^The namespace fawkes does not exist in this cluster\./)
  })
})

describe('the clock of the API server', () => {
  it.each([-3_600_000, 0, 3_600_000])('is told by its answers, %i ms ahead', async (aheadMs) => {
    const { kubernetes } = await cluster({}, { aheadMs })
    const before = Date.now()
    await kubernetes.version()
    const told = kubernetes.now.getTime() - aheadMs
    // An answer says its time in whole seconds.
    expect(told).toBeGreaterThan(before - 2_000)
    expect(told).toBeLessThan(Date.now() + 2_000)
  })
})
