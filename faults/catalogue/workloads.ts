/** Accidents of pods, services and ingresses: sections 3 to 5 of the checklist. */
import { podLogOf } from '../../sandbox/layout'
import { type Doors, until } from '../doors'
import type { Fault } from '../fault'
import { inService, namespace, surfacesOfTheLake, withoutEndpoints } from './breaking'

/** A sync that the suite starts while the lake is away leaves the Application without its health: only another heals it. */
export async function syncAgain(doors: Doors): Promise<void> {
  const application = inService('application', 'devlake')
  await doors.patch(application, { operation: { sync: {} } })
  await until('the Application to be healthy', async () => {
    const { health } = ((await doors.get(application)).status ?? {}) as { health?: { status?: string } }
    return health?.status === 'Healthy'
  })
}

interface Rule {
  readonly http: { readonly paths: readonly { readonly path: string }[] }
}

/** Sends one path of the service's ingress to another backend. */
const misroute = (path: string, service: object) => async (doors: Doors) => {
  const ingress = inService('ingress', 'devlake')
  const { spec } = (await doors.get(ingress)) as unknown as { spec: { rules: readonly Rule[] } }
  const rules = spec.rules.map((rule) => ({
    ...rule,
    http: { paths: rule.http.paths.map((known) => (known.path === path ? { ...known, backend: { service } } : known)) },
  }))
  return doors.patch(ingress, { spec: { rules } })
}

export const workloadFaults: readonly Fault[] = [
  {
    id: 'pod-crash-loop',
    title: 'The pod of the lake is in CrashLoopBackOff',
    expects: { failed: ['3.1', '3.3'], blocked: ['4.1', '4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Pod fawkes/devlake-lake-0', summary: 'CrashLoopBackOff' },
    apply: async (doors) => {
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' }
      const heal = await withoutEndpoints(doors, () =>
        doors.holdPod(namespace, 'devlake-lake-0', {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
            { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady' },
          ],
          containerStatuses: [
            { name: 'lake', image: 'apache/devlake', imageID: '', ready: false, restartCount: 7, state: { waiting } },
          ],
        }),
      )
      return async () => {
        await heal()
        await syncAgain(doors)
      }
    },
  },
  {
    id: 'error-in-the-log',
    title: 'The lake logs an error',
    expects: { failed: ['3.2'], blocked: [] },
    cause: { object: 'Pod fawkes/devlake-lake-0, container lake', summary: 'holds errors' },
    apply: async (doors) =>
      doors.append(
        podLogOf('lake'),
        `${new Date().toISOString()} stdout F time="now" level=error msg="the plugin github could not be loaded"\n`,
      ),
  },
  {
    id: 'service-selects-nothing',
    title: 'The service of the lake selects no pod',
    expects: { failed: ['4.1'], blocked: ['4.2', '5.2', '5.3', ...surfacesOfTheLake] },
    cause: { object: 'Service fawkes/devlake-lake', summary: 'has no ready endpoints' },
    apply: (doors) =>
      withoutEndpoints(doors, () =>
        doors.patch(inService('service', 'devlake-lake'), {
          spec: { selector: { 'app.kubernetes.io/component': 'lakes' } },
        }),
      ),
  },
  {
    id: 'service-target-port-wrong',
    title: 'The service of the ui leads to a port on which nobody listens',
    expects: { failed: ['4.1'], blocked: ['5.2'] },
    cause: { object: 'Service fawkes/devlake-ui', summary: 'leads to port 9999, on which no container listens' },
    apply: (doors) =>
      doors.patch(inService('service', 'devlake-ui'), {
        spec: { ports: [{ name: 'http', port: 4000, protocol: 'TCP', targetPort: 9999 }] },
      }),
  },
  {
    id: 'ingress-port-unknown',
    title: 'The ingress sends /metrics to a port by a name that the service does not have',
    expects: { failed: ['5.1'], blocked: ['5.2'] },
    cause: { object: 'Ingress fawkes/devlake', summary: 'does not send /metrics to devlake-lake:8080' },
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
