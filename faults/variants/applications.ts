/** Variants of the Application: section 2 of the checklist. */
import { inService } from '../catalogue/breaking'
import type { Doors } from '../doors/doors'
import { untilShown } from '../doors/until'
import type { Variant } from './variant'

const application = inService('application', 'devlake')
const source = {
  repoURL: 'https://github.com/paruff/fawkes.git',
  path: 'platform/apps/devlake',
  targetRevision: 'main',
}
const chart = {
  ...{ repoURL: 'https://apache.github.io/incubator-devlake-helm-chart', chart: 'devlake', targetRevision: '1.0.2' },
  helm: { valueFiles: ['$values/platform/apps/devlake/values.yaml'] },
}
const values = { repoURL: 'https://github.com/paruff/values.git', targetRevision: 'main', ref: 'values' }

interface Compared {
  readonly sync?: { readonly comparedTo?: object }
}

/** Changes the specification, and waits until ArgoCD has compared it. */
async function specified(doors: Doors, spec: object): Promise<() => Promise<void>> {
  const compared = async () =>
    JSON.stringify(((await doors.get(application)).status as Compared | undefined)?.sync?.comparedTo ?? null)
  const before = await compared()
  const heal = await doors.patch(application, { spec })
  const undo = async () => {
    await heal()
    await refreshed(doors)
  }
  await refreshed(doors)
  return untilShown(undo, 'ArgoCD to compare the specification', async () => (await compared()) !== before)
}

/** Requests a comparison, and waits until ArgoCD has taken it up. */
async function refreshed(doors: Doors): Promise<void> {
  await doors.patch(application, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } })
  await untilShown(
    async () => undefined,
    'ArgoCD to take up the refresh',
    async () =>
      !('argocd.argoproj.io/refresh' in (((await doors.get(application)).metadata.annotations ?? {}) as object)),
  )
}

const other = (id: string, title: string, spec: object): Variant => ({
  id,
  title,
  changes: ['Application devlake'],
  apply: (doors) => specified(doors, spec),
})

export const applicationVariants: readonly Variant[] = [
  {
    id: 'application-never-synced',
    title: 'The Application was Synced and Healthy from the start, so it had no operation',
    changes: ['Application devlake'],
    apply: (doors) => doors.patch(application, { status: { operationState: null } }),
  },
  {
    id: 'application-with-finalizer',
    title: 'The Application has the finalizer by which a deletion takes its resources along',
    changes: ['Application devlake finalizers'],
    apply: (doors) =>
      doors.patch(application, { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } }),
  },
  other('application-of-several-sources', 'The Application has two sources: the manifests, and values for them', {
    source: null,
    sources: [source, values],
  }),
  other('application-with-values-of-the-repository', 'The Application takes a chart, and values from the repository', {
    source: null,
    sources: [chart, { repoURL: source.repoURL, targetRevision: source.targetRevision, ref: 'values' }],
  }),
  other('application-by-ssh', 'The Application names its repository by its SSH address', {
    source: { repoURL: 'git@github.com:paruff/fawkes.git' },
  }),
  other('application-spelled-otherwise', 'The Application spells its path, branch and cluster in another way', {
    source: { path: './platform/apps/devlake/', targetRevision: 'refs/heads/main' },
    destination: { server: 'https://kubernetes.default.svc.cluster.local' },
  }),
  other('application-in-cluster', 'The Application names its cluster instead of its server', {
    destination: { server: null, name: 'in-cluster' },
  }),
  other('application-hydrated', 'A hydrator renders the manifests of the Application', {
    source: null,
    sourceHydrator: {
      drySource: source,
      syncSource: { targetBranch: 'environments/production', path: 'devlake' },
    },
  }),
]
