/** Conditions on which faults and variants wait: the status that the real controllers themselves write. */
import { inService, prometheus } from '../catalogue/breaking'
import type { Doors, Reference } from '../doors/doors'
import { until } from '../doors/until'

export const databaseSecret = inService('externalsecret', 'devlake-db')
export const store: Reference = { kind: 'clustersecretstore', name: 'vault' }

/** Milliseconds within which a real controller shows a change. */
const patience = 60_000

type Status = Readonly<Record<string, unknown>>

/** Waits until the status of an object fits. */
const untilStatus = (doors: Doors, reference: Reference, what: string, fits: (status: Status) => boolean) =>
  until(`${reference.name} to be ${what}`, async () => fits((await doors.get(reference)).status ?? {}), patience)

interface Condition {
  readonly type: string
  readonly status?: string
  readonly reason?: string
}

const conditionOf = ({ conditions = [] }: Status, type: string): Condition | undefined =>
  (conditions as readonly Condition[]).find((condition) => condition.type === type)

/** Waits until the condition Ready of a store or an ExternalSecret is true or false. */
export const untilReady = (doors: Doors, reference: Reference, ready: boolean): Promise<void> =>
  untilStatus(doors, reference, ready ? 'ready' : 'unready', (status) => {
    const condition = conditionOf(status, 'Ready')
    return condition !== undefined && (condition.status === 'True') === ready
  })

/** Waits until the operator says of the Prometheus object that it has reconciled it, or that it cannot. */
export const untilReconciled = (doors: Doors, reconciled: boolean): Promise<void> =>
  untilStatus(doors, prometheus, reconciled ? 'reconciled' : 'refused', (status) => {
    const condition = conditionOf(status, 'Reconciled')
    return condition !== undefined && (condition.status === 'True') === reconciled
  })

let requested = 0

/** Makes External Secrets read the values of an ExternalSecret now. */
export async function forceSync(doors: Doors, { name, namespace = '' }: Reference): Promise<void> {
  requested += 1
  const value = `force-sync=${Date.now()}-${requested}`
  await doors.kubectl(['annotate', 'externalsecret', name, '-n', namespace, '--overwrite', value])
}

/** The endpoint of the ServiceMonitor. */
export const endpoint = { port: 'http', path: '/metrics', interval: '1s' }

/** Waits until Prometheus scrapes the service. */
export const untilUp = (doors: Doors) =>
  until('the target to be up', async () => (await doors.targetHealth()) === 'up', patience)

/** Makes External Secrets write the Secret of the database again, and waits until it has. */
export async function resynced(doors: Doors): Promise<void> {
  await forceSync(doors, databaseSecret)
  await untilReady(doors, databaseSecret, true)
}
