/** Variants of certificates: section 0 of the checklist. */
import { inService, namespace } from '../catalogue/breaking'
import { create } from '../doors/create'
import { until } from '../doors/until'
import type { Variant } from './variant'

const hour = 3_600_000
const time = (ms: number) => `${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z`

/** A certificate of another team, issued by the authority of the sandbox. */
const other = (name: string) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name, namespace },
  spec: {
    secretName: name,
    dnsNames: ['backstage.127.0.0.1.nip.io'],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'sandbox-ca' },
  },
})

const ended = (id: string, title: string, name: string, notAfter: number, renewalTime: number): Variant => ({
  id,
  title,
  changes: [`Certificate ${name}`],
  apply: (doors) =>
    doors.patch(
      inService('certificate', name),
      { status: { notAfter: time(notAfter), renewalTime: time(renewalTime) } },
      'status',
    ),
})

export const certificateVariants: readonly Variant[] = [
  ended(
    'certificate-of-a-day',
    'A certificate lives for a day and renews in twelve hours',
    'devlake-tls',
    24 * hour,
    12 * hour,
  ),
  ended(
    'certificate-being-renewed',
    'The renewal of a certificate is due since ten minutes',
    'devlake-grafana-tls',
    240 * hour,
    -hour / 6,
  ),
  {
    id: 'certificate-issued-anew',
    title: 'A certificate is being issued anew, and the one in use is valid',
    changes: ['Certificate backstage-tls'],
    apply: async (doors) => {
      const forget = await create(doors, other('backstage-tls'))
      const certificate = inService('certificate', 'backstage-tls')
      const status = async () =>
        ((await doors.get(certificate)).status ?? {}) as { conditions?: { type: string; status: string }[] }
      await until('the certificate to be ready', async () =>
        ((await status()).conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True'),
      )
      const issuing = {
        ...{ type: 'Issuing', status: 'True', reason: 'Renewing', observedGeneration: 0 },
        ...{ message: 'Renewing certificate as renewal was scheduled', lastTransitionTime: time(0) },
      }
      await doors.patch(
        certificate,
        { status: { conditions: [...((await status()).conditions ?? []), issuing] } },
        'status',
      )
      return async () => {
        await forget()
        await doors.kubectl(['delete', 'secret', 'backstage-tls', '-n', namespace, '--ignore-not-found'])
      }
    },
  },
]
