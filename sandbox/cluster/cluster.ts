/** The stand-ins' view of the cluster: caches that follow the API server, and a client for writes. */
import {
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  KubernetesObjectApi,
  makeInformer,
} from '@kubernetes/client-node'
import { messageOf } from '../basis/errors'
import { kubeconfigOf } from '../basis/layout'
import { type Kind, kinds, pathOf, pathOfObject } from './kinds'
import { describeAnswer, RawApi } from './raw-api'

/** The pause after a failed watch, in milliseconds. */
const rewatchAfter = 500

/** All objects of one kind, as the API server last reported them. */
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

  /** Watches a kind. The API server validates the objects, so the type is not checked again. */
  follow<T extends KubernetesObject>(kind: Kind): Cache<T> {
    const [apiVersion] = kinds[kind]
    let listed: () => void
    const filled = new Promise<void>((resolve) => {
      // The informer stores the list only after this promise has resolved.
      listed = () => setImmediate(resolve)
    })
    const list = async () => {
      const found = (await this.api.list<T>(apiVersion, kind)) as KubernetesListObject<T>
      listed()
      return found
    }
    const informer = makeInformer<T>(this.configuration, pathOf(kind), list)
    const listeners: (() => void)[] = []
    const notify = () => {
      for (const listener of listeners) listener()
    }
    for (const event of ['add', 'update', 'delete'] as const) informer.on(event, notify)
    const again = (error: unknown) => {
      console.error(`watching ${kind} failed: ${messageOf(error)}`)
      setTimeout(begin, rewatchAfter)
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

  /**
   * Merges fields into an object's status, which the client library's generic API cannot write. Does nothing if the object
   * has been deleted.
   */
  async mergeStatus(kind: Kind, object: KubernetesObject, status: object): Promise<void> {
    const path = `${pathOfObject(kind, object)}/status`
    const answer = await this.raw.send('PATCH', path, { status })
    if (answer.code >= 300 && answer.code !== 404)
      throw new Error(`the API server answered PATCH ${path} with ${describeAnswer(answer)}`)
  }
}

/**
 * Runs the work whenever a cache changes, and every `everyMs` milliseconds if given. Runs never overlap: a change during a
 * run causes one more run. A failed run is repeated after a second.
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
        console.error(`${name} failed: ${messageOf(error)}`)
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
