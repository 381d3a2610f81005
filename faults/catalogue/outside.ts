/** Faults that show only from outside: what the ingresses lead to, and the certificates that they name. Section 5. */
import { readFileSync } from 'node:fs'
import { certificateOf } from '../../sandbox/basis/layout'
import { issue } from '../../sandbox/credentials/certificates'
import { create, undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { base64, inService, lake, namespace } from './breaking'
import type { Fault } from './fault'

const ingress = inService('ingress', 'devlake-grafana')
const expects = { failed: ['5.2'], blocked: [] }

/** A certificate of the sandbox's authority. */
const issued = (host: string, days: number) => {
  const authority = certificateOf('ingress-authority')
  const read = (path: string) => readFileSync(path, 'utf8')
  return issue(
    { certificate: read(authority.certificate), key: read(authority.key) },
    {
      ...{ commonName: host, dnsNames: [host] },
      days,
    },
  )
}

const tlsSecret = (name: string, certificate: string, key: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name, namespace },
  stringData: { 'tls.crt': certificate, 'tls.key': key },
})

/** Adds a host to the ingress of Grafana. */
async function alsoFor(doors: Doors, more: { readonly hosts: readonly string[]; readonly secretName: string }) {
  const { spec } = (await doors.get(ingress)) as unknown as { spec: { tls: readonly object[] } }
  return doors.patch(ingress, { spec: { tls: [...spec.tls, more] } })
}

export const outsideFaults: readonly Fault[] = [
  {
    id: 'api-root-cut-off',
    title: 'The lake cuts off each request for /api itself',
    expects,
    cause: { object: 'host devlake.127.0.0.1.nip.io', summary: 'no backend answers behind the ingress' },
    apply: lake('^/api/?$', { kind: 'reset' }),
  },
  {
    id: 'certificate-with-another-key',
    title: 'The certificate of Grafana was replaced, and its private key was not',
    expects,
    cause: {
      object: 'Ingress fawkes/devlake-grafana',
      summary: 'names the Secret devlake-grafana-tls, which holds no usable certificate',
    },
    apply: async (doors) => {
      const { certificate } = await issued('devlake-grafana.127.0.0.1.nip.io', 90)
      return doors.patch(inService('secret', 'devlake-grafana-tls'), { data: { 'tls.crt': base64(certificate) } })
    },
  },
  {
    id: 'certificate-without-the-second-host',
    title: 'The ingress of Grafana got a second host, which its certificate does not name',
    expects,
    cause: { object: 'Secret fawkes/devlake-grafana-tls', summary: 'does not cover dora.example.org' },
    apply: (doors) => alsoFor(doors, { hosts: ['dora.example.org'], secretName: 'devlake-grafana-tls' }),
  },
  {
    id: 'certificate-of-the-second-host-expired',
    title: 'The certificate of a second host of Grafana has expired',
    expects,
    cause: { object: 'Secret fawkes/dora-tls', summary: 'The certificate in Secret fawkes/dora-tls has expired' },
    apply: async (doors) => {
      const { certificate, key } = await issued('dora.example.org', -0.0001)
      return undoneInReverse([
        await create(doors, tlsSecret('dora-tls', certificate, key)),
        await alsoFor(doors, { hosts: ['dora.example.org'], secretName: 'dora-tls' }),
      ])
    },
  },
  {
    id: 'tls-of-another-wildcard',
    title: 'The ingress of Grafana has TLS for a wildcard that does not reach as deep as its host',
    expects,
    cause: {
      object: 'Ingress fawkes/devlake-grafana',
      summary: 'has TLS for *.nip.io, which none of its rules is for',
    },
    apply: async (doors) => {
      const { certificate, key } = await issued('*.nip.io', 90)
      return undoneInReverse([
        await create(doors, tlsSecret('nip-tls', certificate, key)),
        await doors.patch(ingress, { spec: { tls: [{ hosts: ['*.nip.io'], secretName: 'nip-tls' }] } }),
      ])
    },
  },
]
