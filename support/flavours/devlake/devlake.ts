/** The contract `devlake`: stock Apache DevLake, as its Helm chart deploys it (apache/incubator-devlake-helm-chart). */

import { z } from 'zod'
import { comment, urlPart } from '../../basis/command'
import type { ComponentNames, Contract, Refusal } from '../../contracts/contract'
import { jsonIn } from '../../formats/json'
import { connectionsUnder } from '../fawkes/connections'
import { fawkes } from '../fawkes/fawkes'
import { devlakeDashboards } from './dashboards'
import { devlakeStatements, devlakeTables } from './database'
import { devlakeDora } from './dora'
import { versionIn } from './versions'
import { devlakeWebhooks } from './webhooks'

const component = (name: string, port: number): ComponentNames => ({
  labels: { devlakeComponent: name },
  service: `devlake-${name}`,
  port,
})

const host = 'devlake.127.0.0.1.nip.io'

const says = (status: number, message: string): Refusal => ({
  status,
  says: new RegExp(message),
  expected: `the message "${message}"`,
})

/** The chart's `/` is the UI. Its nginx passes `/api` on to the lake and answers unknown paths with a page. */
const ingress = (paths: Contract['names']['ingresses']['service']['paths'], probe: string) => ({
  name: 'devlake',
  host,
  paths,
  probe,
})

const page = z.looseObject({ projects: z.array(z.unknown()), count: z.number() })

export const devlake: Contract = {
  name: 'devlake',
  sign: {
    // Directly, and behind the nginx of its UI.
    paths: ['/projects', '/api/projects'],
    shownBy: (status, body) => status === 200 && page.safeParse(jsonIn(body)).success,
    inWords: 'it lists its projects to anyone, page by page',
  },
  names: {
    ...fawkes.names,
    components: {
      lake: component('lake', 8080),
      ui: component('ui', 4000),
      // Grafana's subchart has its own labels and port.
      grafana: {
        labels: { 'app.kubernetes.io/name': 'grafana', 'app.kubernetes.io/instance': 'devlake' },
        service: 'devlake-grafana',
        port: 80,
      },
      mysql: component('mysql', 3306),
    },
    ingresses: {
      // The UI's nginx answers this path even if the UI requires a login.
      service: ingress({ '/': 'ui' }, '/health'),
      grafana: ingress({ '/grafana': 'grafana' }, '/grafana/api/health'),
    },
    storage: { claim: 'devlake-mysql-data-devlake-mysql-0', size: '20Gi' },
    secretNames: {
      service: { name: 'devlake-encryption-secret', keys: ['ENCRYPTION_SECRET'] },
      database: { name: 'devlake-mysql-auth', keys: ['MYSQL_ROOT_PASSWORD', 'MYSQL_PASSWORD'] },
      grafana: { name: 'devlake-grafana', keys: ['admin-password'] },
    },
    tokens: {
      ...fawkes.names.tokens,
      github: { name: 'devlake-github', key: 'token' },
      gitlab: { name: 'devlake-gitlab', key: 'token' },
    },
    database: {
      name: 'lake',
      user: 'merico',
      passwordKey: 'MYSQL_PASSWORD',
      rootPasswordKey: 'MYSQL_ROOT_PASSWORD',
    },
    // GF_SERVER_SERVE_FROM_SUB_PATH of the image, and the root_url of the chart.
    grafana: { user: 'admin', passwordKey: 'admin-password', root: '/grafana' },
  },
  rest: {
    version: '/version',
    unknownVersion: (body) => versionIn(body).unknown,
    projects: '/projects',
    // Only paths under /rest need a token, which is checked before the route.
    guarded: { entered: '/rest/ping', refused: async () => ['/rest/projects'] },
    newToken: { path: '/api-keys', body: '{"name":"dora-acceptance","type":"devlake","allowedPath":".*"}' },
    // A description that is left out is emptied (PatchProject in backend/server/services/project.go).
    renaming: (project, name) => ({
      path: `/projects/${urlPart(project)}`,
      body: JSON.stringify({ name, description: 'ITS DESCRIPTION' }),
    }),
    // backend/server/api/middlewares.go and auth/middleware.go. A revoked key is deleted, so it reads like an unknown one.
    tokenRefusals: [
      { status: 401, says: /"unauthorized"/, cause: 'login' },
      { status: 401, says: /token is not present or malformed/, cause: 'is malformed' },
      { status: 403, says: /api key has expired/, cause: 'has expired' },
      {
        status: 403,
        says: /api key is invalid/,
        cause: 'is unknown to the service: it was revoked, or belongs to another one',
      },
      { status: 403, says: /doesn't match api key's scope/, cause: 'is valid for other paths only' },
    ],
    error: z.union([
      z.looseObject({ success: z.literal(false), message: z.string().min(1) }).transform(({ message }) => message),
      z.string().min(1),
    ]),
    refusals: {
      no: says(401, 'token is missing'),
      wrong: says(403, 'api key is invalid'),
      expired: says(403, 'api key has expired'),
    },
    unknownProject: { path: '/projects/no-such-project-of-this-platform', refusal: says(404, 'error getting project') },
    emptyRange: { absent: 'The API of stock DevLake takes no ranges.' },
    rateLimit: { absent: 'Stock DevLake has no rate limit.' },
  },
  openRoute: {
    // Rows for a table that does not exist: the lake's error shows that it tried (backend/server/api/push/push.go).
    path: '/api/push/no_such_table',
    body: '[{"a":1}]',
    isOpen: (status, body) =>
      body.includes('"rowsAffected"') ||
      (status === 500 && body.includes('into table no_such_table') && !body.includes('allowed list')),
    beside: { path: '/api/rest/ping', refusal: says(401, 'token is missing') },
    remedy: [
      comment`close it at the ingress or in front of it: only /api/rest requires a token, so let nothing else of /api through without a login`,
      comment`or require a login for the UI: set ui.basicAuth.enabled of the chart, with your own password`,
      comment`and keep it from writing to the tables of the metrics: set lake.envs.PUSH_API_ALLOWED_TABLES of the chart`,
    ],
  },
  graphql: { absent: 'Stock DevLake has no GraphQL API.' },
  metrics: { absent: 'Stock DevLake exposes no metrics to Prometheus: it has no /metrics.' },
  dora: devlakeDora,
  dashboards: devlakeDashboards,
  webhooks: devlakeWebhooks,
  dataSources: {
    ...connectionsUnder(''),
    young: { argocd: 'This version of DevLake has no plugin for ArgoCD: the service does not know its route.' },
  },
  database: { tables: devlakeTables, characterSet: 'utf8mb4', statements: devlakeStatements },
  ping: {
    path: '/ping',
    isPong: (body) => body === '',
    isAnswer: (body) => body === '',
    expected: 'status 200 and an empty body',
  },
}
