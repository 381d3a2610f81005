/** Faults of services and ingresses: sections 4 and 5 of the checklist. */
import { readFileSync } from 'node:fs'
import { certificateOf } from '../../sandbox/basis/layout'
import { issue } from '../../sandbox/credentials/certificates'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until } from '../doors/until'
import {
  base64,
  endpointsOf,
  heldDeletion,
  inService,
  namespace,
  needingGrafana,
  needingTheDatabase,
  surfacesOfTheLake,
  withoutEndpoints,
} from './breaking'
import type { Fault } from './fault'

interface Rule {
  readonly http: { readonly paths: readonly { readonly path: string }[] }
}

/** Points one path of the ingress devlake to another backend. */
const misroute = (path: string, service: object) => async (doors: Doors) => {
  const ingress = inService('ingress', 'devlake')
  const { spec } = (await doors.get(ingress)) as unknown as { spec: { rules: readonly Rule[] } }
  const rules = spec.rules.map((rule) => ({
    ...rule,
    http: { paths: rule.http.paths.map((known) => (known.path === path ? { ...known, backend: { service } } : known)) },
  }))
  return doors.patch(ingress, { spec: { rules } })
}

/** Makes an ingress take the certificate of its host from another Secret. */
const withCertificateOf = (name: string, secretName: string) => async (doors: Doors) => {
  const ingress = inService('ingress', name)
  const { spec } = (await doors.get(ingress)) as unknown as { spec: { tls: readonly object[] } }
  return doors.patch(ingress, { spec: { tls: spec.tls.map((one) => ({ ...one, secretName })) } })
}

/** The services of the deployment, all of which an operator's script would change. */
const everyService = ['devlake-lake', 'devlake-ui', 'devlake-grafana', 'devlake-mysql'].map((name) =>
  inService('service', name),
)

export const serviceFaults: readonly Fault[] = [
  {
    id: 'services-as-node-ports',
    title: 'The services have the type NodePort',
    expects: { failed: ['4.1'], blocked: ['10.1'] },
    cause: { object: 'Service fawkes/devlake-lake', summary: 'is not a ClusterIP' },
    apply: async (doors) => {
      const heals = await Promise.all(
        everyService.map((service) => doors.patch(service, { spec: { type: 'NodePort' } })),
      )
      return async () => {
        await Promise.all(heals.map((heal) => heal()))
      }
    },
  },
  {
    id: 'service-port-unnamed',
    title: 'The service of Grafana targets a port name that no container has',
    expects: { failed: ['4.1'], blocked: ['5.2', ...needingGrafana] },
    cause: { object: 'Service fawkes/devlake-grafana', summary: 'targets the port web, which no container has' },
    apply: (doors) =>
      withoutEndpoints(doors, 'devlake-grafana', () =>
        doors.patch(inService('service', 'devlake-grafana'), {
          spec: { ports: [{ name: 'http', port: 3000, protocol: 'TCP', targetPort: 'web' }] },
        }),
      ),
  },
  {
    id: 'service-selects-too-much',
    title: 'The service of MySQL selects every pod of DevLake',
    expects: { failed: ['4.1'], blocked: needingTheDatabase },
    cause: {
      object: 'Service fawkes/devlake-mysql',
      summary: 'sends connections to pods that do not belong to the mysql',
    },
    apply: async (doors) => {
      const selector = { 'app.kubernetes.io/name': 'devlake' }
      const service = inService('service', 'devlake-mysql')
      const selected = async () => (await endpointsOf(doors, service.name)).length
      const heal = await doors.patch(service, {
        spec: { selector: { 'app.kubernetes.io/component': null, ...selector } },
      })
      await until('the service to have other endpoints', async () => (await selected()) > 1)
      return async () => {
        await heal()
        await until('the service to have its own endpoint', async () => (await selected()) === 1)
      }
    },
  },
  {
    id: 'port-forward-refused',
    title: 'A port-forward to the lake leads to a port where nothing listens',
    expects: { failed: ['5.3'], blocked: [] },
    cause: { object: 'Service fawkes/devlake-lake', summary: 'does not answer a ping through a port-forward' },
    apply: (doors) =>
      doors.patch(
        { kind: 'clusterportforward', name: 'fawkes.devlake-lake-0' },
        { spec: { forwards: [{ ports: [8080], target: { address: '127.0.0.1', port: 1 } }] } },
      ),
  },
  {
    id: 'endpoint-by-hand',
    title: 'A slice that was made by hand sends a part of the requests to the UI elsewhere',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: {
      object: 'Service fawkes/devlake-ui',
      summary: 'sends connections to addresses that belong to no pod of the ui',
    },
    apply: async (doors) => {
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'devlake-ui-by-hand', namespace, labels: { 'kubernetes.io/service-name': 'devlake-ui' } },
        addressType: 'IPv4',
        ports: [{ name: 'http', port: 4000, protocol: 'TCP' }],
        endpoints: [{ addresses: ['10.99.9.9'], conditions: { ready: true } }],
      }
      await doors.kubectl(['create', '-f', '-'], JSON.stringify(slice))
      return async () => {
        await doors.kubectl(['delete', 'endpointslice', slice.metadata.name, '-n', namespace])
      }
    },
  },
  {
    id: 'wildcard-certificate-missing',
    title: 'The ingress of Grafana names a Secret for a wildcard host, and the Secret does not exist',
    expects: { failed: ['5.2'], blocked: [] },
    cause: { object: 'Ingress fawkes/devlake-grafana', summary: 'names the Secret wildcard-tls, which does not exist' },
    apply: (doors) =>
      doors.patch(inService('ingress', 'devlake-grafana'), {
        spec: { tls: [{ hosts: ['*.127.0.0.1.nip.io'], secretName: 'wildcard-tls' }] },
      }),
  },
  {
    id: 'ingress-being-deleted',
    title: 'The ingress of Grafana is being deleted, and a finalizer holds it',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake-grafana', summary: 'is being deleted' },
    apply: (doors) => heldDeletion(doors, inService('ingress', 'devlake-grafana')),
  },
  {
    id: 'ingress-class-unknown',
    title: 'The ingress of the service has the class of another controller',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'names an IngressClass that does not exist: traefik' },
    apply: (doors) => doors.patch(inService('ingress', 'devlake'), { spec: { ingressClassName: 'traefik' } }),
  },
  {
    id: 'ingress-of-another-controller',
    title: 'The ingress of Grafana has the class of a controller that is not at the address',
    expects: { failed: ['5.2'], blocked: [] },
    cause: { object: 'host devlake-grafana.127.0.0.1.nip.io', summary: 'answers 404 from outside' },
    apply: async (doors) =>
      undoneInReverse([
        await create(doors, {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'IngressClass',
          metadata: { name: 'traefik' },
          spec: { controller: 'traefik.io/ingress-controller' },
        }),
        await doors.patch(inService('ingress', 'devlake-grafana'), { spec: { ingressClassName: 'traefik' } }),
      ]),
  },
  {
    id: 'ingress-host-wrong',
    title: 'The ingress of Grafana has the wrong host',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: {
      object: 'Ingress fawkes/devlake-grafana',
      summary: 'has no rule for the host devlake-grafana.127.0.0.1.nip.io',
    },
    apply: async (doors) => {
      const ingress = inService('ingress', 'devlake-grafana')
      const { spec } = (await doors.get(ingress)) as unknown as { spec: { rules: readonly object[] } }
      const rules = spec.rules.map((rule) => ({ ...rule, host: 'grafana.example.org' }))
      return doors.patch(ingress, { spec: { rules } })
    },
  },
  {
    id: 'certificate-of-another-host',
    title: 'The ingress of Grafana presents the certificate of the service',
    expects: { failed: ['5.2'], blocked: [] },
    cause: { object: 'host devlake-grafana.127.0.0.1.nip.io', summary: 'is not trusted: it is for another host' },
    apply: withCertificateOf('devlake-grafana', 'devlake-tls'),
  },
  {
    id: 'certificate-secret-missing',
    title: 'The Secret with the certificate of the service does not exist',
    expects: { failed: ['5.2'], blocked: [] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'names the Secret devlake-wildcard-tls, which does not exist' },
    apply: withCertificateOf('devlake', 'devlake-wildcard-tls'),
  },
  {
    id: 'certificate-renamed',
    title: 'The Certificate behind the ingress of Grafana names another host; the Secret still covers the one in use',
    expects: { failed: ['5.2'], blocked: [] },
    cause: {
      object: 'Certificate fawkes/devlake-grafana-tls',
      summary: 'does not name devlake-grafana.127.0.0.1.nip.io',
    },
    apply: (doors) =>
      doors.patch(inService('certificate', 'devlake-grafana-tls'), { spec: { dnsNames: ['grafana.example.org'] } }),
  },
  {
    id: 'certificate-expired',
    title: 'The certificate of the service has expired',
    expects: { failed: ['5.2'], blocked: [] },
    cause: { object: 'host devlake.127.0.0.1.nip.io', summary: 'is not trusted: it has expired' },
    apply: async (doors) => {
      const authority = certificateOf('ingress-authority')
      const read = (path: string) => readFileSync(path, 'utf8')
      const expired = await issue(
        { certificate: read(authority.certificate), key: read(authority.key) },
        { commonName: 'devlake.127.0.0.1.nip.io', dnsNames: ['devlake.127.0.0.1.nip.io'], days: -0.0001 },
      )
      return doors.patch(inService('secret', 'devlake-tls'), {
        data: { 'tls.crt': base64(expired.certificate), 'tls.key': base64(expired.key) },
      })
    },
  },
  {
    id: 'service-selects-nothing',
    title: 'The service of the lake selects no pod',
    expects: { failed: ['4.1'], blocked: ['4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Service fawkes/devlake-lake', summary: 'has no ready endpoints' },
    apply: (doors) =>
      withoutEndpoints(doors, 'devlake-lake', () =>
        doors.patch(inService('service', 'devlake-lake'), {
          spec: { selector: { 'app.kubernetes.io/component': 'lakes' } },
        }),
      ),
  },
  {
    id: 'service-target-port-wrong',
    title: 'The service of the UI targets a port on which nothing listens',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'targets port 9999, on which no container listens' },
    apply: (doors) =>
      doors.patch(inService('service', 'devlake-ui'), {
        spec: { ports: [{ name: 'http', port: 4000, protocol: 'TCP', targetPort: 9999 }] },
      }),
  },
  {
    id: 'service-without-selector',
    title: 'The service of the UI has lost its selector; its endpoints are still those of the pod',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'has no selector' },
    apply: (doors) => doors.patch(inService('service', 'devlake-ui'), { spec: { selector: null } }),
  },
  {
    id: 'service-of-another-port',
    title: 'The service of the UI listens on port 80 instead of the documented one',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'has no port 4000' },
    apply: (doors) =>
      doors.patch(inService('service', 'devlake-ui'), {
        spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 4000 }] },
      }),
  },
  {
    id: 'ingress-port-unknown',
    title: 'The ingress sends /metrics to a port name that the service does not have',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'does not route /metrics to devlake-lake:8080' },
    apply: misroute('/metrics', { name: 'devlake-lake', port: { name: 'nope' } }),
  },
  {
    id: 'ingress-to-nowhere',
    title: 'The ingress sends /api to a service that does not exist',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'a service that does not exist: nowhere' },
    apply: misroute('/api', { name: 'nowhere', port: { number: 8080 } }),
  },
]
