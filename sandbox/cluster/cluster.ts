/** What the stand-ins see of the cluster: caches that follow the API server, and a client to write with. */
import {
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  KubernetesObjectApi,
  makeInformer,
} from '@kubernetes/client-node'
import { kubeconfigOf } from '../basis/layout'
import { type Kind, kinds, pathOf, pathOfObject } from './kinds'
import { RawApi } from './raw-api'

/** A watch that ended with an error is begun anew after this many milliseconds. */
const watchAgainAfter = 500

/** All objects of one kind, as the API server last told. */
export interface Cache<T extends KubernetesObject> {
  items(): readonly T[]
  find(namespace: string | undefined, name: string): T | undefined
  onChange(listener: () => void): void
  /** Resolves when the first list has arrived. */
  readonly filled: Promise<void>
}

export class Cluster {
  private readonly configuration = new KubeConfig()
  readonly api: KubernetesObjectApi

  private readonly raw: RawApi

  constructor(apiServerPort: number) {
    this.raw = new RawApi(apiServerPort, 'controllers')
    this.configuration.loadFromFile(kubeconfigOf('controllers'))
    this.api = KubernetesObjectApi.makeApiClient(this.configuration)
  }

  /** Follows a kind. The schema of the API server vouches for the type. */
  follow<T extends KubernetesObject>(kind: Kind): Cache<T> {
    const [apiVersion] = kinds[kind]
    let listed: () => void
    const filled = new Promise<void>((resolve) => {
      // The informer takes the list in after the promise that it waits for.
      listed = () => setImmediate(resolve)
    })
    const list = async () => {
      const found = (await this.api.list<T>(apiVersion, kind)) as KubernetesListObject<T>
      listed()
      return found
    }
    const informer = makeInformer<T>(this.configuration, pathOf(kind), list)
    const listeners: (() => void)[] = []
    const tell = () => {
      for (const listener of listeners) listener()
    }
    for (const event of ['add', 'update', 'delete'] as const) informer.on(event, tell)
    const again = (error: unknown) => {
      console.error(`watching ${kind}: ${error instanceof Error ? error.message : String(error)}`)
      setTimeout(begin, watchAgainAfter)
    }
    const begin = () => {
      informer.start().catch(again)
    }
    informer.on('error', again)
    begin()
    return {
      items: () => informer.list(),
      find: (namespace, name) => informer.get(name, namespace),
      onChange: (listener) => listeners.push(listener),
      filled,
    }
  }

  /** Merges fields into an object's status, which the client's generic API cannot reach. A deleted object is no error. */
  async mergeStatus(kind: Kind, object: KubernetesObject, status: object): Promise<void> {
    const path = `${pathOfObject(kind, object)}/status`
    const { code, text } = await this.raw.send('PATCH', path, { status })
    if (code >= 300 && code !== 404) throw new Error(`PATCH ${path} was answered ${code}: ${text}`)
  }
}

/**
 * Runs the work whenever a cache changes, and every `everyMs` if given: never twice at once, once more when something
 * changed meanwhile, again after a second when it failed.
 */
export async function reconcile(
  name: string,
  caches: readonly Pick<Cache<KubernetesObject>, 'onChange' | 'filled'>[],
  work: () => Promise<void>,
  everyMs?: number,
): Promise<void> {
  let state: 'idle' | 'working' | 'again' = 'idle'
  const run = async () => {
    if (state !== 'idle') {
      state = 'again'
      return
    }
    do {
      state = 'working'
      try {
        await work()
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
        setTimeout(() => void run(), 1_000)
      }
    } while ((state as string) === 'again')
    state = 'idle'
  }
  await Promise.all(caches.map(({ filled }) => filled))
  for (const cache of caches) cache.onChange(() => void run())
  if (everyMs !== undefined) setInterval(() => void run(), everyMs)
  await run()
}
