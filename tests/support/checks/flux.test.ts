/** Where Flux delivers the service, its Kustomization or HelmRelease is judged in the place of the Application. */
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { deliveryChecks } from '../../../support/checks/delivery'
import { expectDependency } from '../../../support/checks/substitutes'
import { namesOf } from '../../../support/platform/operation-names'
import { type Operation, operations } from '../../../support/platform/operations'
import { declaredAbsent } from '../../../support/run/absent-parts'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const ready = { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', observedGeneration: 3 }
const revision = 'main@sha1:4f1c'
const source: ClusterObject = {
  resource: 'gitrepositories',
  metadata: { name: 'fawkes', namespace: 'flux-system', generation: 1 },
  spec: { url: 'https://github.com/paruff/fawkes.git', ref: { branch: 'main' } },
  status: { observedGeneration: 1, conditions: [{ ...ready, observedGeneration: 1 }], artifact: { revision } },
}

/** A Kustomization that delivers the service, with changed fields. */
const kustomization = (spec: object = {}, status: object = {}, metadata: object = {}): ClusterObject => ({
  resource: 'kustomizations',
  metadata: { name: 'devlake', namespace: 'flux-system', generation: 3, ...metadata },
  spec: { path: './platform/apps/devlake', sourceRef: { kind: 'GitRepository', name: 'fawkes' }, ...spec },
  status: {
    observedGeneration: 3,
    conditions: [ready],
    lastAppliedRevision: revision,
    lastAttemptedRevision: revision,
    inventory: { entries: [{ id: 'fawkes_devlake-lake_apps_StatefulSet', v: 'v1' }] },
    ...status,
  },
})

const helmRelease = (spec: object = {}, status: object = {}): ClusterObject => ({
  resource: 'helmreleases',
  metadata: { name: 'devlake', namespace: 'flux-system', generation: 3 },
  spec: {
    chart: { spec: { chart: 'devlake', version: '1.0.2', sourceRef: { kind: 'HelmRepository', name: 'devlake' } } },
    targetNamespace: 'fawkes',
    ...spec,
  },
  status: {
    observedGeneration: 3,
    conditions: [ready],
    history: [{ status: 'deployed', chartVersion: '1.0.2' }],
    ...status,
  },
})
const helmRepository: ClusterObject = {
  resource: 'helmrepositories',
  metadata: { name: 'devlake', namespace: 'flux-system' },
  spec: { url: 'https://apache.github.io/incubator-devlake-helm-chart' },
}

type Kind = 'Kustomization' | 'HelmRelease'
const fluxPlatform = (kind: Kind, objects: readonly ClusterObject[], application: object = {}) =>
  platformOf({
    objects,
    configuration: {
      application: { kind, namespace: 'flux-system', ...application },
      deadlines: { condition: '1s' },
    },
  })

async function judged(kind: Kind, objects: readonly ClusterObject[], application: object = {}): Promise<void> {
  const platform = fluxPlatform(kind, objects, application)
  const { exists, delivers, healthy, synced, lastSucceeded } = deliveryChecks(platform)
  for (const check of [exists, delivers, healthy, synced, lastSucceeded]) await check(platform)
}

describe('a delivery by Flux holds', () => {
  it('as a Kustomization of a Git repository', () =>
    judged('Kustomization', [kustomization(), source], {
      repository: 'https://github.com/paruff/fawkes',
      path: 'platform/apps/devlake',
      revision: 'main',
    }))

  it('as a HelmRelease before Flux 2.2, which has no history', () =>
    judged('HelmRelease', [helmRelease({}, { history: undefined, lastAppliedRevision: '1.0.2' }), helmRepository]))

  it('as a HelmRelease of a chart', () =>
    judged('HelmRelease', [helmRelease(), helmRepository], {
      repository: 'https://apache.github.io/incubator-devlake-helm-chart',
      chart: 'devlake',
      revision: '1.0.2',
    }))
})

describe('a Kustomization that Flux reconciles', () => {
  const progressing = { ...ready, status: 'Unknown', reason: 'Progressing', message: 'Reconciliation in progress' }
  /** A Kustomization whose status changes with each answer of the cluster, up to the last one. */
  const changing = (...statuses: readonly object[]): ClusterObject => {
    const left = [...statuses]
    const one = kustomization()
    return {
      ...one,
      get status() {
        return { ...(one.status as object), ...(left.length > 1 ? left.shift() : left[0]) }
      },
    }
  }
  const patient = { kind: 'Kustomization', namespace: 'flux-system' }
  const health = async (...statuses: readonly object[]) => {
    const platform = platformOf({
      objects: [changing(...statuses), source],
      configuration: { application: patient, deadlines: { condition: '5s' } },
    })
    for (const check of [deliveryChecks(platform).healthy, deliveryChecks(platform).lastSucceeded])
      await check(platform)
  }

  it.each<[string, object]>([
    ['at its interval', { conditions: [progressing] }],
    ['and whose objects it waits for', { conditions: [ready, { ...progressing, type: 'Healthy' }] }],
    ['after a change of it', { observedGeneration: 2 }],
    [
      'again, since its source has changed',
      { conditions: [{ ...ready, status: 'False', reason: 'HealthCheckCanceled' }] },
    ],
  ])('%s is judged when that has ended', async (_, status) => {
    await health(status, status, {})
  })

  it('without an end is not Ready', async () => {
    const objects = [kustomization({}, { conditions: [progressing] }), source]
    const { summary, found } = await findingOf(judged('Kustomization', objects))
    expect(summary).toBe('Kustomization flux-system/devlake is not Ready.')
    expect(found).toBe('Unknown (Progressing: Reconciliation in progress)')
  })
})

describe('a Kustomization and the workloads of the service', () => {
  const { labels } = configuration.components.lake
  const annotated = (annotations: object): ClusterObject => ({
    resource: 'statefulsets',
    metadata: { name: 'devlake-lake', namespace: 'fawkes', annotations },
    spec: { template: { metadata: { labels } } },
  })

  it.each([
    ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled'],
    ['kustomize.toolkit.fluxcd.io/ssa', 'IfNotPresent'],
  ])('is refused if %s is %s, by which Flux leaves them as they are', async (key, value) => {
    const objects = [kustomization(), source, annotated({ [key]: value })]
    const { summary, remedy } = await findingOf(judged('Kustomization', objects))
    expect(summary).toBe(
      `Flux does not apply changes of StatefulSet fawkes/devlake-lake: its annotation ${key} is ${value}.`,
    )
    expect(remedy[0]).toBe(`kubectl annotate statefulset -n fawkes devlake-lake ${key}-`)
  })

  it('holds if Flux applies them, in whatever way', () =>
    judged('Kustomization', [kustomization(), source, annotated({ 'kustomize.toolkit.fluxcd.io/ssa': 'Merge' })]))
})

describe('a Kustomization is refused', () => {
  const failed = { ...ready, status: 'False', reason: 'HealthCheckFailed', message: 'timeout waiting for lake' }
  const changedSource = (changes: object): ClusterObject => ({ ...source, ...changes })

  it.each<[string, readonly ClusterObject[], RegExp]>([
    ['that does not exist', [source], /Kustomization flux-system\/devlake does not exist/],
    [
      'that is being deleted',
      [kustomization({}, {}, { deletionTimestamp: '2026-11-28T09:00:00Z' }), source],
      /is being deleted/,
    ],
    // The status of a suspended object stays that of the generation before (fluxcd/flux2#4738).
    ['that is suspended', [kustomization({ suspend: true }, { observedGeneration: 2 }), source], /it is suspended/],
    ['whose status is older', [kustomization({}, { observedGeneration: 2 }), source], /of an older generation/],
    ['that is not ready', [kustomization({}, { conditions: [failed] }), source], /is not Ready/],
    ['without a condition', [kustomization({}, { conditions: [] }), source], /is not Ready/],
    [
      'whose objects are not healthy',
      [kustomization({}, { conditions: [ready, { ...failed, type: 'Healthy' }] }), source],
      /is not Healthy/,
    ],
    [
      'that has applied an older revision',
      [kustomization({}, { lastAppliedRevision: 'main@sha1:0000' }), source],
      /has not applied the newest revision/,
    ],
    [
      'whose newest attempt failed',
      [kustomization({}, { lastAttemptedRevision: 'main@sha1:ffff' }), source],
      /has not applied the newest revision/,
    ],
    ['without its source', [kustomization()], /GitRepository flux-system\/fawkes does not exist/],
    [
      'whose source is suspended',
      [kustomization(), changedSource({ spec: { suspend: true } })],
      /Nobody reconciles GitRepository flux-system\/fawkes/,
    ],
    [
      'whose source cannot be fetched',
      [kustomization(), changedSource({ status: { observedGeneration: 1, conditions: [failed] } })],
      /source of Kustomization flux-system\/devlake, is not Ready/,
    ],
    ['that goes to another cluster', [kustomization({ kubeConfig: {} }), source], /deploys to another cluster/],
    [
      'that applies nothing to the namespace',
      [kustomization({}, { inventory: { entries: [{ id: 'shop_web_apps_Deployment' }] } }), source],
      /deploys nothing to the namespace of the service/,
    ],
    ['that goes elsewhere', [kustomization({ targetNamespace: 'shop' }), source], /deploys nothing to the namespace/],
  ])('%s', async (_, objects, summary) => {
    expect((await findingOf(judged('Kustomization', objects))).summary).toMatch(summary)
  })

  it.each<[string, object, RegExp]>([
    ['from another repository', { repository: 'https://github.com/other/other' }, /platform repository/],
    ['from another path', { path: 'other' }, /configured part of the repository/],
    ['of another branch', { revision: 'develop' }, /configured part of the repository/],
  ])('%s', async (_, application, summary) => {
    const found = await findingOf(judged('Kustomization', [kustomization(), source], application))
    expect(found.summary).toMatch(summary)
  })
})

describe('a HelmRelease is refused', () => {
  const failed = { ...ready, status: 'False', reason: 'InstallFailed', message: 'timed out' }
  const helmChart = (spec: object = {}, status: object = {}): ClusterObject => ({
    resource: 'helmcharts',
    metadata: { name: 'flux-system-devlake', namespace: 'flux-system', generation: 1 },
    spec: { chart: 'devlake', version: '1.0.2', sourceRef: { kind: 'HelmRepository', name: 'devlake' }, ...spec },
    status: {
      observedGeneration: 1,
      conditions: [{ ...ready, observedGeneration: 1 }],
      artifact: { revision: '1.0.2' },
      ...status,
    },
  })
  const made = { helmChart: 'flux-system/flux-system-devlake' }
  const repository = (status: object): ClusterObject => ({ ...helmRepository, status })

  it.each<[string, readonly ClusterObject[], RegExp]>([
    ['that does not exist', [helmRepository], /HelmRelease flux-system\/devlake does not exist/],
    [
      'whose release failed',
      [helmRelease({}, { history: [{ status: 'failed', chartVersion: '1.0.2' }] })],
      /no deployed/,
    ],
    ['without a release', [helmRelease({}, { history: [] })], /has no deployed release/],
    ['that is suspended', [helmRelease({ suspend: true }, { observedGeneration: 2 })], /it is suspended/],
    ['whose status is older', [helmRelease({}, { observedGeneration: 2 })], /of an older generation/],
    [
      'that is not ready',
      [helmRelease({}, { conditions: [failed] })],
      /^HelmRelease flux-system\/devlake is not Ready/,
    ],
    [
      'that is stalled',
      [helmRelease({}, { conditions: [failed, { ...ready, type: 'Stalled', reason: 'RetriesExceeded' }] })],
      /Flux has given up on HelmRelease flux-system\/devlake: it is stalled/,
    ],
    [
      'whose repository cannot be fetched',
      [helmRelease(), repository({ conditions: [failed] })],
      /HelmRepository flux-system\/devlake, the source of HelmRelease flux-system\/devlake, is not Ready/,
    ],
    [
      'whose chart the repository does not have',
      [helmRelease({}, made), helmChart({}, { conditions: [failed] })],
      /HelmChart flux-system\/flux-system-devlake, the source of HelmRelease flux-system\/devlake, is not Ready/,
    ],
    [
      'whose chart has a newer version',
      [helmRelease({}, made), helmChart({}, { artifact: { revision: '1.1.0' } })],
      /has not installed the newest version of its chart/,
    ],
    ['whose chart is gone', [helmRelease({}, made)], /HelmChart flux-system\/flux-system-devlake does not exist/],
    ['without a source', [helmRelease({ chart: undefined })], /names no source/],
    ['that goes elsewhere', [helmRelease({ targetNamespace: 'shop' })], /deploys nothing to the namespace/],
  ])('%s', async (_, objects, summary) => {
    expect((await findingOf(judged('HelmRelease', [helmRepository, ...objects].reverse()))).summary).toMatch(summary)
  })

  it.each([false, true])(
    'that was rolled back has the reason in the condition Released (stalled: %s)',
    async (isStalled) => {
      const conditions = [
        { ...failed, reason: 'RollbackSucceeded' },
        { ...failed, type: 'Released', message: 'timed out waiting for the condition' },
        ...(isStalled ? [{ ...ready, type: 'Stalled' }] : []),
      ]
      const { found } = await findingOf(judged('HelmRelease', [helmRepository, helmRelease({}, { conditions })]))
      expect(found).toContain('timed out waiting for the condition')
    },
  )

  it.each<[string, object, readonly ClusterObject[]]>([
    ['a HelmChart', { kind: 'HelmChart', name: 'flux-system-devlake' }, [helmChart(), helmRepository]],
    [
      'an OCIRepository',
      { kind: 'OCIRepository', name: 'devlake' },
      [
        {
          ...source,
          resource: 'ocirepositories',
          metadata: { name: 'devlake', namespace: 'flux-system', generation: 1 },
          spec: { url: 'oci://registry.example.org/charts/devlake', ref: { tag: '1.0.2' } },
          status: { observedGeneration: 1, conditions: [ready], artifact: { revision: '1.0.2@sha256:4f1c' } },
        },
      ],
    ],
  ])('unless it refers to the chart by %s', async (_, chartRef, sources) => {
    const objects = [helmRelease({ chart: undefined, chartRef }), ...sources]
    await judged('HelmRelease', objects, { chart: 'devlake', revision: '1.0.2' })
    const found = await findingOf(judged('HelmRelease', objects, { chart: 'shop' }))
    expect(found).toMatchObject({
      summary: 'HelmRelease flux-system/devlake does not deploy the configured part of the repository.',
      found: 'chart devlake, revision 1.0.2',
    })
  })
})

describe('a reconciliation that is requested', () => {
  const at = new Date('2026-11-28T09:00:00Z')
  const handling = (status: object) =>
    platformOf({
      objects: [kustomization({}, status), source],
      now: at,
      configuration: {
        application: { kind: 'Kustomization', namespace: 'flux-system' },
        deadlines: { condition: '1s' },
      },
    })

  it('has ended when Flux has handled it and the object is ready', async () => {
    const platform = handling({ lastHandledReconcileAt: at.toISOString() })
    await deliveryChecks(platform).syncSucceeds(platform, at.toISOString())
  })

  it('is not taken for an earlier one', async () => {
    const platform = handling({ lastHandledReconcileAt: '2026-11-28T08:00:00.000Z' })
    const found = await findingOf(deliveryChecks(platform).syncSucceeds(platform, at.toISOString()))
    expect(found.summary).toBe(
      'Flux has not handled the requested reconciliation of Kustomization flux-system/devlake.',
    )
  })
})

describe('where Flux delivers the service', () => {
  const controller = (part: string): ClusterObject => ({
    resource: 'deployments',
    metadata: {
      name: part,
      namespace: 'flux-system',
      labels: { 'app.kubernetes.io/part-of': 'flux', 'app.kubernetes.io/component': part },
    },
    spec: { replicas: 1 },
    status: { availableReplicas: 1 },
  })

  it('the controllers of Flux are needed in the place of those of ArgoCD', async () => {
    const controllers = ['source-controller', 'kustomize-controller', 'helm-controller'].map(controller)
    await expectDependency(fluxPlatform('Kustomization', controllers), 'argocd')
    const found = await findingOf(expectDependency(fluxPlatform('Kustomization', controllers.slice(1)), 'argocd'))
    expect(found.summary).toBe('A part of Flux is not deployed: app.kubernetes.io/component=source-controller.')
  })

  it('the items of the delivery apply though ArgoCD is declared absent, and those of its data source do not', () => {
    const { configuration } = platformOf({
      objects: [],
      configuration: { application: { kind: 'HelmRelease' }, absent: { argocd: 'we use Flux' } },
    })
    const absent = declaredAbsent(configuration)
    expect([absent.has('delivery'), absent.get('argocd')]).toEqual([false, 'ArgoCD is declared absent: we use Flux'])
    expect(loadChecklist().items.some(({ optionalPart }) => optionalPart === 'delivery')).toBe(true)
  })

  it.each<[object, readonly string[]]>([
    [{}, []],
    [{ application: { kind: 'Kustomization' } }, ['getKustomization', 'patchKustomization']],
    [{ application: { kind: 'HelmRelease' } }, ['getHelmRelease', 'patchHelmRelease']],
  ])('a run with %j needs no right for the objects of another kind', (given, wanted) => {
    const { configuration } = platformOf({ objects: [], configuration: given })
    const ofFlux = Object.entries<Operation>(operations).filter(([, { group }]) =>
      /^(helm|kustomize)\.toolkit/.test(group),
    )
    expect(ofFlux.flatMap(([name, one]) => (namesOf(configuration, one)?.length === 0 ? [] : name))).toEqual(wanted)
  })
})
