import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectDeploysFromRepository } from '../../../support/checks/application'
import { deliveryChecks } from '../../../support/checks/delivery'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { cluster, findingOf } from '../../fixtures/cluster'

const { labels } = configurationSchema(fawkes.names).parse({}).components.lake
const lake = {
  metadata: { name: 'devlake-lake', namespace: 'fawkes' },
  spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels } } },
}
const source = { repoURL: 'https://github.com/paruff/fawkes.git', path: 'platform/apps', targetRevision: 'main' }
const destination = { server: 'https://kubernetes.default.svc', namespace: 'fawkes' }

const application = (name: string, status: object) => ({
  metadata: { name, namespace: 'argocd' },
  spec: { source, destination },
  status: {
    reconciledAt: new Date().toISOString(),
    health: { status: 'Healthy' },
    sync: { status: 'Synced', comparedTo: { source, destination } },
    ...status,
  },
})
const delivering = (kind: string, name: string, namespace: string) => ({ kind, name, namespace, status: 'Synced' })
const deploysLake = { resources: [delivering('StatefulSet', 'devlake-lake', 'fawkes')] }
const deploysJenkins = { resources: [delivering('StatefulSet', 'jenkins', 'fawkes')] }
const deploysApplications = (...names: string[]) => ({
  resources: names.map((name) => delivering('Application', name, 'argocd')),
})

const platformWith = (...applications: ReturnType<typeof application>[]) =>
  cluster(
    { applications, statefulsets: [lake] },
    {
      configuration: {
        application: { name: 'platform', namespace: 'argocd', path: 'platform/apps', revision: 'main' },
        deadlines: { condition: '1s' },
      },
    },
  )

const platform = application('platform', deploysApplications('platform', 'jenkins', 'devlake'))
const outOfSync = { ...deploysLake, sync: { status: 'OutOfSync', comparedTo: { source, destination } } }

describe('an Application of Applications', () => {
  it('deploys to wherever those deploy to', async () => {
    await expectDeploysFromRepository(await platformWith(platform, application('devlake', deploysLake)))
  })

  it.each<[string, object, 'healthy' | 'synced' | 'lastSucceeded', RegExp]>([
    ['out of sync', outOfSync, 'synced', /^Application argocd\/devlake is OutOfSync\.$/],
    [
      'degraded',
      { ...deploysLake, health: { status: 'Degraded' } },
      'healthy',
      /^Application argocd\/devlake is Degraded\.$/,
    ],
    [
      'failing in its last sync',
      { ...deploysLake, operationState: { phase: 'Failed' } },
      'lastSucceeded',
      /last operation of Application argocd\/devlake did not succeed/,
    ],
  ])('is judged by the one that deploys the service: %s', async (_, status, check, summary) => {
    const given = await platformWith(platform, application('jenkins', deploysJenkins), application('devlake', status))
    expect((await findingOf(deliveryChecks(given)[check](given))).summary).toMatch(summary)
  })

  it('is judged at any depth', async () => {
    const between = application('dora', deploysApplications('devlake', 'platform'))
    const root = application('platform', deploysApplications('dora'))
    const given = await platformWith(root, between, application('devlake', outOfSync))
    expect((await findingOf(deliveryChecks(given).synced(given))).summary).toMatch(/^Application argocd\/devlake is/)
  })

  it.each([
    ['of other services', application('jenkins', { ...deploysJenkins, health: { status: 'Degraded' } })],
    ['that do not exist yet', application('other', {})],
  ])('is not judged by those %s', async (_, other) => {
    const given = await platformWith(platform, application('devlake', deploysLake), other)
    await deliveryChecks(given).healthy(given)
    await deliveryChecks(given).synced(given)
  })

  it('says nothing of the service where the others may not be read', async () => {
    const given = await platformWith(platform, application('devlake', deploysLake))
    const read = given.kubernetes.application.bind(given.kubernetes)
    given.kubernetes.application = async (name) => {
      if (name === 'platform') return read(name)
      throw new Blocked({ summary: 'forbidden', object: name, expected: '', found: 'forbidden', remedy: [] })
    }
    const { summary, remedy } = await findingOf(deliveryChecks(given).synced(given))
    expect(summary).toMatch(/deploys Applications, whose state it does not show/)
    expect(remedy.at(-1)).toMatch(/configuration key application.name/)
  })
})
