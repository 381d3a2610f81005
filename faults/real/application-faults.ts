/** Faults of the Application that only the real ArgoCD can show: section 2 of the checklist. */
import { inService } from '../catalogue/breaking'
import type { Fault } from '../catalogue/fault'
import { configMap } from './behind'
import { deliveryFaults } from './delivery-faults'
import {
  byHand,
  cloned,
  committing,
  copying,
  deployedPath,
  exporter,
  manifests,
  patching,
  progressing,
  project,
  repositoryOf,
  withChanges,
} from './deploying'

const object = 'Application fawkes/devlake'

/** A window that is always open. */
const always = { schedule: '* * * * *', duration: '24h' }

/** A window that is open in the month after the next only. */
const closed = () => ({ schedule: `0 0 1 ${((new Date().getUTCMonth() + 2) % 12) + 1} *`, duration: '1h' })

const refused = committing(`${deployedPath}/refused.yaml`, configMap('Not_A_Name'))

const unknown = ({ sync }: { readonly sync?: { readonly status?: string } }) => sync?.status === 'Unknown'

/** ArgoCD does not know the state, so a sync by hand fails too. */
const incomparable = { failed: ['2.3', '2.4'], blocked: [] }

const faults: readonly Fault[] = [
  {
    id: 'application-resource-missing',
    title: 'A commit adds an object, and nobody has synced since',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object, summary: 'is OutOfSync' },
    apply: (doors) =>
      withChanges(
        doors,
        [byHand, committing(`${deployedPath}/greeting.yaml`, configMap('greeting'))],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-drifted',
    title: 'Somebody scales the UI by hand, and ArgoCD does not correct it',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object, summary: 'is OutOfSync' },
    apply: (doors) =>
      withChanges(
        doors,
        [byHand, patching({ spec: { replicas: 2 } }, inService('statefulset', 'devlake-ui'))],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-path-gone',
    title: 'A commit deleted the folder that the Application deploys',
    expects: incomparable,
    cause: { object, summary: 'app path does not exist' },
    apply: (doors) => withChanges(doors, [committing(manifests, undefined)], unknown),
  },
  {
    id: 'application-manifest-broken',
    title: 'A commit broke the YAML of a manifest',
    expects: incomparable,
    cause: { object, summary: 'cannot be compared' },
    apply: (doors) =>
      withChanges(
        doors,
        [committing(`${deployedPath}/broken.yaml`, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: [broken\n')],
        unknown,
      ),
  },
  {
    id: 'application-manifest-refused',
    title: 'A commit added an object that the API server refuses',
    expects: { failed: ['2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'The last operation of Application fawkes/devlake did not succeed' },
    apply: (doors) =>
      withChanges(
        doors,
        [patching({ spec: { syncPolicy: { retry: { limit: 0 } } } }), refused],
        ({ operationState }) => operationState?.phase === 'Failed',
      ),
  },
  {
    id: 'application-sync-retried',
    title: 'ArgoCD tries to sync an object again and again that the API server refuses',
    expects: { failed: ['2.3'], blocked: ['2.4'] },
    cause: { object, summary: 'The last operation of Application fawkes/devlake did not succeed' },
    apply: (doors) =>
      withChanges(
        doors,
        [patching({ spec: { syncPolicy: { retry: { limit: 20, backoff: { duration: '1m' } } } } }), refused],
        ({ operationState }) => /Retrying attempt/.test(operationState?.message ?? ''),
      ),
  },
  {
    id: 'application-never-ready',
    title: 'A commit added a Deployment whose pods no node can take',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Pod fawkes/exporter', summary: 'is Pending' },
    apply: (doors) =>
      withChanges(
        doors,
        [committing(`${deployedPath}/exporter.yaml`, exporter({ nodeSelector: { disktype: 'none' } }))],
        progressing,
      ),
  },
  {
    id: 'application-rollout-slow',
    title: 'A commit added a Deployment whose pods count as available only after minutes',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Deployment fawkes/exporter', summary: 'A rollout of Deployment fawkes/exporter has not ended' },
    apply: (doors) =>
      withChanges(
        doors,
        [committing(`${deployedPath}/exporter.yaml`, exporter({ minReadySeconds: 500 }))],
        progressing,
      ),
  },
  {
    id: 'application-frozen',
    title: 'A sync window keeps ArgoCD from deploying a commit',
    expects: { failed: ['2.3'], blocked: ['2.4'] },
    cause: { object, summary: 'A sync window keeps ArgoCD from syncing' },
    apply: (doors) =>
      withChanges(
        doors,
        [
          patching({ spec: { syncWindows: [{ ...always, kind: 'deny', applications: ['dev*e'] }] } }, project),
          committing(`${deployedPath}/greeting.yaml`, configMap('greeting')),
        ],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-allowed-at-another-time',
    title: 'The only sync window that allows syncs is open in another month',
    expects: { failed: ['2.3'], blocked: ['2.4'] },
    cause: { object, summary: 'A sync window keeps ArgoCD from syncing' },
    apply: (doors) =>
      withChanges(
        doors,
        [
          patching({ spec: { syncWindows: [{ ...closed(), kind: 'allow', applications: ['devlake'] }] } }, project),
          committing(`${deployedPath}/greeting.yaml`, configMap('greeting')),
        ],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-delivers-elsewhere',
    title: 'A commit moved the objects to another namespace, whatever the destination says',
    expects: { failed: ['2.1', '2.3'], blocked: [] },
    cause: { object, summary: 'deploys to the wrong namespace' },
    apply: (doors) =>
      withChanges(
        doors,
        [byHand, committing(manifests, configMap('greeting', 'default'))],
        ({ sync }) => sync?.status === 'OutOfSync',
      ),
  },
  {
    id: 'application-project-unknown',
    title: 'The Application names a project that does not exist',
    expects: incomparable,
    cause: { object, summary: 'ArgoCD refuses the specification' },
    apply: (doors) => withChanges(doors, [patching({ spec: { project: 'shop' } })], unknown),
  },
  {
    id: 'application-repository-forbidden',
    title: 'The project does not allow the repository of the Application',
    expects: incomparable,
    cause: { object, summary: 'ArgoCD refuses the specification' },
    apply: (doors) =>
      withChanges(doors, [patching({ spec: { sourceRepos: ['https://git.example.org/*'] } }, project)], unknown),
  },
  {
    id: 'application-destination-forbidden',
    title: 'The project does not allow the namespace of the service',
    expects: incomparable,
    cause: { object, summary: 'ArgoCD refuses the specification' },
    apply: (doors) =>
      withChanges(
        doors,
        [patching({ spec: { destinations: [{ namespace: 'shop', server: '*' }] } }, project)],
        unknown,
      ),
  },
  {
    id: 'application-cluster-unknown',
    title: 'The Application deploys to a cluster that ArgoCD does not know',
    expects: { failed: ['2.1', '2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'deploys to another cluster' },
    apply: (doors) =>
      withChanges(
        doors,
        [patching({ spec: { destination: { server: 'https://other-cluster.example.org:6443' } } })],
        unknown,
      ),
  },
  {
    id: 'application-branch-missing',
    title: 'The Application deploys a branch that does not exist',
    expects: { failed: ['2.1', '2.3', '2.4'], blocked: [] },
    cause: { object, summary: 'does not deploy the configured part of the repository' },
    apply: (doors) =>
      withChanges(doors, [patching({ spec: { source: { targetRevision: 'experiment/jo' } } })], unknown),
  },
  {
    id: 'application-from-another-repository',
    title: 'The Application deploys from a clone of the platform repository',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object, summary: 'does not deploy from the platform repository' },
    apply: async (doors) => {
      const repoURL = (await repositoryOf(doors)).replace('/paruff/', '/jo/')
      return withChanges(doors, [cloned, patching({ spec: { source: { repoURL } } })])
    },
  },
  {
    id: 'application-from-a-copy',
    title: 'The Application deploys a copy of the folder, which holds the same manifests',
    expects: { failed: ['2.1'], blocked: [] },
    cause: { object, summary: 'does not deploy the configured part of the repository' },
    apply: (doors) =>
      withChanges(doors, [
        copying(manifests, 'platform/apps/copy/manifests.yaml'),
        patching({ spec: { source: { path: 'platform/apps/copy' } } }),
      ]),
  },
]

/** The faults of the Application. Each needs every other item of section 2, because two of them cannot be in force at once. */
export const applicationFaults: readonly Fault[] = [...faults, ...deliveryFaults].map((fault) => ({
  ...fault,
  needs: ['2.1', '2.3', '2.4'],
}))
