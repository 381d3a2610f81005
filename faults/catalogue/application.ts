/** Faults of what the Application deploys, and of what ArgoCD compares: section 2 of the checklist. */
import { inService, namespace } from './breaking'
import type { Fault } from './fault'

const application = inService('application', 'devlake')
const object = 'Application fawkes/devlake'
const deployment = (name: string) => ({ group: 'apps', version: 'v1', kind: 'Deployment', name, namespace })

const hydrator = {
  drySource: {
    repoURL: 'https://github.com/paruff/fawkes.git',
    path: 'platform/apps/devlake',
    targetRevision: 'main',
  },
  syncSource: { targetBranch: 'environments/production', path: 'devlake' },
}

export const applicationFaults: readonly Fault[] = [
  {
    id: 'application-of-an-empty-folder',
    title: 'ArgoCD finds no manifest in the folder of the Application, which is Synced and Healthy all the same',
    expects: { failed: ['2.1'], blocked: [] },
    // Another comparison finds the resources again.
    needs: ['2.3'],
    cause: { object, summary: 'deploys nothing: ArgoCD finds no manifest' },
    apply: (doors) => doors.patch(application, { status: { resources: [] } }),
  },
  {
    id: 'application-of-another-service',
    title: 'The Application deploys Jenkins, and somebody else has deployed the service',
    expects: { failed: ['2.1'], blocked: [] },
    needs: ['2.3'],
    cause: { object, summary: 'deploys no workload of the service' },
    apply: (doors) =>
      doors.patch(application, { status: { resources: [{ ...deployment('jenkins'), status: 'Synced' }] } }),
  },
  {
    id: 'application-ignoring-its-pods',
    title: 'ArgoCD ignores all differences in the pods of the StatefulSets',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object, summary: 'is Synced whatever runs: ArgoCD ignores all differences of /spec/template' },
    apply: (doors) =>
      doors.patch(application, {
        spec: { ignoreDifferences: [{ group: 'apps', kind: 'StatefulSet', jsonPointers: ['/spec/template'] }] },
      }),
  },
  {
    id: 'application-not-hydrated',
    title: 'The hydrator cannot push the manifests that it renders, so ArgoCD deploys those from before',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object, summary: 'The hydrator of Application fawkes/devlake fails' },
    apply: (doors) =>
      doors.patch(application, {
        spec: { source: null, sourceHydrator: hydrator },
        status: {
          sourceHydrator: {
            currentOperation: {
              ...{ phase: 'Failed', sourceHydrator: hydrator, startedAt: new Date().toISOString() },
              message: 'failed to commit hydrated manifests: failed to push to branch: authentication required',
            },
          },
        },
      }),
  },
]
