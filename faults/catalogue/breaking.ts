/** Names, item lists and ways of breaking the sandbox that several files of the catalogue use. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { files, inState, previousPodLogOf } from '../../sandbox/basis/layout'
import type { Rule } from '../../sandbox/interference/rules'
import type { Doors, Reference } from '../doors/doors'
import { until, untilShown } from '../doors/until'

export const namespace = 'fawkes'
export const base64 = (text: string) => Buffer.from(text).toString('base64')
export const inService = (kind: string, name: string): Reference => ({ kind, name, namespace })
export const prometheus: Reference = {
  kind: 'prometheus',
  name: 'kube-prometheus-prometheus',
  namespace: 'monitoring',
}

export const prometheusOperator: Reference = {
  kind: 'deployment',
  name: 'kube-prometheus-stack-operator',
  namespace: 'monitoring',
}

export const serviceMonitor: Reference = { kind: 'servicemonitor', name: 'devlake-metrics', namespace: 'monitoring' }

/** Items that need the stored events. */
export const provenByEvents = ['18.1', '18.3']
/** Items that need the stored events and every surface that shows the metrics. */
export const provenOnSurfaces = ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6']

/** Items that hold the projects that a surface shows against the stored settings. */
export const provenBySettings = ['7.3', '8.2', '9.2']

/** Items that can be checked only while the lake responds. */
export const surfacesOfTheLake = [
  ...['7.1', '7.2', '7.3', '8.1', '8.2', '9.1', '9.2', '10.3', '10.4'],
  ...['11.2', '11.3', '12.1', '12.2', '14.1', '14.2'],
  ...provenByEvents,
  ...provenOnSurfaces,
]

/** Items that need Grafana, except those that need a browser. */
export const needingGrafana = ['15.2', '16.1', '16.2', '16.3']

/** Items that need the database, except those that need a browser. */
export const needingTheDatabase = [
  ...['6.1', '6.2', '6.3', '6.4', '6.5', '16.1'],
  ...provenBySettings,
  ...provenByEvents,
  ...provenOnSurfaces,
]

/** Scales a workload to zero and waits until none of its pods is ready. The undo waits until all of them are ready again. */
export async function scaleDown(doors: Doors, kind: string, name: string, where: string): Promise<() => Promise<void>> {
  const reference = { kind, name, namespace: where }
  const replicas = async () => ((await doors.get(reference)).status?.readyReplicas ?? 0) as number
  const before = await replicas()
  const heal = await doors.patch(reference, { spec: { replicas: 0 } })
  const undo = async () => {
    await heal()
    await until(`${name} to have its pods again`, async () => (await replicas()) === before)
  }
  return untilShown(undo, `${name} to have no pods`, async () => (await replicas()) === 0)
}

/** Returns a condition: a workload has one ready pod, and all of its pods are of the current revision. */
export const isRolledOut = (doors: Doors, reference: Reference) => async (): Promise<boolean> => {
  const { metadata, status } = await doors.get(reference)
  const { observedGeneration, currentRevision, updateRevision, readyReplicas } = status ?? {}
  return observedGeneration === metadata.generation && currentRevision === updateRevision && readyReplicas === 1
}

/** Replaces the pod of the lake, whose container reads its Secrets only at its start, and waits until the new one is ready. */
export async function restartLake(doors: Doors): Promise<void> {
  const pod = inService('pod', 'devlake-lake-0')
  const { uid } = (await doors.get(pod)).metadata
  await doors.kubectl(['delete', 'pod', pod.name, '-n', namespace, '--wait=false'])
  await until('the new pod of the lake to be ready', async () => {
    if (!(await doors.exists(pod))) return false
    const { metadata, status } = await doors.get(pod)
    const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[]
    return metadata.uid !== uid && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  })
}

/** Waits until the pod of the lake is older than now by more than the precision of the API server's times, whole seconds. */
export async function untilLakeIsOlder(doors: Doors): Promise<void> {
  const { startTime } = (await doors.get(inService('pod', 'devlake-lake-0'))).status ?? {}
  await until('the pod to be older', async () => Date.now() - Date.parse(String(startTime)) > 5_000)
}

interface Template {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } }
}

/** The containers in the template of a workload. */
export async function containersOf(doors: Doors, workload: Reference): Promise<readonly object[]> {
  const { spec } = (await doors.get(workload)) as unknown as Template
  return spec.template.spec.containers
}

/** Gives the previous container of a pod's process a log. Returns a function that restores what was there before. */
export function endedWithLog(process: string, at: string): () => Promise<void> {
  const log = previousPodLogOf(process)
  const earlier = existsSync(log) ? readFileSync(log) : undefined
  writeFileSync(log, `${at} stdout F the last line before the end\n`)
  return async () => (earlier ? writeFileSync(log, earlier) : rmSync(log))
}

interface EndpointSlices {
  readonly items: readonly {
    readonly ports: readonly object[] | null
    readonly endpoints: readonly { readonly conditions: { readonly ready: boolean } }[] | null
  }[]
}

/** The ready endpoints of a service, on any port. */
export async function endpointsOf(doors: Doors, service: string): Promise<readonly object[]> {
  const selector = `kubernetes.io/service-name=${service}`
  const slices = await doors.kubectl(['get', 'endpointslices', '-n', namespace, '-l', selector, '-o', 'json'])
  const { items } = JSON.parse(slices) as EndpointSlices
  return items
    .filter(({ ports }) => (ports ?? []).length > 0)
    .flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions.ready))
}

/** Applies a fault that removes all ready endpoints of a service, and waits for that. The undo waits for them to return. */
export async function withoutEndpoints(
  doors: Doors,
  service: string,
  apply: () => Promise<() => Promise<void>>,
): Promise<() => Promise<void>> {
  const has = async () => (await endpointsOf(doors, service)).length > 0
  const heal = await apply()
  const undo = async () => {
    await heal()
    await until(`${service} to have endpoints`, has)
  }
  return untilShown(undo, `${service} to lose its endpoints`, async () => !(await has()))
}

/** Changes the response of the lake to a path. @param path a regular expression of path and query */
export const lake = (path: string, how: Rule['how']) => async (doors: Doors) =>
  doors.interfere({ process: 'lake', path, how })

/** An answer in JSON in place of the process's own. @param body data, or text as it is */
export const answering = (status: number, body: object | string): Rule['how'] => ({
  ...{ kind: 'answer', status, type: 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** The answer of the service to a request that breaks it. */
export const internalError = answering(500, {
  error: { code: 'INTERNAL_ERROR', message: 'the service could not answer' },
})

/** Changes the targets that Prometheus shows. */
export const targetsShown = (...pairs: readonly (readonly [string, string])[]): Rule => ({
  ...{ process: 'prometheus', path: '^/api/v1/targets' },
  how: replacing(...pairs),
})

/** Changes keys below one of the configuration with which the suite runs. */
export const configured = (doors: Doors, key: string, changed: object): (() => Promise<void>) =>
  doors.rewrite(files.configuration, (text) => {
    const configuration = parse(text) as Readonly<Record<string, object | undefined>>
    return stringify({ ...configuration, [key]: { ...configuration[key], ...changed } })
  })

/** Treats every request to this path as authorized, whatever token it carries. */
export const authorized = (path: string) => async (doors: Doors) =>
  doors.interfere({
    process: 'lake',
    path,
    how: {
      kind: 'header',
      name: 'authorization',
      value: `Bearer ${doors.vault('fawkes/devlake/secrets', 'api-token')}`,
    },
  })

export const replacing = (...pairs: readonly (readonly [string, string])[]): Rule['how'] => ({
  kind: 'replace',
  what: pairs.map(([pattern, by]) => ({ pattern, by })),
})

/** The API path of a plugin's first connection. */
export const connectionOf = async (doors: Doors, plugin: string): Promise<string> =>
  `/api/plugins/${plugin}/connections/${await doors.idOf(`/api/plugins/${plugin}/connections`)}`

/** Creates a Secret with a Jenkins token, which makes Jenkins part of the platform. */
export async function withJenkinsToken(doors: Doors): Promise<() => Promise<void>> {
  const metadata = { name: 'devlake-jenkins', namespace }
  const stringData = { token: doors.vault('fawkes/jenkins', 'token') }
  await doors.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }))
  return async () => {
    await doors.kubectl(['delete', 'secret', metadata.name, '-n', namespace])
  }
}

/** The path of a file in Grafana's provisioning. */
export const provisioned = (...path: readonly string[]) => join(inState('grafana'), ...path)
export const fileOf = (uid: string) => provisioned('dashboards', `${uid}.json`)

/** Replaces the first occurrence of a text in the file of a dashboard. */
export const edited = (uid: string, what: string, by: string) => async (doors: Doors) =>
  doors.rewrite(fileOf(uid), (text) => text.replace(what, by))

/** The JSON model of a dashboard, as far as it is changed. */
export interface DashboardModel {
  readonly templating: { readonly list: readonly Record<string, unknown>[] }
  panels: readonly {
    readonly id: number
    readonly title: string
    readonly type: string
    readonly options?: Record<string, unknown>
    readonly gridPos: object
    readonly fieldConfig: {
      readonly defaults: Record<string, unknown> & { readonly custom?: Record<string, unknown> }
      readonly overrides: object[]
    }
  }[]
  time: { from: string; to: string }
}

/** Changes the JSON model of a dashboard. */
export const remodelled = (doors: Doors, uid: string, change: (model: DashboardModel) => void) =>
  doors.rewrite(fileOf(uid), (text) => {
    const model = JSON.parse(text) as DashboardModel
    change(model)
    return JSON.stringify(model)
  })

/** Changes a panel of a dashboard, by its title. */
export const panelChanged = (uid: string, title: string, change: (panel: DashboardModel['panels'][number]) => void) =>
  async function apply(doors: Doors): Promise<() => Promise<void>> {
    return remodelled(doors, uid, ({ panels }) => {
      const panel = panels.find((one) => one.title === title)
      if (!panel) throw new Error(`The dashboard ${uid} has no panel ${title}.`)
      change(panel)
    })
  }

/** The variable of a dashboard with a name. @throws Error without one */
export function variableOf({ templating: { list } }: DashboardModel, wanted: string): Record<string, unknown> {
  const variable = list.find(({ name }) => name === wanted)
  if (!variable) throw new Error(`The dashboard has no variable ${wanted}.`)
  return variable
}

/** Deletes an object that a finalizer holds. The undo lets it go, and creates it again. */
export async function heldDeletion(doors: Doors, reference: Reference): Promise<() => Promise<void>> {
  const { kind, name, namespace: place = namespace } = reference
  const { status, ...before } = await doors.get(reference)
  const { resourceVersion, uid, creationTimestamp, generation, managedFields, ...metadata } = before.metadata
  await doors.patch(reference, { metadata: { finalizers: ['acceptance.example.org/held'] } })
  await doors.kubectl(['delete', kind, name, '-n', place, '--wait=false'])
  return async () => {
    await doors.patch(reference, { metadata: { finalizers: null } })
    await until('the held object to be gone', async () => !(await doors.exists(reference)))
    await doors.kubectl(['create', '-f', '-'], JSON.stringify({ ...before, metadata }))
    // It is ignored for a kind whose status is a subresource.
    if (status) await doors.patch(reference, { status })
  }
}
