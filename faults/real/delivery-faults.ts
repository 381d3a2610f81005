/** Faults of what ArgoCD does not compare, or does in one sync: hooks, skipped workloads, and Applications behind another one. */
import { parseAllDocuments, stringify } from 'yaml'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import { git } from '../../sandbox/platform/repository'
import { inService, namespace } from '../catalogue/breaking'
import type { Fault } from '../catalogue/fault'
import { behindPath, configMap, throughAnother } from './behind'
import { byHand, committing, deployedPath, manifests, patching, project, statusOf, withChanges } from './deploying'

const object = 'Application fawkes/devlake'

const job = inService('job', 'migrate')

/** A hook that runs longer than it may. */
const hook = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: job.name, namespace, annotations: { 'argocd.argoproj.io/hook': 'PostSync' } },
  spec: {
    activeDeadlineSeconds: 1,
    backoffLimit: 0,
    template: {
      metadata: { annotations: { [holdAnnotation]: 'true' } },
      spec: { restartPolicy: 'Never', containers: [{ name: job.name, image: 'docker.io/library/busybox:1.37' }] },
    },
  },
})

const statefulSets = { group: 'apps', kind: 'StatefulSet' }

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: object }
}

/** Commits an annotation of the UI by which ArgoCD skips it. */
const skippingTheUi = async () => {
  const all = parseAllDocuments(await git('show', `HEAD:${manifests}`)).map((one) => one.toJS() as Manifest)
  const annotations = { 'argocd.argoproj.io/hook': 'Skip' }
  const changed = all.map((one) =>
    one.kind === 'StatefulSet' && one.metadata.name === 'devlake-ui'
      ? { ...one, metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...annotations } } }
      : one,
  )
  return committing(manifests, changed.map((one) => stringify(one)).join('---\n'))()
}

export const deliveryFaults: readonly Fault[] = [
  {
    id: 'application-hook-failed',
    title: 'A Job that runs after each sync does not succeed',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'did not succeed: Job fawkes/migrate failed' },
    apply: async (doors) => {
      const heal = await withChanges(
        doors,
        [
          patching({ spec: { syncPolicy: { retry: { limit: 0 } } } }),
          committing(`${deployedPath}/hook.yaml`, hook),
          // A commit of hooks alone starts no sync.
          committing(`${deployedPath}/greeting.yaml`, configMap('greeting')),
        ],
        ({ operationState }) => operationState?.phase === 'Failed',
      )
      return async () => {
        await heal()
        // ArgoCD keeps the Job until the next sync of the Application.
        await doors.patch(job, { metadata: { finalizers: null } })
        await doors.kubectl(['delete', 'job', job.name, '-n', namespace, '--ignore-not-found'])
      }
    },
  },
  {
    id: 'application-skips-the-ui',
    title:
      'An annotation in the repository makes ArgoCD skip the UI, so nobody knows whether it is what the repository says',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object, summary: 'ArgoCD does not compare StatefulSet fawkes/devlake-ui' },
    apply: (doors) => withChanges(doors, [skippingTheUi]),
  },
  {
    id: 'application-kind-forbidden',
    title: 'The project of the Application does not allow StatefulSets',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'StatefulSet fawkes/devlake-grafana failed' },
    apply: (doors) =>
      withChanges(
        doors,
        [
          patching({ spec: { syncPolicy: { retry: { limit: 0 } } } }),
          patching({ spec: { namespaceResourceBlacklist: [statefulSets] } }, project),
        ],
        ({ operationState }) => operationState?.phase === 'Failed',
      ),
  },
  {
    id: 'application-kind-forbidden-by-hand',
    title: 'The project of an Application that is synced by hand does not allow StatefulSets',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'its project default does not allow StatefulSet' },
    apply: (doors) =>
      withChanges(
        doors,
        [byHand, patching({ spec: { namespaceResourceBlacklist: [statefulSets] } }, project)],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-behind-another-drifted',
    title: 'An Application deploys the service through another one, which is behind its repository',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Application fawkes/devlake-workloads', summary: 'is OutOfSync' },
    apply: throughAnother(
      [committing(`${behindPath}/greeting.yaml`, configMap('greeting'))],
      async (doors, behind) => (await statusOf(doors, behind)).sync?.status === 'OutOfSync',
    ),
  },
]
