/** Objects that their controllers cannot attend to, or keep with other values than the service needs. */
import { files } from '../../sandbox/basis/layout'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { containersOf, inService, isRolledOut, namespace, scaleDown } from './breaking'
import type { Fault } from './fault'

const application = inService('application', 'devlake')
const withoutController = (doors: Doors) => scaleDown(doors, 'statefulset', 'argocd-application-controller', namespace)
const controller = {
  expects: { failed: ['0.6', '2.3', '2.4'], blocked: [] },
  needs: ['2.1'],
  cause: { object: 'StatefulSet fawkes/argocd-application-controller', summary: 'is not available' },
} as const

export const attentionFaults: readonly Fault[] = [
  {
    id: 'argocd-refresh-not-taken-up',
    title: 'Somebody asks ArgoCD to compare again while its application controller is scaled to zero',
    ...controller,
    apply: async (doors) =>
      undoneInReverse([
        await withoutController(doors),
        await doors.patch(application, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } }),
      ]),
  },
  {
    id: 'application-changed-unseen',
    title: 'The Application was changed while the application controller of ArgoCD was scaled to zero',
    ...controller,
    apply: async (doors) =>
      undoneInReverse([
        await withoutController(doors),
        await doors.patch(application, { spec: { source: { path: './platform/apps/devlake' } } }),
      ]),
  },
  {
    id: 'repository-unreadable',
    title: 'ArgoCD may no longer read the platform repository',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Application fawkes/devlake', summary: 'cannot be compared: ArgoCD may not read https://' },
    apply: (doors) =>
      doors.patch(application, {
        status: {
          sync: { status: 'Unknown' },
          conditions: [
            {
              type: 'ComparisonError',
              message:
                'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = failed to list refs: authentication required',
              lastTransitionTime: new Date().toISOString(),
            },
          ],
        },
      }),
  },
  {
    id: 'certificate-expired-long-ago',
    title: 'A certificate has expired, and cert-manager has not renewed it',
    expects: { failed: ['0.5'], blocked: [] },
    cause: { object: 'Certificate fawkes/devlake-grafana-tls', summary: 'has expired' },
    apply: (doors) =>
      doors.patch(
        inService('certificate', 'devlake-grafana-tls'),
        { status: { notAfter: `${new Date(Date.now() - 86_400_000).toISOString().slice(0, 19)}Z` } },
        'status',
      ),
  },
  {
    id: 'password-generated-at-each-refresh',
    title: 'The password of Grafana comes from a generator, which makes another one each hour',
    expects: { failed: ['1.1'], blocked: [] },
    cause: {
      object: 'ExternalSecret fawkes/devlake-grafana-secrets',
      summary: 'gets new values from Password grafana at each refresh',
    },
    apply: (doors) =>
      doors.patch(inService('externalsecret', 'devlake-grafana-secrets'), {
        spec: {
          dataFrom: [
            {
              sourceRef: {
                generatorRef: {
                  apiVersion: 'generators.external-secrets.io/v1alpha1',
                  kind: 'Password',
                  name: 'grafana',
                },
              },
            },
          ],
        },
      }),
  },
  {
    id: 'secrets-manager-entry-emptied',
    title: 'The entry that the ExternalSecret of Grafana extracts is empty, so its Secret stays as it was',
    expects: { failed: ['1.1'], blocked: [] },
    cause: {
      object: 'ExternalSecret fawkes/devlake-grafana-secrets',
      summary: 'is Ready, but its operator has not written the values: secret retained',
    },
    apply: async (doors) => {
      const externalSecret = inService('externalsecret', 'devlake-grafana-secrets')
      const isRetained = async () => JSON.stringify((await doors.get(externalSecret)).status).includes('retained')
      const undo = undoneInReverse([
        doors.rewrite(files.vault, (vault) => vault.replace('{', '{"fawkes/devlake/emptied":{},')),
        await doors.patch(externalSecret, {
          spec: { data: null, dataFrom: [{ extract: { key: 'fawkes/devlake/emptied' } }] },
        }),
      ])
      return untilShown(undo, 'the Secret to be retained', isRetained)
    },
  },
  {
    id: 'external-secret-writes-a-config-map',
    title: 'The ExternalSecret of the database writes a ConfigMap; the Secret in use was written earlier',
    expects: { failed: ['1.3'], blocked: [] },
    cause: { object: 'ExternalSecret fawkes/devlake-db', summary: 'writes a ConfigMap, and no Secret' },
    apply: (doors) =>
      doors.patch(inService('externalsecret', 'devlake-db'), {
        spec: { target: { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } } },
      }),
  },
  {
    id: 'secret-without-store',
    title: 'The ExternalSecret of Grafana names no secret store',
    expects: { failed: ['0.9'], blocked: ['1.1'] },
    cause: { object: 'ExternalSecret fawkes/devlake-grafana-secrets', summary: 'names no secret store' },
    apply: (doors) =>
      doors.patch(inService('externalsecret', 'devlake-grafana-secrets'), { spec: { secretStoreRef: null } }),
  },
  {
    id: 'secret-read-from-elsewhere',
    title: 'The UI reads the password of the database from an older Secret, and no pod reads the current one',
    expects: { failed: ['1.3'], blocked: [] },
    // The pod of the UI is replaced.
    needs: ['3.1', '3.3', '4.1'],
    cause: { object: 'Pod fawkes/devlake-ui-0', summary: 'reads mysql-password from the Secret older-db' },
    apply: async (doors) => {
      const ui = inService('statefulset', 'devlake-ui')
      const secretKeyRef = { name: 'older-db', key: 'mysql-password', optional: true }
      const env = [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef } }]
      const containers = (await containersOf(doors, ui)).map((container) => ({ ...container, env }))
      const heal = await doors.patch(ui, { spec: { template: { spec: { containers } } } })
      const undo = async () => {
        await heal()
        await until('the UI to run without the password', isRolledOut(doors, ui))
      }
      return untilShown(undo, 'the UI to run with the password', isRolledOut(doors, ui))
    },
  },
]
