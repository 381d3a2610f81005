/** The contract `fawkes`: the service as the deployment checklist describes it, and the default. */

import { z } from 'zod'
import { urlPart } from '../../basis/command'
import type { ComponentNames, Contract, Refusal } from '../../contracts/contract'
import { connectionsUnder } from './connections'
import { fawkesDashboards } from './dashboards'
import { fawkesStatements, fawkesTables } from './database'
import { fawkesDora } from './dora'
import { fawkesSchema, guardedQueries } from './graphql'
import { fawkesRest } from './rest-metrics'
import { fawkesWebhooks } from './webhooks'

const component = (name: string, port: number): ComponentNames => ({
  labels: { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': name },
  service: `devlake-${name}`,
  port,
})

function isPong(body: string): boolean {
  try {
    return (JSON.parse(body) as { message?: unknown } | null)?.message === 'pong'
  } catch {
    return false
  }
}

const refused = (status: number, code: string): Refusal => ({
  status,
  says: new RegExp(`^${code}$`),
  expected: `the code ${code}`,
})

export const fawkes: Contract = {
  name: 'fawkes',
  sign: {
    paths: ['/api/ping'],
    shownBy: (status, body) => status === 200 && isPong(body),
    inWords: 'it answers a ping with pong',
  },
  names: {
    namespace: 'fawkes',
    ownNamespace: 'fawkes-devlake',
    cluster: { minimumVersion: '1.28', workers: 3 },
    components: {
      lake: component('lake', 8080),
      ui: component('ui', 4000),
      grafana: component('grafana', 3000),
      mysql: component('mysql', 3306),
    },
    ingresses: {
      service: {
        name: 'devlake',
        host: 'devlake.127.0.0.1.nip.io',
        paths: { '/': 'ui', '/api': 'lake', '/metrics': 'lake' },
        probe: '/api/ping',
      },
      grafana: {
        name: 'devlake-grafana',
        host: 'devlake-grafana.127.0.0.1.nip.io',
        paths: { '/': 'grafana' },
        probe: '/api/health',
      },
    },
    storage: { claim: 'devlake-mysql', size: '20Gi' },
    application: { name: 'devlake', namespace: 'fawkes' },
    secretNames: {
      service: { name: 'devlake-secrets', keys: ['encryption-secret', 'api-token', 'github-token'] },
      database: { name: 'devlake-db', keys: ['mysql-root-password', 'mysql-password'] },
      grafana: { name: 'devlake-grafana-secrets', keys: ['admin-password'] },
    },
    tokens: {
      api: { name: 'devlake-api-token', key: 'token' },
      github: { name: 'devlake-secrets', key: 'github-token' },
      gitlab: { name: 'devlake-secrets', key: 'gitlab-token' },
      argocd: { name: 'devlake-argocd', key: 'token' },
      jenkins: { name: 'devlake-jenkins', key: 'token' },
    },
    jenkins: { service: 'jenkins' },
    dataSources: {
      github: { endpoint: 'https://api.github.com' },
      gitlab: { endpoint: 'https://gitlab.com/api/v4' },
      argocd: { endpoint: 'http://argocd-server.fawkes.svc' },
      jenkins: { endpoint: 'http://jenkins.fawkes.svc' },
    },
    database: {
      name: 'lake',
      // The user that DevLake's Helm chart creates.
      user: 'merico',
      passwordKey: 'mysql-password',
      rootPasswordKey: 'mysql-root-password',
    },
    // Grafana's own default.
    grafana: { user: 'admin', passwordKey: 'admin-password' },
    monitoring: {
      namespace: 'monitoring',
      serviceMonitor: 'devlake-metrics',
      prometheus: { service: 'prometheus-kube-prometheus-prometheus', port: 9090 },
      alertmanager: {
        service: 'prometheus-kube-prometheus-alertmanager',
        port: 9093,
        // A test alert must not page anyone.
        labels: { severity: 'low' },
      },
    },
    // The labels are those of the projects' own manifests and charts.
    dependencies: {
      ingressController: {
        selector: 'app.kubernetes.io/name=ingress-nginx',
        parts: ['app.kubernetes.io/component=controller'],
      },
      certManager: {
        selector: 'app.kubernetes.io/instance=cert-manager',
        parts: ['controller', 'cainjector', 'webhook'].map((part) => `app.kubernetes.io/component=${part}`),
      },
      argocd: {
        selector: 'app.kubernetes.io/part-of=argocd',
        parts: ['application-controller', 'repo-server', 'server'].map((part) => `app.kubernetes.io/component=${part}`),
        neededWhereDeployed: ['app.kubernetes.io/component=redis'],
      },
      flux: {
        selector: 'app.kubernetes.io/part-of=flux',
        parts: ['source-controller', 'kustomize-controller', 'helm-controller'].map(
          (part) => `app.kubernetes.io/component=${part}`,
        ),
      },
      externalSecrets: {
        selector: 'app.kubernetes.io/instance=external-secrets',
        parts: ['app.kubernetes.io/name=external-secrets'],
      },
      prometheusOperator: {
        selector: 'app.kubernetes.io/name in (prometheus-operator,kube-prometheus-stack-prometheus-operator)',
        namespace: 'monitoring',
        parts: [],
      },
      grafana: { selector: 'app.kubernetes.io/name=grafana', namespace: 'monitoring', parts: [] },
    },
  },
  rest: {
    version: '/api/version',
    projects: '/api/projects',
    guarded: {
      entered: '/api/projects',
      refused: async (readProject) => {
        const project = await readProject()
        return [
          '/api/projects',
          `/api/deployments?project=${urlPart(project)}`,
          ...Object.values(fawkesRest).map(({ path }) => path(project, 'last7days')),
          ...['github', 'argocd', 'jenkins', 'webhook'].map((plugin) => `/api/plugins/${plugin}/connections`),
        ]
      },
    },
    error: z
      .looseObject({ error: z.looseObject({ code: z.string(), message: z.string().min(1) }) })
      .transform(({ error }) => error.code),
    refusals: {
      no: refused(401, 'UNAUTHORIZED'),
      wrong: refused(401, 'UNAUTHORIZED'),
      expired: refused(401, 'UNAUTHORIZED'),
    },
    unknownProject: {
      path: '/api/dora/metrics?project=no-such-project-of-this-platform',
      refusal: refused(404, 'INVALID_PROJECT'),
    },
    emptyRange: {
      path: (project) =>
        `/api/dora/metrics?project=${urlPart(project)}&timeRange=custom&startDate=2026-02-01T00:00:00Z&endDate=2026-01-01T00:00:00Z`,
      refusal: refused(400, 'INVALID_TIME_RANGE'),
    },
    rateLimit: 'X-RateLimit',
  },
  openRoute: { absent: 'Every route of the service that writes requires a token or a signature.' },
  graphql: { path: '/api/graphql', schema: fawkesSchema, openTypes: ['Deployment', 'Incident'], guardedQueries },
  metrics: {
    path: '/metrics',
    exposed: [
      { name: 'dora_deployment_frequency_total', type: 'counter', labels: ['project', 'environment'] },
      { name: 'dora_lead_time_seconds', type: 'histogram', labels: ['project'], buckets: [3600, 86400] },
      { name: 'dora_change_failure_rate', type: 'gauge', labels: ['project'], range: [0, 1] },
      { name: 'dora_mttr_seconds', type: 'histogram', labels: ['project'], buckets: [3600, 86400] },
    ],
  },
  dora: fawkesDora,
  dashboards: fawkesDashboards,
  webhooks: fawkesWebhooks,
  dataSources: connectionsUnder('/api'),
  database: { tables: fawkesTables, characterSet: 'utf8mb4', statements: fawkesStatements },
  ping: { path: '/api/ping', isPong, isAnswer: (body) => body.includes('pong'), expected: '{"message":"pong"}' },
}
