/** Variants of the ingresses and services: sections 4 and 5 of the checklist. */
import { readFileSync } from 'node:fs'
import { certificateOf } from '../../sandbox/basis/layout'
import { issue } from '../../sandbox/credentials/certificates'
import { base64, inService, namespace } from '../catalogue/breaking'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import type { Variant } from './variant'

const grafana = inService('ingress', 'devlake-grafana')
const wildcard = '*.127.0.0.1.nip.io'
const className = { kind: 'ingressclass', name: 'nginx' }

interface Rules {
  readonly spec: { readonly rules: readonly { readonly http: { readonly paths: readonly object[] } }[] }
}

/** Writes the rules of Grafana's ingress in another way. */
const withRules =
  (change: (rule: Rules['spec']['rules'][number]) => object) =>
  async (doors: Doors): Promise<() => Promise<void>> => {
    const { spec } = (await doors.get(grafana)) as unknown as Rules
    return doors.patch(grafana, { spec: { rules: spec.rules.map(change) } })
  }

const variant = (
  id: string,
  title: string,
  apply: Variant['apply'],
  changes = ['Ingress devlake-grafana'],
): Variant => ({
  id,
  title,
  changes,
  apply,
})

export const ingressVariants: readonly Variant[] = [
  variant(
    'ingress-of-a-wildcard',
    'The rule of an ingress is for a wildcard host',
    withRules((rule) => ({ ...rule, host: wildcard })),
  ),
  variant(
    'ingress-by-port-name',
    'The rule of an ingress names the port of its service',
    withRules((rule) => ({
      ...rule,
      http: {
        paths: rule.http.paths.map((path) => ({
          ...path,
          backend: { service: { name: 'devlake-grafana', port: { name: 'http' } } },
        })),
      },
    })),
  ),
  variant('ingress-without-tls', 'An ingress has no TLS, because a proxy in front of it has', (doors) =>
    doors.patch(grafana, { spec: { tls: null } }),
  ),
  variant('ingress-of-a-wildcard-certificate', 'The certificate of an ingress is for a wildcard', async (doors) => {
    const authority = certificateOf('ingress-authority')
    const read = (path: string) => readFileSync(path, 'utf8')
    const { certificate, key } = await issue(
      { certificate: read(authority.certificate), key: read(authority.key) },
      { commonName: wildcard, dnsNames: [wildcard], days: 90 },
    )
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'wildcard-tls', namespace },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
    }
    return undoneInReverse([
      await create(doors, secret),
      await doors.patch(grafana, { spec: { tls: [{ hosts: [wildcard], secretName: secret.metadata.name }] } }),
    ])
  }),
  variant('ingress-class-by-annotation', 'The annotation of older versions names the class of an ingress', (doors) =>
    doors.patch(grafana, {
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
      spec: { ingressClassName: null },
    }),
  ),
  variant(
    'ingress-class-by-default',
    'An ingress names no class, and the cluster has a default one',
    async (doors) =>
      undoneInReverse([
        await doors.patch(className, {
          metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
        }),
        await doors.patch(grafana, { spec: { ingressClassName: null } }),
      ]),
    ['Ingress devlake-grafana', 'IngressClass nginx'],
  ),
  variant(
    'ingress-class-of-others',
    'A second ingress controller has a class of its own',
    (doors) =>
      create(doors, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'internal' },
        spec: { controller: 'traefik.io/ingress-controller' },
      }),
    ['IngressClass internal'],
  ),
  variant(
    'service-with-more-ports',
    'A service has a further port, for profiles',
    (doors) =>
      doors.patch(inService('service', 'devlake-ui'), {
        spec: {
          ports: [
            { name: 'http', port: 4000, protocol: 'TCP', targetPort: 'http' },
            { name: 'pprof', port: 6060, protocol: 'TCP', targetPort: 6060 },
          ],
        },
      }),
    ['Service devlake-ui'],
  ),
]
