/** The status that the stand-in of ArgoCD writes has the form of the real one: ArgoCD 3.2.11 wrote each of these fields so. */
import { describe, expect, it } from 'vitest'
import { comparisonOf, revisionsOf } from '../../../sandbox/controllers/argocd'

const source = { repoURL: 'https://git.example.org/platform.git', path: 'apps/devlake', targetRevision: 'main' }
const destination = { server: 'https://kubernetes.default.svc', namespace: 'fawkes' }
const metadata = { name: 'devlake', namespace: 'fawkes' }
const found = [{ kind: 'StatefulSet', name: 'devlake-lake', namespace: 'fawkes', healthy: true }]

describe('the status of an Application', () => {
  it('has no health of the resources', () => {
    const { resources, resourceHealthSource } = comparisonOf({ metadata, spec: { source, destination } }, found)
    expect(resources).toEqual([
      {
        group: 'apps',
        version: 'v1',
        kind: 'StatefulSet',
        name: 'devlake-lake',
        namespace: 'fawkes',
        status: 'Synced',
      },
    ])
    expect(resourceHealthSource).toBe('appTree')
  })

  it('has a revision for each of several sources, and an empty one for all', () => {
    const sources = [source, { ...source, path: 'apps/values' }]
    const { sync } = comparisonOf({ metadata, spec: { sources, destination } }, found)
    expect(sync).toMatchObject({ revision: '', comparedTo: { sources, destination } })
    expect(revisionsOf({ metadata, spec: { sources } }).revisions).toHaveLength(2)
    expect(sync.comparedTo).not.toHaveProperty('source')
  })

  it('has one revision for one source', () => {
    const { sync } = comparisonOf({ metadata, spec: { source, destination } }, found)
    expect(sync.revision).toMatch(/^[0-9a-f]{40}$/)
    expect(sync.revisions).toBeNull()
  })
})
