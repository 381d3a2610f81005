/** Healthy variants of the Application, with the real ArgoCD. */
import { inService, namespace } from '../catalogue/breaking'
import type { Doors } from '../doors/doors'
import { until } from '../doors/until'
import { throughAnother } from './behind'
import type { Change } from './change'
import {
  application,
  committing,
  deployedPath,
  exporter,
  patching,
  progressing,
  project,
  repositoryOf,
  statusOf,
  withChanges,
} from './deploying'

const specified = (spec: object) => (doors: Doors) => withChanges(doors, [patching({ spec })])
const automated = (policy: object) => specified({ syncPolicy: policy })

const inFolder = (name: string, text: string) => (doors: Doors) =>
  withChanges(doors, [committing(`${deployedPath}/${name}.yaml`, text)])

/** Creates the Application anew, where everything is already deployed, so that ArgoCD has nothing to do. */
async function neverSynced(doors: Doors): Promise<() => Promise<void>> {
  const found = (await doors.get(application)) as unknown as { metadata: object; spec: object }
  const { syncPolicy, ...spec } = found.spec as { syncPolicy?: object }
  const create = async (wanted: object) => {
    await doors.kubectl(['delete', 'application', application.name, '-n', namespace])
    const { apiVersion, kind } = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }
    const metadata = { name: application.name, namespace }
    await doors.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata, spec: wanted }))
    await until('ArgoCD to compare', async () => (await statusOf(doors)).sync?.status === 'Synced', 60_000)
  }
  await create(spec)
  return () => create(found.spec)
}

export const applicationVariants: readonly Change[] = [
  {
    id: 'application-by-hand',
    title: 'The Application is synced by hand only',
    apply: automated({ automated: null }),
  },
  {
    id: 'application-automation-disabled',
    title: 'The automated syncs are disabled',
    apply: automated({ automated: { enabled: false } }),
  },
  {
    id: 'application-with-options',
    title: 'The Application applies on the server, and tries again',
    apply: automated({ syncOptions: ['ServerSideApply=true', 'CreateNamespace=false'], retry: { limit: 3 } }),
  },
  { id: 'application-never-synced', title: 'Everything was deployed before ArgoCD looked', apply: neverSynced },
  {
    id: 'application-spelled-otherwise',
    title: 'The Application spells its path and branch in another way',
    apply: specified({ source: { path: './platform/apps/devlake', targetRevision: 'refs/heads/main' } }),
  },
  {
    id: 'application-in-cluster',
    title: 'The Application names its cluster instead of its server',
    apply: specified({ destination: { server: null, name: 'in-cluster' } }),
  },
  {
    id: 'application-of-several-sources',
    title: 'The Application has two sources: the manifests, and values for them',
    apply: async (doors) => {
      const repoURL = await repositoryOf(doors)
      return specified({
        source: null,
        sources: [
          { repoURL, path: deployedPath, targetRevision: 'main' },
          { repoURL, targetRevision: 'main', ref: 'values' },
        ],
      })(doors)
    },
  },
  {
    id: 'application-with-hook',
    title: 'A hook runs after each sync',
    apply: inFolder(
      'hook',
      `apiVersion: v1
kind: ConfigMap
metadata:
  name: after-the-sync
  namespace: fawkes
  annotations: { argocd.argoproj.io/hook: PostSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded }
data: { greeting: hello }
`,
    ),
  },
  {
    id: 'application-in-waves',
    title: 'The objects are synced in waves',
    apply: inFolder(
      'wave',
      `apiVersion: v1
kind: ConfigMap
metadata: { name: first, namespace: fawkes, annotations: { argocd.argoproj.io/sync-wave: "-1" } }
data: { greeting: hello }
`,
    ),
  },
  {
    id: 'application-rolling-out',
    title: 'A rollout goes on when the run begins, and ends soon',
    apply: (doors) =>
      withChanges(doors, [committing(`${deployedPath}/exporter.yaml`, exporter({ minReadySeconds: 8 }))], progressing),
  },
  {
    id: 'application-by-manifests',
    title: 'The manifests name the namespace of the service, and the destination another one',
    apply: specified({ destination: { namespace: 'default' } }),
  },
  {
    id: 'application-in-a-window',
    title: 'A sync window allows syncs, and another one forbids those of other Applications',
    apply: (doors) => {
      const always = { schedule: '* * * * *', duration: '24h' }
      const syncWindows = [
        { ...always, kind: 'deny', applications: ['shop'] },
        { ...always, kind: 'allow', applications: ['devlake'] },
      ]
      return withChanges(doors, [patching({ spec: { syncWindows } }, project)])
    },
  },
  {
    id: 'application-beside-orphans',
    title: 'The project warns of objects that no Application deploys',
    apply: (doors) => withChanges(doors, [patching({ spec: { orphanedResources: { warn: true } } }, project)]),
  },
  {
    id: 'application-beside-an-autoscaler',
    title: 'ArgoCD ignores the replicas of the UI, which somebody else scales',
    apply: (doors) =>
      withChanges(doors, [
        patching({
          spec: {
            ignoreDifferences: [{ group: 'apps', kind: 'StatefulSet', jsonPointers: ['/spec/replicas'] }],
            syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
          },
        }),
        patching({ spec: { replicas: 2 } }, inService('statefulset', 'devlake-ui')),
      ]),
  },
  {
    id: 'application-without-history',
    title: 'ArgoCD keeps no history of the Application',
    apply: (doors) => withChanges(doors, [patching({ spec: { revisionHistoryLimit: 0 } })]),
  },
  {
    id: 'application-of-applications',
    title: 'The Application deploys the service through another Application',
    apply: throughAnother(),
  },
]
