import { describe, expect, it } from 'vitest'
import { expectSynced } from '../../../support/checks/application-state'
import { isForbidden } from '../../../support/checks/forbidden-kinds'
import { cluster, findingOf } from '../../fixtures/cluster'

const ui = { group: 'apps', kind: 'StatefulSet', namespace: 'fawkes', name: 'devlake-ui' }
const any = { group: '*', kind: '*', name: '' }
const entry = (group: string, kind: string, name = '') => ({ group, kind, name })

describe('a project', () => {
  it.each<[string, object, Parameters<typeof isForbidden>[1], boolean]>([
    ['without lists allows objects of namespaces', {}, {}, false],
    ['without lists allows no objects of the cluster', { namespace: '' }, {}, true],
    ['that allows all kinds of the cluster', { namespace: '' }, { clusterResourceWhitelist: [any] }, false],
    ['that forbids the kind', {}, { namespaceResourceBlacklist: [entry('apps', 'StatefulSet')] }, true],
    ['that forbids kinds by a wildcard', {}, { namespaceResourceBlacklist: [entry('apps', 'Stateful*')] }, true],
    ['that forbids the kind of another group', {}, { namespaceResourceBlacklist: [entry('', 'StatefulSet')] }, false],
    ['that forbids one object by its name', {}, { namespaceResourceBlacklist: [entry('apps', '*', 'other')] }, false],
    ['that allows other kinds only', {}, { namespaceResourceWhitelist: [entry('', 'Service')] }, true],
    ['that allows no kind', {}, { namespaceResourceWhitelist: [] }, true],
    ['that allows the kind', {}, { namespaceResourceWhitelist: [entry('apps', '*')] }, false],
    ['that allows kinds by a class', {}, { namespaceResourceWhitelist: [entry('apps', '[A-Z]*')] }, false],
    [
      'that forbids kinds by a pattern made to take forever',
      { kind: 'S'.repeat(63) },
      { namespaceResourceBlacklist: [entry('apps', `${'*S'.repeat(30)}!`)] },
      false,
    ],
    ['that forbids kinds of the cluster', {}, { clusterResourceBlacklist: [any] }, false],
  ])('%s', (_, of, rules, isIt) => {
    expect(isForbidden({ ...ui, ...of }, rules)).toBe(isIt)
  })
})

describe('an Application out of sync', () => {
  const source = {
    repoURL: 'https://github.com/paruff/fawkes.git',
    path: 'platform/apps/devlake',
    targetRevision: 'main',
  }
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'fawkes' }
  const summaryWith = async (project: object, changes: object = {}) => {
    const status = {
      reconciledAt: new Date().toISOString(),
      controllerNamespace: 'argocd',
      health: { status: 'Healthy' },
      sync: { status: 'OutOfSync', revision: 'abc', comparedTo: { source, destination } },
      resources: [{ ...ui, status: 'Unknown' }],
      ...changes,
    }
    const application = { metadata: { name: 'devlake', namespace: 'fawkes' }, spec: { source, destination }, status }
    const projects = [{ metadata: { name: 'default', namespace: 'argocd' }, spec: project }]
    const stock = { applications: [application], appprojects: projects }
    const configuration = { application: {}, deadlines: { condition: '1s' } }
    return findingOf(expectSynced(await cluster(stock, { configuration })))
  }

  it('names the kind that its project forbids, and no sync, which would fail', async () => {
    const { summary, remedy } = await summaryWith({ namespaceResourceBlacklist: [entry('apps', 'StatefulSet')] })
    expect(summary).toBe(
      'Application fawkes/devlake is OutOfSync, and no sync can succeed: its project default does not allow StatefulSet fawkes/devlake-ui.',
    )
    expect(remedy.join('\n')).toContain('kubectl get appproject -n argocd default -o yaml')
    expect(remedy.join('\n')).not.toContain('"operation"')
  })

  it('is offered a sync if its project allows the kind', async () => {
    const { summary, remedy } = await summaryWith({})
    expect(summary).toBe('Application fawkes/devlake is OutOfSync.')
    expect(remedy.join('\n')).toContain('"operation"')
  })

  const shared = (message: string) => ({
    resources: [{ ...ui, status: 'OutOfSync' }],
    conditions: [{ type: 'SharedResourceWarning', message }],
  })

  it.each([
    ['argocd/portal', 'kubectl get application -n argocd portal'],
    ['team/portal', 'kubectl get application -n team portal'],
    ['portal', 'kubectl get application -n argocd portal'],
  ])('names the Application %s that deploys the same object, before it offers a sync', async (other, look) => {
    const message = `StatefulSet/devlake-ui is part of applications fawkes/devlake and ${other}`
    const { summary, found, remedy } = await summaryWith({}, shared(message))
    expect(summary).toBe(
      `Application fawkes/devlake is OutOfSync: StatefulSet devlake-ui is part of the Application ${other}, too.`,
    )
    expect(found).toBe(`OutOfSync; StatefulSet devlake-ui; ${message}`)
    const lines = remedy.join('\n')
    expect(lines.indexOf(look)).toBeGreaterThan(0)
    expect(lines.indexOf('"operation"')).toBeGreaterThan(lines.indexOf(look))
  })

  it('is offered a sync if only another object belongs to two Applications', async () => {
    const message = 'ConfigMap/devlake-ui is part of applications fawkes/devlake and portal'
    expect((await summaryWith({}, shared(message))).summary).toBe('Application fawkes/devlake is OutOfSync.')
  })
})
