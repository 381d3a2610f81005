import { describe, expect, it } from 'vitest'
import { syncOf } from '../../../support/basis/argocd'
import { factSchemas } from '../../../support/diagnosis/facts/facts'
import { restoring } from '../../../support/diagnosis/restoring'
import * as platform from '../../fixtures/facts'

const selfHealing = { automated: { selfHeal: true } }
const delivered = (syncPolicy: object) =>
  platform.facts({
    applications: [
      factSchemas.application.parse({
        metadata: { name: 'devlake', namespace: 'fawkes' },
        spec: { syncPolicy },
        status: {
          resources: [
            { kind: 'Service', name: 'devlake-lake', namespace: 'fawkes' },
            { kind: 'ClusterRole', name: 'devlake' },
          ],
        },
      }),
    ],
  })

const edit = 'kubectl edit service -n fawkes devlake-lake'

describe('a change of what ArgoCD delivers', () => {
  it.each([
    edit,
    'kubectl --context staging edit service -n fawkes devlake-lake',
    "kubectl --context 'my cluster' patch service -n fawkes devlake-lake --type merge -p '{}'",
  ])('is undone unless it is made in the repository: %s', (line) => {
    expect(restoring([line], delivered(selfHealing))).toEqual([
      '# ArgoCD restores Service fawkes/devlake-lake from the repository of Application fawkes/devlake: make the change there, or it is undone at once',
    ])
  })

  it('is undone for objects without a namespace as well', () => {
    expect(restoring(['kubectl edit clusterrole devlake'], delivered(selfHealing)).join()).toMatch(
      /restores ClusterRole devlake from/,
    )
  })
})

const owner = { apiVersion: 'example.org/v1', uid: 'u', controller: true }
const owned = (ownerReferences: readonly object[], namespace = 'fawkes') =>
  platform.facts({
    externalSecrets: [
      factSchemas.externalSecret.parse({ metadata: { name: 'devlake-db', namespace, ownerReferences } }),
    ],
    applications: [factSchemas.application.parse({ metadata: { name: 'devlake', namespace, ownerReferences } })],
    workloads: [
      factSchemas.workload.parse({
        kind: 'StatefulSet',
        metadata: { name: 'devlake-mysql', namespace, ownerReferences },
        spec: {},
      }),
    ],
  })

describe('a change of what another object manages', () => {
  it.each([
    ['ClusterExternalSecret', 'kubectl patch externalsecret -n fawkes devlake-db --type merge -p {}', 'ExternalSecret'],
    ['ApplicationSet', 'kubectl edit application -n fawkes devlake', 'Application'],
    ['InnoDBCluster', 'kubectl scale statefulset -n fawkes devlake-mysql --replicas=1', 'StatefulSet'],
  ])('is to be made in the %s', (kind, line, changed) => {
    const [said, ...others] = restoring([line], owned([{ ...owner, kind, name: 'fleet' }]))
    expect(said).toMatch(new RegExp(`^# ${kind} fleet manages ${changed} fawkes/devlake`))
    expect(said).toContain('make the change there, or it may be undone')
    expect(others).toEqual([])
  })

  it('stays where the owner is only named for the garbage collection', () => {
    const line = 'kubectl edit externalsecret -n fawkes devlake-db'
    expect(restoring([line], owned([{ ...owner, controller: false, kind: 'ConfigMap', name: 'owner' }]))).toEqual([])
  })

  it('stays in another namespace', () => {
    const line = 'kubectl edit externalsecret -n fawkes devlake-db'
    expect(restoring([line], owned([{ ...owner, kind: 'ClusterExternalSecret', name: 'fleet' }], 'shop'))).toEqual([])
  })
})

// The field is not in the repository, and a comparison ignores it.
it('a sync of an Application that another one delivers is not undone', () => {
  const behind = { kind: 'Application', name: 'workloads', namespace: 'fawkes' }
  const facts = platform.facts({
    applications: [
      factSchemas.application.parse({
        metadata: { name: 'devlake', namespace: 'fawkes' },
        spec: { syncPolicy: selfHealing },
        status: { resources: [behind] },
      }),
    ],
  })
  expect(restoring([syncOf(behind)], facts)).toEqual([])
  expect(restoring(['kubectl edit application -n fawkes workloads'], facts)).toHaveLength(1)
})

describe('nothing is said', () => {
  it.each([
    ['of lines that only read', 'kubectl get service -n fawkes devlake-lake -o yaml'],
    ['of another object', 'kubectl edit service -n fawkes devlake-ui'],
    ['of another namespace', 'kubectl edit service -n staging devlake-lake'],
    ['of another kind', 'kubectl scale statefulset -n fawkes devlake-lake --replicas=1'],
    ['of a status', 'kubectl patch service -n fawkes devlake-lake --subresource=status -p {}'],
    ['of pods that are replaced', 'kubectl delete pod -n fawkes devlake-lake-0 --wait=false'],
  ])('%s', (_, line) => {
    expect(restoring([line], delivered(selfHealing))).toEqual([])
  })

  it.each([
    ['corrects nothing', { automated: {} }],
    ['is switched off', { automated: { selfHeal: true, enabled: false } }],
    ['syncs by hand', {}],
  ])('where ArgoCD %s', (_, syncPolicy) => {
    expect(restoring([edit], delivered(syncPolicy))).toEqual([])
  })

  it('without facts', () => expect(restoring([edit], null)).toEqual([]))
})
