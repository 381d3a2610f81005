/** Faults of the ways to Grafana and from it to the database: items 15.2 and 16.1. */
import type { Rule } from '../../sandbox/interference/rules'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { answering, base64, configured, inService, namespace } from './breaking'
import type { Fault } from './fault'

const onGrafana = (path: string, how: Rule['how']): Rule => ({ process: 'grafana', path, how })

/** Puts the token of a service account into Grafana's Secret, and names it in the configuration of the run. */
async function withServiceAccount(doors: Doors): Promise<() => Promise<void>> {
  return undoneInReverse([
    await doors.patch(inService('secret', 'devlake-grafana-secrets'), {
      data: { token: base64('glsa_5QmVwN2rT8yKc4LxZpB1sD7fGhJ3aE6u_0a1b2c3d') },
    }),
    configured(doors, 'grafana', { tokenKey: 'token' }),
  ])
}

const needingTheLogin = ['16.1', '16.2', '16.3']

export const grafanaAccessFaults: readonly Fault[] = [
  {
    id: 'grafana-service-token-revoked',
    title: 'The token of the service account with which Grafana is read was deleted',
    expects: { failed: ['15.2'], blocked: needingTheLogin },
    cause: {
      object: 'Secret fawkes/devlake-grafana-secrets, key token',
      summary: 'Grafana does not accept the token of a service account that the Secret holds',
    },
    apply: withServiceAccount,
  },
  {
    id: 'grafana-takes-any-token',
    title:
      'A proxy in front of Grafana logs in every caller with a token, and the single sign-on of people leads nowhere',
    expects: { failed: ['15.2'], blocked: [] },
    needs: needingTheLogin,
    cause: { object: '/api/search?limit=1', summary: 'Grafana accepts an unknown token' },
    apply: async (doors) =>
      undoneInReverse([
        await withServiceAccount(doors),
        doors.interfere(
          onGrafana('^/api/(?!user$|org$)', {
            kind: 'header',
            name: 'authorization',
            value: `Basic ${base64(`admin:${doors.vault('fawkes/devlake/grafana', 'admin-password')}`)}`,
          }),
          onGrafana('^/api/frontend/settings$', answering(200, { oauth: { generic_oauth: { name: 'Sign in' } } })),
          onGrafana('^/login/generic_oauth$', answering(404, { message: 'Not found' })),
        ),
      ]),
  },
  {
    id: 'grafana-database-locked',
    title: "Grafana's own database is locked, so it cannot look for users",
    expects: { failed: ['15.2'], blocked: needingTheLogin },
    cause: { object: '/api/user', summary: 'Grafana answers /api/user with status 500' },
    apply: async (doors) =>
      doors.interfere(
        onGrafana('^/api/user$', answering(500, { message: 'Failed to get user', error: 'database is locked' })),
      ),
  },
  {
    id: 'network-policy-keeps-grafana-out',
    title: 'A NetworkPolicy lets only the lake connect to MySQL',
    expects: { failed: ['16.1'], blocked: [] },
    cause: { object: 'NetworkPolicy fawkes/mysql-only-for-the-lake', summary: 'keeps Grafana from' },
    apply: async (doors) => {
      const pods = (component: string) => ({ matchLabels: { 'app.kubernetes.io/component': component } })
      return undoneInReverse([
        await create(doors, {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'mysql-only-for-the-lake', namespace },
          spec: {
            podSelector: pods('mysql'),
            policyTypes: ['Ingress'],
            ingress: [{ from: [{ podSelector: pods('lake') }] }],
          },
        }),
        // The sandbox has no network that could enforce the policy.
        doors.interfere(
          onGrafana(
            '^/api/datasources/uid/[^/]+/health$',
            answering(400, { status: 'ERROR', message: 'dial tcp 10.96.0.12:3306: i/o timeout' }),
          ),
        ),
      ])
    },
  },
]
