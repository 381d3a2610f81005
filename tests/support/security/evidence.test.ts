/** Evidence is built from what may be shown: the redaction of these tests knows no secret, and each looks like an ordinary word. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicUrl } from '../../../support/basis/public-url'
import { redaction } from '../../../support/basis/redaction'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { Kubernetes } from '../../../support/platform/kubernetes'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { type Operation, operations } from '../../../support/platform/operations'
import { accessTo } from '../../fixtures/cluster-access'

const secret = 'marigold'

const annotations = {
  'kubectl.kubernetes.io/last-applied-configuration': `{"env":[{"name":"A","value":"${secret}"}]}`,
  'meta.helm.sh/values': secret,
  [`example.com/${secret}`]: 'true',
  'kubernetes.io/ingress.class': 'nginx',
}
const named = {
  metadata: {
    name: 'lake',
    namespace: 'fawkes',
    annotations,
    managedFields: [{ fieldsV1: { [`k:{"value":"${secret}"}`]: {} } }],
  },
}
const container = {
  name: 'lake',
  image: 'devlake:v1',
  env: [
    { name: 'DB_PASSWORD', value: secret },
    { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'devlake-db', key: 'password' } } },
  ],
  args: [`--password=${secret}`],
  command: ['sh', '-c', `login ${secret}`],
  lifecycle: { postStart: { exec: { command: [secret] } } },
  livenessProbe: { httpGet: { path: `/?key=${secret}`, httpHeaders: [{ name: 'X-Key', value: secret }] } },
}
const podSpec = {
  containers: [container],
  initContainers: [container],
  volumes: [{ name: 'v', csi: { volumeAttributes: { password: secret } } }],
}
const source = {
  repoURL: `https://robot:${secret}@git.example/platform.git?private_token=${secret}`,
  path: 'apps',
  helm: { parameters: [{ name: 'password', value: secret }], values: `password: ${secret}`, valuesObject: { secret } },
  kustomize: { commonAnnotations: { a: secret } },
  plugin: { env: [{ name: 'KEY', value: secret }] },
}

/** An object of each resource, with a secret wherever its kind may hold one. */
const objects: Record<string, object> = {
  pods: { ...named, spec: podSpec },
  deployments: { ...named, spec: { replicas: 1, template: { ...named, spec: podSpec } } },
  statefulsets: { ...named, spec: { replicas: 1, template: { ...named, spec: podSpec } } },
  daemonsets: { ...named, spec: { template: { ...named, spec: podSpec } } },
  secrets: { ...named, kind: 'Secret', data: { password: secret }, stringData: { other: secret } },
  configmaps: { ...named, data: { 'application.yaml': `password: ${secret}` }, binaryData: { b: secret } },
  applications: {
    ...named,
    spec: { source, sources: [source], destination: { server: `https://${secret}@api`, namespace: 'fawkes' } },
    status: {
      operationState: { phase: 'Running', operation: { info: [{ name: 'a', value: secret }] } },
      history: [{ source }],
    },
  },
  secretstores: { ...named, spec: { provider: { fake: { data: [{ key: 'password', value: secret }] } } } },
  clustersecretstores: { ...named, spec: { provider: { fake: { data: [{ key: 'password', value: secret }] } } } },
  clustergenerators: { ...named, spec: { kind: 'Fake', generator: { fakeSpec: { data: { password: secret } } } } },
  externalsecrets: { ...named, spec: { target: { name: 'devlake-db', template: { data: { password: secret } } } } },
  servicemonitors: {
    ...named,
    spec: { endpoints: [{ port: 'http', params: { token: [secret] }, proxyUrl: `http://u:${secret}@proxy` }] },
  },
  prometheuses: {
    ...named,
    spec: {
      ...podSpec,
      remoteWrite: [{ url: `https://u:${secret}@host/?token=${secret}`, headers: { 'X-Key': secret } }],
      additionalArgs: [{ name: 'key', value: secret }],
    },
  },
}

let server: Server
let evidence: string[] = []
let api: KubernetesApi
let kubernetes: Kubernetes

beforeAll(async () => {
  server = createServer((request, response) => {
    const resources = new URL(request.url ?? '', 'http://api').pathname.split('/')
    const known = new Set(Object.values<Operation>(operations).map(({ resource }) => resource))
    const found = resources.findLast((segment) => known.has(segment) || segment === 'widgets')
    const object = objects[found ?? ''] ?? { ...named, spec: podSpec, data: { secret } }
    const isList = resources.at(-1) === found
    response.end(JSON.stringify(isList && request.method === 'GET' ? { items: [object], metadata: {} } : object))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const access = accessTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const witness = (asked: string, answer: unknown) => void evidence.push(`${asked}: ${JSON.stringify(answer)}`)
  api = new KubernetesApi(access, { writes: true, requestMs: 10_000, witness })
  kubernetes = new Kubernetes(api, configurationSchema(fawkes.names).parse({}))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const read = Object.entries<Operation>(operations).filter(([, { subresource }]) => subresource === undefined)

describe('evidence of the Kubernetes API', () => {
  it.each(read)('%s shows no value that an object may hold in secret', async (_, operation) => {
    evidence = []
    const target = { namespace: kubernetes.namespaceOf(operation.place), name: 'lake' }
    if (operation.verb === 'list') await api.list(operation, { namespace: target.namespace })
    else if (operation.effect === 'read') await api.get(operation, target)
    else await api.change(operation, { ...target, body: {} })
    expect(evidence).toHaveLength(1)
    expect(evidence[0]).toContain('lake')
    expect(evidence[0]).not.toContain(secret)
  })

  it('keeps the references of an environment, and the keys of a Secret', async () => {
    evidence = []
    await kubernetes.pods({ app: 'lake' })
    await api.get(operations.getSecret, { namespace: 'fawkes', name: 'lake' })
    expect(evidence[0]).toContain(
      '{"name":"FROM_SECRET","valueFrom":{"secretKeyRef":{"name":"devlake-db","key":"password"}}}',
    )
    expect(evidence[1]).toContain('"data":["password"]')
  })

  it('hides each value of a Secret, whatever its key, in every form of its bytes', async () => {
    const key = Buffer.from('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', 'hex')
    const values = {
      ...objects.secrets,
      data: JSON.parse(`{"__proto__":"${btoa('told-by-proto')}","key":"${key.toString('base64')}"}`),
    }
    objects.secrets = values
    expect([...((await kubernetes.secret('devlake-db'))?.keys() ?? [])].sort()).toEqual(['__proto__', 'key'])
    expect(redaction.redact(`told-by-proto and ${key.toString('hex')}`)).toBe('[redacted] and [redacted]')
  })

  it('shows only the name of a kind that the suite does not know', async () => {
    evidence = []
    await api.get({ ...operations.getIngress, resource: 'widgets' }, { namespace: 'fawkes', name: 'lake' })
    expect(evidence[0]).toMatch(/: \{"metadata":\{"name":"lake","namespace":"fawkes"\}\}$/)
  })
})

it('checks cannot put into a finding what evidence does not show', async () => {
  const seen = await Promise.all([
    kubernetes.pods({ app: 'lake' }),
    kubernetes.workloads({ selector: 'app=lake', parts: [] }),
    kubernetes.application('lake'),
    kubernetes.secretStore({ kind: 'SecretStore', name: 'lake' }),
    kubernetes.externalSecret('lake'),
    kubernetes.serviceMonitor('lake'),
    kubernetes.prometheuses(),
    kubernetes.ingress('lake'),
  ])
  expect(JSON.stringify(seen)).not.toContain(secret)
})

it.each([
  ['https://marigold@git.example/a.git', 'https://git.example/a.git'],
  ['https://robot:marigold@git.example/a.git', 'https://git.example/a.git'],
  ['https://robot:mari@gold@git.example/a.git', 'https://git.example/a.git'],
  ['https://git.example/a.git?private_token=marigold', 'https://git.example/a.git'],
  ['https://git.example/a.git#access_token=marigold', 'https://git.example/a.git'],
  ['HTTPS://marigold@git.example/a@b.git', 'HTTPS://git.example/a@b.git'],
  ['oci://marigold@registry.example/charts', 'oci://registry.example/charts'],
  ['ssh://git:marigold@git.example/a.git', 'ssh://git@git.example/a.git'],
  ['ssh://git@git.example/a.git', 'ssh://git@git.example/a.git'],
  ['git@git.example:a/b.git', 'git@git.example:a/b.git'],
  ['registry.example/charts', 'registry.example/charts'],
])('the URL %s is shown as %s', (url, shown) => {
  expect(publicUrl(url)).toBe(shown)
})
