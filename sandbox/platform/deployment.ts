/** Deploys the platform of sandbox/platform: definitions first, then everything else, each object once. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { until } from '../basis/waiting'
import { isKind, type Kind, pathOf } from '../cluster/kinds'
import type { RawApi } from '../cluster/raw-api'
import { ingressAuthority } from '../credentials/identities'
import { readVault, vaultValue } from '../credentials/vault'
import type { Definitions } from '../programs/definitions'

const folder = __dirname
/** Deployed only when it was asked for. */
const optionalManifests = { jenkins: 'jenkins.yaml' } as const

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

export interface PlatformOptions {
  readonly jenkins: boolean
}

function manifests(options: PlatformOptions): KubernetesObject[] {
  const left = new Set<string>(options.jenkins ? [] : [optionalManifests.jenkins])
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && !left.has(file))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => objectSchema.parse(document.toJS()) as KubernetesObject)
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

/** The secrets that somebody makes by hand on a real platform: platform tokens, the API token, the webhooks' secret, the issuer's key. */
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
    ...(options.jenkins ? [secret('fawkes', 'devlake-jenkins', 'Opaque', token('fawkes/jenkins', 'token'))] : []),
  ]
}

/** An API that is still starting refuses, and what was just defined may not be known yet: both are asked again. */
async function create(api: RawApi, object: KubernetesObject, signal: AbortSignal): Promise<void> {
  const what = `${object.kind} ${object.metadata?.name}`
  if (!isKind(object.kind)) throw new Error(`sandbox/cluster/kinds.ts does not know the kind of ${what}`)
  const path = pathOf(object.kind, object.metadata?.namespace)
  let invalid: string | undefined
  await until(
    async () => {
      const { code, text } = await api.send('POST', path, object)
      if (code < 300 || code === 409) return true
      if (code === 400 || code === 422) invalid = text
      throw new Error(`the API server answered ${code}: ${text}`)
    },
    {
      what: `${what} was not accepted`,
      deadline: 20_000,
      signal,
      stillPossible: () => {
        if (invalid !== undefined) throw new Error(`${what} is invalid: ${invalid}`)
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

/** Waits until all objects of a kind are as they should be. */
async function all(api: RawApi, kind: Kind, isGood: (object: Status) => boolean, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const { items } = listSchema.parse(await api.read(pathOf(kind)))
      const waiting = items.filter((item) => !isGood(item)).map(({ metadata }) => metadata.name)
      if (waiting.length > 0) throw new Error(`still waiting for ${waiting.join(', ')}`)
      if (items.length === 0) throw new Error('there is none')
      return true
    },
    { what: `not every ${kind} was ready`, deadline: 30_000, signal },
  )
}

/** Creates the definitions and waits until the API server serves them. */
export async function createDefinitions(api: RawApi, { definitions }: Definitions, signal: AbortSignal): Promise<void> {
  await Promise.all(definitions.map((definition) => create(api, definition as KubernetesObject, signal)))
  await all(api, 'CustomResourceDefinition', has('Established'), signal)
}

/** What the API server knows without definitions and what others need. */
const foundation: readonly (string | undefined)[] = [
  'Namespace',
  'Node',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
]
/** Created before there are nodes, pods would wait out the scheduler's pause after a failure. */
const workloads: readonly (string | undefined)[] = ['Deployment', 'StatefulSet']

const createAll = (api: RawApi, objects: readonly KubernetesObject[], signal: AbortSignal): Promise<unknown> =>
  Promise.all(objects.map((object) => create(api, object, signal)))

const isNamespace = ({ kind }: KubernetesObject) => kind === 'Namespace'

/** Creates namespaces, nodes and storage, which need no definitions. */
export async function createFoundation(api: RawApi, options: PlatformOptions, signal: AbortSignal): Promise<void> {
  const objects = manifests(options).filter(({ kind }) => foundation.includes(kind))
  await createAll(api, objects.filter(isNamespace), signal)
  await createAll(
    api,
    objects.filter((object) => !isNamespace(object)),
    signal,
  )
}

/** Creates every object of the platform that does not exist yet; what exists is left as it is. */
export async function createPlatform(api: RawApi, options: PlatformOptions, signal: AbortSignal): Promise<void> {
  const objects = [...manifests(options), ...handMadeSecrets(options)].filter(({ kind }) => !foundation.includes(kind))
  await createAll(
    api,
    objects.filter(({ kind }) => !workloads.includes(kind)),
    signal,
  )
  await all(api, 'Node', has('Ready'), signal)
  await createAll(
    api,
    objects.filter(({ kind }) => workloads.includes(kind)),
    signal,
  )
}

/** Waits until the platform is as it was deployed to be. */
export async function platformReady(api: RawApi, signal: AbortSignal): Promise<void> {
  await Promise.all([
    all(api, 'Node', has('Ready'), signal),
    all(api, 'StatefulSet', hasReplicas, signal),
    all(api, 'Deployment', hasReplicas, signal),
    all(api, 'ExternalSecret', has('Ready'), signal),
    all(api, 'Certificate', has('Ready'), signal),
    all(api, 'Prometheus', has('Available'), signal),
    all(api, 'Application', ({ status }) => status?.health?.status === 'Healthy', signal),
  ])
}

const targetsSchema = z.object({ data: z.object({ activeTargets: z.array(z.object({ health: z.string() })) }) })

/** Waits until Prometheus has looked at its targets once, whatever it found there: discovery takes it some seconds. */
export async function firstScrape(prometheusPort: number, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const response = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/targets?state=active`, { signal })
      const { data } = targetsSchema.parse(await response.json())
      const looked = data.activeTargets.filter(({ health }) => health !== 'unknown')
      return looked.length > 0 && looked.length === data.activeTargets.length ? true : undefined
    },
    { what: 'Prometheus scraped no target', deadline: 20_000, signal },
  )
}
