/** Faults of the connections, of the data collected through them, and of the incident webhook: sections 11 to 14. */
import { files } from '../../sandbox/basis/layout'
import type { Doors } from '../doors/doors'
import { answering, base64, connectionOf, lake, replacing, withJenkinsToken } from './breaking'
import type { Fault } from './fault'

const notFound = answering(
  404,
  '{"error":{"code":"NOT_FOUND","message":"there is no such path or method","details":{}}}',
)

/** Deletes the connection of a plugin. The undo creates it again as the sandbox does. */
const withoutConnection = (plugin: string) => async (doors: Doors) => {
  await doors.service('DELETE', await connectionOf(doors, plugin))
  return () => doors.connectAgain()
}

/** Changes the entities that the scopes of a plugin collect. */
const collecting = (plugin: string, entities: readonly string[], before: readonly string[]) => async (doors: Doors) => {
  const configs = `${await connectionOf(doors, plugin)}/scope-configs`
  const config = `${configs}/${await doors.idOf(configs)}`
  await doors.service('PATCH', config, { entities })
  return async () => {
    await doors.service('PATCH', config, { entities: before })
  }
}

const alertmanager = { kind: 'secret', name: 'alertmanager-kube-prometheus-alertmanager', namespace: 'monitoring' }

/** A patch that makes a webhook the only receiver of Alertmanager. */
const receiver = (path: string, sendResolved: boolean) => {
  const webhook = `{ url: "http://devlake-lake.fawkes.svc:8080${path}", send_resolved: ${sendResolved} }`
  return {
    data: { 'alertmanager.yaml': base64(`receivers: [{ name: devlake, webhook_configs: [${webhook}] }]`) },
  }
}

export const dataSourceFaults: readonly Fault[] = [
  {
    id: 'github-token-revoked',
    title: 'GitHub no longer accepts the token of the connection',
    expects: { failed: ['11.2'], blocked: [] },
    cause: { object: 'connection github to GitHub', summary: 'The test of the connection github to GitHub fails' },
    apply: async (doors) => doors.revoke('github'),
  },
  {
    id: 'github-token-lacks-scopes',
    title: 'The token of the connection to GitHub lacks the scopes for private repositories',
    expects: { failed: ['11.2'], blocked: [] },
    cause: { object: 'connection github to GitHub', summary: 'succeeds with a warning' },
    apply: async (doors) =>
      doors.interfere({
        process: 'lake',
        path: '^/api/plugins/github/connections/[0-9]+/test',
        how: answering(
          200,
          '{"success":true,"warning":true,"message":"This token is unable to collect private repositories"}',
        ),
      }),
  },
  {
    id: 'github-connection-deleted',
    title: 'The connection to GitHub was deleted',
    expects: { failed: ['11.2'], blocked: ['11.3'] },
    cause: { object: 'connection to GitHub', summary: 'There is no connection to GitHub' },
    apply: withoutConnection('github'),
  },
  {
    id: 'github-endpoint-wrong',
    title: "The connection to GitHub points to GitHub's website instead of its API",
    expects: { failed: ['11.2'], blocked: ['11.3'] },
    cause: {
      object: 'connection to GitHub',
      summary: 'No connection to GitHub has the endpoint https://api.github.com',
    },
    apply: async (doors) => {
      const connection = await connectionOf(doors, 'github')
      await doors.service('PATCH', connection, { endpoint: 'https://github.com/' })
      return async () => {
        await doors.service('PATCH', connection, { endpoint: 'https://api.github.com/' })
      }
    },
  },
  {
    id: 'github-token-readable',
    title: 'The API exposes the token in the list of GitHub connections',
    expects: { failed: ['11.2'], blocked: [] },
    cause: { object: '/api/plugins/github/connections', summary: 'a connection to GitHub can be read back' },
    apply: async (doors) =>
      doors.interfere({
        process: 'lake',
        path: '^/api/plugins/github/connections$',
        how: replacing(['"token":"[^"]*"', `"token":"${doors.vault('fawkes/devlake/secrets', 'github-token')}"`]),
      }),
  },
  {
    id: 'github-scope-without-pull-requests',
    title: 'Repositories are collected without their pull requests',
    expects: { failed: ['11.3'], blocked: [] },
    cause: { object: 'scopes of GitHub', summary: 'does not collect pull requests, code review' },
    apply: collecting('github', ['CODE', 'CROSS'], ['CODE', 'CODEREVIEW', 'CROSS']),
  },
  {
    id: 'argocd-token-revoked',
    title: 'ArgoCD no longer accepts the token of the connection',
    expects: { failed: ['12.1'], blocked: [] },
    cause: { object: 'connection argocd to ArgoCD', summary: 'The test of the connection argocd to ArgoCD fails' },
    apply: async (doors) => doors.revoke('argocd'),
  },
  {
    id: 'argocd-token-readable',
    title: 'The API exposes the token of a single ArgoCD connection',
    expects: { failed: ['12.1'], blocked: [] },
    cause: { object: '/api/plugins/argocd/connections/', summary: 'a connection to ArgoCD can be read back' },
    apply: async (doors) =>
      doors.interfere({
        process: 'lake',
        path: '^/api/plugins/argocd/connections/\\d+$',
        how: replacing(['"token":"[^"]*"', `"token":"${doors.vault('fawkes/argocd', 'token')}"`]),
      }),
  },
  {
    id: 'argocd-connection-deleted',
    title: 'The connection to ArgoCD was deleted',
    expects: { failed: ['12.1'], blocked: ['12.2'] },
    cause: { object: 'connection to ArgoCD', summary: 'There is no connection to ArgoCD' },
    apply: withoutConnection('argocd'),
  },
  {
    id: 'argocd-scopes-deleted',
    title: 'The scopes of ArgoCD contain no Application',
    expects: { failed: ['12.2'], blocked: [] },
    cause: { object: 'scopes of ArgoCD', summary: 'Nothing is collected from ArgoCD' },
    apply: async (doors) => {
      const scopes = `${await connectionOf(doors, 'argocd')}/scopes`
      for (const name of ['devlake', 'devlake-test-app']) await doors.service('DELETE', `${scopes}/${name}`)
      return async () => {
        await doors.service('DELETE', await connectionOf(doors, 'argocd'))
        await doors.connectAgain()
      }
    },
  },
  {
    id: 'argocd-scope-without-syncs',
    title: 'Applications are collected without their syncs',
    expects: { failed: ['12.2'], blocked: [] },
    cause: { object: 'scopes of ArgoCD', summary: 'does not collect sync events' },
    apply: collecting('argocd', ['CODE'], ['CICD']),
  },
  {
    id: 'jenkins-connection-missing',
    title: 'There is a token for Jenkins but no connection that uses it',
    expects: { failed: ['13.1'], blocked: [] },
    needs: ['12.1'],
    cause: { object: 'connection to Jenkins', summary: 'There is no connection to Jenkins' },
    apply: withJenkinsToken,
  },
  {
    id: 'jenkins-declared-absent',
    title: 'Jenkins is declared absent, but there is a token for it',
    expects: { failed: ['13.1'], blocked: [] },
    needs: ['12.1'],
    cause: { object: 'connection to Jenkins', summary: 'There is no connection to Jenkins' },
    apply: async (doors) => {
      const heal = await withJenkinsToken(doors)
      const undeclare = doors.append(files.configuration, 'absent:\n  jenkins: none here\n')
      return async () => {
        await undeclare()
        await heal()
      }
    },
  },
  {
    id: 'jenkins-connection-stale',
    title: 'A connection to a Jenkins that no longer exists was left behind',
    expects: { failed: ['0.12', '13.1'], blocked: [] },
    needs: ['12.1'],
    cause: { object: 'connection jenkins to Jenkins', summary: 'The test of the connection jenkins to Jenkins fails' },
    apply: async (doors) => {
      const endpoint = 'http://jenkins.fawkes.svc:8080/'
      await doors.service('POST', '/api/plugins/jenkins/connections', {
        name: 'jenkins',
        endpoint,
        username: 'devlake',
      })
      return async () => {
        await doors.service('DELETE', await connectionOf(doors, 'jenkins'))
      }
    },
  },
  {
    id: 'webhook-plugin-gone',
    title: 'The webhook plugin is not enabled',
    expects: { failed: ['14.1'], blocked: [] },
    cause: { object: '/api/plugins/webhook/connections', summary: 'The webhook plugin is not enabled' },
    apply: lake('^/api/plugins/webhook/connections$', notFound),
  },
  {
    id: 'incident-address-gone',
    title: 'The address of the incident webhook returns 404',
    expects: { failed: ['14.2'], blocked: [] },
    cause: {
      object: '/api/plugins/webhook/1/incidents',
      summary: 'does not refuse an invalid request as documented: status 404',
    },
    apply: lake('^/api/plugins/webhook/1/incidents$', notFound),
  },
  {
    id: 'incident-address-takes-anything',
    title: 'The incident webhook accepts a request without an incident',
    expects: { failed: ['14.2'], blocked: [] },
    cause: { object: '/api/plugins/webhook/1/incidents', summary: 'accepts a request without an incident' },
    apply: lake('^/api/plugins/webhook/1/incidents$', answering(200, '{"success":true,"message":"success"}')),
  },
  {
    id: 'alerts-never-end',
    title: 'Alertmanager is configured not to send the end of an alert',
    expects: { failed: ['14.3'], blocked: [] },
    stories: true,
    cause: { object: 'the incidents table', summary: 'The end of an alert does not resolve its incident' },
    apply: (doors) => doors.patch(alertmanager, receiver('/api/plugins/webhook/1/incidents', false)),
  },
  {
    id: 'alertmanager-mistaken',
    title: 'What listens on the port of Alertmanager is Prometheus, which takes no alerts',
    expects: { failed: ['14.3'], blocked: [] },
    stories: true,
    cause: { object: '/api/v2/alerts', summary: 'Alertmanager does not accept an alert: status 404' },
    apply: async (doors) => {
      const ofPod = (name: string) => ({ kind: 'clusterportforward', name: `monitoring.${name}` })
      const { spec } = (await doors.get(ofPod('prometheus-kube-prometheus-prometheus-0'))) as unknown as {
        spec: { forwards: readonly { target: object }[] }
      }
      const [{ target } = { target: {} }] = spec.forwards
      return doors.patch(ofPod('alertmanager-kube-prometheus-alertmanager-0'), {
        spec: { forwards: [{ ports: [9093], target }] },
      })
    },
  },
  {
    id: 'alerts-lead-nowhere',
    title: 'Alertmanager sends incidents to an address that the service does not serve',
    expects: { failed: ['14.3'], blocked: [] },
    stories: true,
    cause: {
      object: 'the incidents table',
      summary: 'An alert of the observability platform does not become an incident',
    },
    apply: (doors) => doors.patch(alertmanager, receiver('/api/incidents', true)),
  },
  {
    id: 'scopes-miscounted',
    title: 'The list of scopes of GitHub counts more than its pages hold',
    expects: { failed: [], blocked: ['11.3'] },
    needs: ['11.2'],
    cause: { object: 'the list of scopes of GitHub', summary: 'The service counts 99 entries in' },
    apply: lake('^/api/plugins/github/connections/[0-9]+/scopes', replacing(['"count":[0-9]+', '"count":99'])),
  },
]
