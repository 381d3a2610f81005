import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectApplication } from '../../../support/checks/application'
import { expectExternalSecret } from '../../../support/checks/external-secrets'
import { expectRouting } from '../../../support/checks/ingresses'
import { expectKeys } from '../../../support/checks/secrets'
import { expectServiceMonitor } from '../../../support/checks/service-monitor'
import { serviceOf } from '../../../support/checks/services'
import { expectStorage } from '../../../support/checks/storage'
import { discoveries } from '../../../support/platform/operations'
import type { Platform } from '../../../support/platform/platform'
import { type ClusterObject, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const checks: Readonly<Record<string, (platform: Platform) => Promise<unknown>>> = {
  Application: expectApplication,
  Service: (platform) => serviceOf(platform, 'lake'),
  ServiceMonitor: expectServiceMonitor,
  Ingress: (platform) => expectRouting(platform, 'service'),
  ExternalSecret: (platform) => expectExternalSecret(platform, 'database'),
  Secret: (platform) => expectKeys(platform, 'database'),
  PersistentVolumeClaim: expectStorage,
}

const ingress = (name: string, backend: string): ClusterObject => ({
  resource: 'ingresses',
  metadata: { name, namespace: 'fawkes' },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: backend, port: {} } } }] } }] },
})

const passwords = ['mysql-root-password', 'mysql-password']
const externalSecret = (name: string, target: string, keys = passwords): ClusterObject => ({
  resource: 'externalsecrets',
  metadata: { name, namespace: 'fawkes' },
  spec: { target: { name: target }, data: keys.map((secretKey) => ({ secretKey, remoteRef: { key: 'x' } })) },
})

const databasePod = (claimName: string): ClusterObject => ({
  resource: 'pods',
  metadata: {
    name: 'dora-0',
    labels: { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'mysql' },
  },
  spec: { containers: [], volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
})

const application = (name: string, namespace: string, to: string): ClusterObject => ({
  resource: 'applications',
  metadata: { name, namespace },
  spec: { destination: { namespace: to } },
})
const lake = { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'lake' }
const service = (name: string, namespace: string, selector: Record<string, string> = lake): ClusterObject => ({
  resource: 'services',
  metadata: { name, namespace, labels: selector },
  spec: { selector, ports: [{ port: 8080 }] },
})
const monitor = (name: string, namespace: string, matchLabels: Record<string, string> = lake): ClusterObject => ({
  resource: 'servicemonitors',
  metadata: { name, namespace },
  spec: { selector: { matchLabels }, namespaceSelector: { matchNames: ['fawkes'] } },
})

const remediesOf = async (kind: string, objects: readonly ClusterObject[]) =>
  (await findingOf(checks[kind]?.(platformOf({ objects })) ?? Promise.resolve())).remedy ?? []

describe('the finding about a missing object', () => {
  it.each([
    [
      'Application',
      [application('devlake', 'argocd', 'fawkes')],
      '# There is an Application devlake in argocd: set application.namespace: argocd',
    ],
    [
      'Application',
      [application('dora', 'fawkes', 'fawkes')],
      '# There is an Application dora in fawkes: set application.name: dora',
    ],
    [
      'Service',
      [service('dora-lake', 'fawkes')],
      '# There is a Service dora-lake in fawkes: set components.lake.service: dora-lake',
    ],
    ['Service', [service('devlake-lake', 'dora')], '# There is a Service devlake-lake in dora: set namespace: dora'],
    [
      'ServiceMonitor',
      [service('devlake-lake', 'fawkes'), monitor('dora', 'observability')],
      '# There is a ServiceMonitor dora in observability: set monitoring.serviceMonitor: dora and monitoring.serviceMonitorNamespace: observability',
    ],
    [
      'Ingress',
      [ingress('dora', 'devlake-ui'), ingress('devlake-grafana', 'devlake-lake')],
      '# There is an Ingress dora in fawkes: set ingresses.service.name: dora',
    ],
    [
      'Ingress',
      [
        { ...ingress('dora', 'pages'), metadata: { name: 'dora', namespace: 'edge' } },
        {
          resource: 'services',
          metadata: { name: 'pages', namespace: 'edge' },
          spec: { type: 'ExternalName', externalName: 'devlake-ui.fawkes.svc.cluster.local' },
        },
      ],
      '# There is an Ingress dora in edge: set ingresses.service.name: dora and ingresses.service.namespace: edge',
    ],
    [
      'ExternalSecret',
      [externalSecret('dora-db', 'dora-db')],
      '# There is an ExternalSecret dora-db in fawkes: set secretNames.database.externalSecret: dora-db',
    ],
    [
      'Secret',
      [externalSecret('dora-db', 'passwords')],
      '# There is a Secret passwords in fawkes: set secretNames.database.name: passwords',
    ],
    [
      'PersistentVolumeClaim',
      [databasePod('data-dora-0')],
      '# There is a PersistentVolumeClaim data-dora-0 in fawkes: set storage.claim: data-dora-0',
    ],
  ])('names the %s that exists, and the key to set', async (kind, objects, line) => {
    expect((await remediesOf(kind, objects))[0]).toBe(line)
  })

  it.each([
    ['Application', [application('other', 'argocd', 'other')]],
    ['Service', [service('other', 'fawkes', { app: 'other' }), service('no-selector', 'fawkes', {})]],
    ['ServiceMonitor', [service('devlake-lake', 'fawkes'), monitor('other', 'monitoring', { app: 'other' })]],
    ['ServiceMonitor', [monitor('dora', 'monitoring')]],
    ['Ingress', [ingress('shop', 'shop')]],
    ['ExternalSecret', [externalSecret('other', 'other', ['password'])]],
    ['Secret', [externalSecret('other', 'other', ['password'])]],
    ['PersistentVolumeClaim', []],
  ])('names no %s that does something else', async (kind, objects) => {
    expect((await remediesOf(kind, objects)).filter((line) => line.startsWith('# There is'))).toEqual([])
  })

  it('keeps a name from becoming a command', async () => {
    const [line] = await remediesOf('Application', [application("x\n$(reboot) '", 'argocd', 'fawkes')])
    expect(line).not.toContain('\n')
    expect(line).toMatch(/^# /)
  })

  it('stays as it is where the caller may not list the cluster', async () => {
    const platform = platformOf({ objects: [application('devlake', 'argocd', 'fawkes')] })
    const { api } = platform.kubernetes
    const list = api.list.bind(api)
    Object.assign(api, {
      list: async (...[operation, target]: Parameters<typeof list>) => {
        if (operation === discoveries.applications)
          throw new Blocked({ summary: 'Forbidden.', object: 'x', expected: 'y', found: 'z', remedy: [] })
        return list(operation, target)
      },
    })
    expect((await findingOf(expectApplication(platform))).remedy).toHaveLength(2)
  })
})
