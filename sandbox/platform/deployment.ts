/** Deploys the manifests in this folder: the custom resource definitions first, then every other object, each once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { deadlines } from '../basis/deadlines'
import { parseFrom } from '../basis/files'
import type { Ports } from '../basis/ports'
import { until } from '../basis/waiting'
import { isKind, type Kind, pathOf } from '../cluster/kinds'
import { describeAnswer, type RawApi } from '../cluster/raw-api'
import { ingressAuthority } from '../credentials/identities'
import { loginToken, readVault, vaultValue } from '../credentials/vault'
import type { Definitions } from '../programs/definitions'
import { foldersOf, onPlatform, type PlatformName } from './platforms'

/** Manifests that are deployed only on request. */
const optionalManifests = { jenkins: 'jenkins.yaml' } as const

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

export interface PlatformOptions {
  readonly jenkins: boolean
  readonly platform: PlatformName
  /** True if the real controllers run. */
  readonly real: boolean
  readonly ports: Ports
}

const documentsOf = (file: string, text: string): KubernetesObject[] =>
  parseAllDocuments(text).map((document) => parseFrom(file, objectSchema, document.toJS()) as KubernetesObject)

const documentsIn = (file: string): KubernetesObject[] =>
  existsSync(file) ? documentsOf(file, readFileSync(file, 'utf8')) : []

/** The custom resource definitions in a folder of a platform. */
const definitionsFile = 'definitions.yaml'

/** The objects of the manifests in a folder, in which `${name}` is the port of that name. */
function objectsIn(folder: string, ports: Ports, omitted: readonly string[] = []): KubernetesObject[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && !omitted.includes(file))
    .flatMap((file) => {
      const named: Readonly<Record<string, number>> = ports
      const text = readFileSync(join(folder, file), 'utf8').replace(/\$\{(\w+)\}/g, (_, name: string) =>
        String(named[name]),
      )
      return documentsOf(join(folder, file), text)
    })
}

/** The workload that the real Prometheus Operator creates itself. */
const createdByOperator = 'StatefulSet monitoring/prometheus-kube-prometheus-prometheus'

const identity = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata?.namespace ?? ''}/${metadata?.name}`

/** The objects to create. With the real controllers, some differ, and one is left to its controller. */
export function manifests(options: PlatformOptions): KubernetesObject[] {
  const { jenkins, real, ports, platform } = options
  const added = foldersOf(platform).flatMap((folder) => objectsIn(join(__dirname, folder), ports, [definitionsFile]))
  const given = [...objectsIn(__dirname, ports, jenkins ? [] : [optionalManifests.jenkins]), ...added]
  const all = onPlatform(platform, [...given, ...handMadeSecrets(options)], ports)
  if (!real) return all
  const own = onPlatform(platform, objectsIn(join(__dirname, 'real'), ports), ports)
  const others = new Set([...own.map(identity), createdByOperator])
  return [...all.filter((object) => !others.has(identity(object))), ...own]
}

function secret(
  namespace: string,
  name: string,
  type: string,
  values: Readonly<Record<string, string>>,
): KubernetesObject {
  const stringData = { ...values }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, stringData } as KubernetesObject
}

/** The secrets that an operator creates by hand on a real platform: tokens, the webhook secret and the issuer's key. */
function handMadeSecrets(options: PlatformOptions): KubernetesObject[] {
  const vault = readVault()
  const authority = ingressAuthority()
  const token = (entry: string, key: string) => ({ token: vaultValue(vault, entry, key) })
  return [
    secret('fawkes', 'devlake-argocd', 'Opaque', token('fawkes/argocd', 'token')),
    secret('fawkes', 'devlake-api-token', 'Opaque', token('fawkes/devlake/secrets', 'api-token')),
    secret('fawkes', 'devlake-webhooks', 'Opaque', {
      secret: vaultValue(vault, 'fawkes/devlake/webhooks', 'secret'),
    }),
    secret('fawkes', 'devlake-api-token-expired', 'Opaque', token('fawkes/devlake/expired', 'api-token')),
    secret('cert-manager', 'sandbox-ca', 'kubernetes.io/tls', {
      'tls.crt': authority.certificate,
      'tls.key': authority.key,
    }),
    ...(options.real ? [secret('external-secrets', 'vault-token', 'Opaque', { token: loginToken() })] : []),
    ...(options.jenkins ? [secret('fawkes', 'devlake-jenkins', 'Opaque', token('fawkes/jenkins', 'token'))] : []),
  ]
}

/**
 * Creates an object unless it exists. Retries while the API server is starting or does not know a new definition yet.
 * @throws Error at once when the API server calls the object invalid
 */
async function create(api: RawApi, object: KubernetesObject, signal: AbortSignal): Promise<void> {
  const what = `${object.kind} ${object.metadata?.name}`
  if (!isKind(object.kind)) throw new Error(`the kind of ${what} is unknown; add it to sandbox/cluster/kinds.ts`)
  const path = pathOf(object.kind, object.metadata?.namespace)
  let invalid: string | undefined
  await until(
    async () => {
      const answer = await api.send('POST', path, object)
      const { code } = answer
      if (code < 300 || code === 409) return true
      if (code === 400 || code === 422) invalid = describeAnswer(answer)
      throw new Error(`the API server answered ${describeAnswer(answer)}`)
    },
    {
      what: `${what} was not accepted`,
      deadline: deadlines.objectAccepted,
      signal,
      stillPossible: () => {
        if (invalid !== undefined) throw new Error(`the API server rejected ${what} as invalid with ${invalid}`)
      },
    },
  )
}

const statusSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
      readyReplicas: z.number().optional(),
      health: z.looseObject({ status: z.string() }).optional(),
      sync: z.looseObject({ status: z.string().optional() }).optional(),
    })
    .optional(),
})
type Status = z.infer<typeof statusSchema>
const listSchema = z.looseObject({ items: z.array(statusSchema) })

const has =
  (condition: string) =>
  ({ status }: Status): boolean =>
    status?.conditions?.some(({ type, status: held }) => type === condition && held === 'True') === true

/** Every workload of the platform has one replica. */
const hasReplicas = ({ status }: Status): boolean => (status?.readyReplicas ?? 0) > 0

/** Waits until a kind has objects and all of them are ready. */
async function allReady(
  api: RawApi,
  kind: Kind,
  isReady: (object: Status) => boolean,
  signal: AbortSignal,
): Promise<void> {
  await until(
    async () => {
      const { items } = parseFrom(`the answer to GET ${pathOf(kind)}`, listSchema, await api.read(pathOf(kind)))
      const waiting = items.filter((item) => !isReady(item)).map(({ metadata }) => metadata.name)
      if (waiting.length > 0) throw new Error(`still waiting for ${waiting.join(', ')}`)
      if (items.length === 0) throw new Error('none exists')
      return true
    },
    { what: `not every ${kind} was ready`, deadline: deadlines.platformReady, signal },
  )
}

/** Creates the custom resource definitions and waits until the API server serves them. */
export async function createDefinitions(
  api: RawApi,
  { definitions }: Definitions,
  platform: PlatformName,
  signal: AbortSignal,
): Promise<void> {
  const added = foldersOf(platform).flatMap((folder) => documentsIn(join(__dirname, folder, definitionsFile)))
  await Promise.all([...definitions, ...added].map((definition) => create(api, definition as KubernetesObject, signal)))
  await allReady(api, 'CustomResourceDefinition', has('Established'), signal)
}

/** The kinds that need no custom resource definition and that other objects depend on. */
const foundation: readonly (string | undefined)[] = [
  'Namespace',
  'Node',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
]
/** Created after the nodes: pods without a node would wait out the scheduler's back-off. */
const workloads: readonly (string | undefined)[] = ['Deployment', 'StatefulSet']

const createAll = (api: RawApi, objects: readonly KubernetesObject[], signal: AbortSignal): Promise<unknown> =>
  Promise.all(objects.map((object) => create(api, object, signal)))

const isNamespace = ({ kind }: KubernetesObject) => kind === 'Namespace'

/** Creates namespaces, nodes and storage, which need no custom resource definitions. */
export async function createFoundation(api: RawApi, options: PlatformOptions, signal: AbortSignal): Promise<void> {
  const objects = manifests(options).filter(({ kind }) => foundation.includes(kind))
  await createAll(api, objects.filter(isNamespace), signal)
  await createAll(
    api,
    objects.filter((object) => !isNamespace(object)),
    signal,
  )
}

/** Creates every object of the platform that does not exist yet. Existing objects stay unchanged. */
export async function createPlatform(api: RawApi, options: PlatformOptions, signal: AbortSignal): Promise<void> {
  const objects = manifests(options).filter(({ kind }) => !foundation.includes(kind))
  await createAll(
    api,
    objects.filter(({ kind }) => !workloads.includes(kind)),
    signal,
  )
  await allReady(api, 'Node', has('Ready'), signal)
  await createAll(
    api,
    objects.filter(({ kind }) => workloads.includes(kind)),
    signal,
  )
}

/** The kinds whose objects become ready, each with the sign of it. */
const readiness = {
  Node: has('Ready'),
  StatefulSet: hasReplicas,
  Deployment: hasReplicas,
  ExternalSecret: has('Ready'),
  Certificate: has('Ready'),
  Prometheus: has('Available'),
  Application: ({ status }) => status?.health?.status === 'Healthy' && status.sync?.status === 'Synced',
} as const satisfies Partial<Record<Kind, (object: Status) => boolean>>
type AwaitedKind = keyof typeof readiness
const awaitedKinds = Object.keys(readiness) as AwaitedKind[]

/** The kinds of a platform whose objects become ready. */
export function kindsOf(options: PlatformOptions): AwaitedKind[] {
  const present = new Set(manifests(options).map(({ kind }) => kind))
  return awaitedKinds.filter((kind) => present.has(kind))
}

/** Waits until every object of the given kinds is ready. */
export async function platformReady(
  api: RawApi,
  signal: AbortSignal,
  kinds: readonly AwaitedKind[] = awaitedKinds,
): Promise<void> {
  await Promise.all(kinds.map((kind) => allReady(api, kind, readiness[kind], signal)))
}

const targetsSchema = z.object({ data: z.object({ activeTargets: z.array(z.object({ health: z.string() })) }) })

/** Waits until Prometheus has scraped each target once, successfully or not. Discovery takes some seconds. */
export async function firstScrape(prometheusPort: number, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const path = '/api/v1/targets?state=active'
      const response = await fetch(`http://127.0.0.1:${prometheusPort}${path}`, { signal })
      const { data } = parseFrom(`the answer to GET ${path} of Prometheus`, targetsSchema, await response.json())
      const scraped = data.activeTargets.filter(({ health }) => health !== 'unknown')
      if (scraped.length > 0 && scraped.length === data.activeTargets.length) return true
      throw new Error(`${scraped.length} of ${data.activeTargets.length} targets were scraped`)
    },
    { what: 'Prometheus did not scrape all of its targets', deadline: deadlines.firstScrape, signal },
  )
}
