import { describe, expect, it } from 'vitest'
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
