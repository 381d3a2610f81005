/**
 * The only client of the Kubernetes API. It sends only declared operations, refuses writes that the operator did not allow, and
 * turns each response into an object, undefined, or a finding.
 */
import { request as sendRequest } from 'undici'
import { z } from 'zod'
import { type BoundName, bounds, OutOfBounds, unread } from '../basis/bounds'
import { command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { boundedBody } from './bounded-body'
import type { CommandAnswer } from './command-answer'
import type { Witness } from './exchange'
import type { ClusterAccess } from './kubeconfig/access'
import { type ApiResponse, failedRequest } from './kubernetes-failures'
import { readOnly, refusal } from './kubernetes-refusals'
import { describeOperation, type Operation, pathOf, type Target } from './operations'
import { Recent } from './recent'
import { askPersistently } from './retries'
import { shownObject, shownObjects } from './shown-objects'

/** An object with the size of the answer in bytes. */
type Found = { readonly object: unknown; readonly bytes: number } | Absent

/** The meaning of a 404: the object, or the kind itself, does not exist. */
interface Absent {
  readonly absent: 'object' | 'kind'
}

const pageSize = '500'

export class KubernetesApi {
  /** The time in milliseconds by which the server's clock is ahead of the runner's. The Date header has whole seconds. */
  private aheadMs = 0

  constructor(
    readonly access: ClusterAccess,
    private readonly options: { readonly writes: boolean; readonly requestMs: number; readonly witness: Witness },
    /** Answers that are kept for a moment. A write discards all of them. */
    readonly kept = {
      found: new Recent<Found>(),
      texts: new Recent<string>(),
      rights: new Recent<boolean>(),
      commands: new Recent<CommandAnswer>(),
    },
  ) {}

  /** Returns this client without its witness. Both keep their answers in common. */
  unwitnessed(): KubernetesApi {
    return new KubernetesApi(this.access, { ...this.options, witness: () => {} }, this.kept)
  }

  /** The deadline of a request in milliseconds. */
  get requestMs(): number {
    return this.options.requestMs
  }

  /** Milliseconds since 1970 by the server's clock, as its last answer stated them; by the runner's before the first answer. */
  get now(): number {
    return Date.now() + this.aheadMs
  }

  get server(): string {
    return this.access.server
  }

  /** Returns the version as the server reports it, such as "v1.35.4". */
  async version(): Promise<string> {
    const request = 'read the version of the server'
    const response = await this.send('GET', '/version', undefined, request)
    if (response.status !== 200) throw refusal(this.access, request, response, undefined)
    return (this.parsed(response, request) as { gitVersion: string }).gitVersion
  }

  /** Returns the object, or undefined if the object or its kind does not exist. */
  async get(operation: Operation, target: Target): Promise<unknown> {
    const found = await this.request(operation, target)
    this.options.witness(
      this.asked(operation, target),
      'absent' in found ? `none (no such ${found.absent})` : shownObject(operation, found.object),
    )
    return 'absent' in found ? undefined : found.object
  }

  /**
   * Returns all objects, read page by page; empty if the kind does not exist.
   * @throws Blocked if the list exceeds a bound: what follows is unknown
   */
  async list(operation: Operation, target: Target): Promise<unknown[]> {
    const items: unknown[] = []
    const startedAt = performance.now()
    const beyond = (bound: BoundName) =>
      unread({
        bound,
        object: `the list of ${operation.resource}`,
        remedy: [command`kubectl get ${operation.resource} | wc -l`],
      })
    let next: string | undefined
    let pages = 0
    let bytes = 0
    do {
      if (pages++ >= bounds.kubernetesListPages.most) throw beyond('kubernetesListPages')
      if (performance.now() - startedAt > bounds.kubernetesListTime.most) throw beyond('kubernetesListTime')
      const found = await this.request(operation, {
        ...target,
        query: { ...target.query, limit: pageSize, continue: next },
      })
      if ('absent' in found) break
      bytes += found.bytes
      if (bytes > bounds.kubernetesListBytes.most) throw beyond('kubernetesListBytes')
      const page = listPage.safeParse(found.object)
      if (!page.success) throw this.malformed(this.asked(operation, target), 'no list of objects')
      if (items.length + page.data.items.length > bounds.kubernetesListItems.most) throw beyond('kubernetesListItems')
      for (const item of page.data.items) items.push(item)
      next = page.data.metadata.continue || undefined
    } while (next !== undefined)
    this.options.witness(this.asked(operation, target), shownObjects(operation, items))
    return items
  }

  /** Returns the text of a log. */
  async text(operation: Operation, target: Target): Promise<string> {
    this.guard(operation)
    const request = this.asked(operation, target)
    const path = pathOf(operation, operation.versions[0], target)
    const text = await this.kept.texts.read(path, async () => {
      const response = await this.send('GET', path, undefined, request)
      if (response.status !== 200) throw refusal(this.access, request, response, operation)
      return response.text
    })
    this.options.witness(request, text)
    return text
  }

  /**
   * Creates, deletes or patches an object; a patch is a JSON merge patch.
   * @throws Blocked in a read-only run, or if the object or its kind does not exist
   */
  async change(operation: Operation, target: Target): Promise<unknown> {
    const found = await this.request(operation, target)
    if ('absent' in found)
      throw new Blocked({
        summary: `The run cannot ${this.asked(operation, target)}: no such ${found.absent}.`,
        object: target.name ?? operation.resource,
        expected: 'an existing object',
        found: `no such ${found.absent}`,
        remedy: [command`kubectl get ${operation.resource} --all-namespaces`],
      })
    this.options.witness(this.asked(operation, target), shownObject(operation, found.object))
    return found.object
  }

  /** Checks by a SelfSubjectAccessReview whether the caller may perform an operation. */
  async mayI(attributes: Readonly<Record<string, string | undefined>>): Promise<boolean> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    }
    const request = "check the caller's rights"
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    return this.kept.rights.read(JSON.stringify(attributes), async () => {
      const response = await this.send('POST', path, review, request)
      if (response.status !== 201) throw refusal(this.access, request, response, undefined)
      return (this.parsed(response, request) as { status: { allowed: boolean } }).status.allowed
    })
  }

  /** Enforces read-only runs, and is the only place that does. @throws Blocked for a write in a read-only run */
  guard(operation: Operation): void {
    if (operation.effect === 'write' && !this.options.writes) throw readOnly(operation)
  }

  /** Passes an exchange over a protocol other than HTTP to the witness. */
  report(request: string, response: unknown): void {
    this.options.witness(request, response)
  }

  /** Returns a request in words, such as "list pods in fawkes". */
  asked(operation: Operation, { namespace, name, query }: Target): string {
    const selector = query?.labelSelector ? ` with labels ${query.labelSelector}` : ''
    return `${describeOperation(operation, namespace)}${name ? ` ${name}` : ''}${selector}`
  }

  private async request(operation: Operation, target: Target): Promise<Found> {
    this.guard(operation)
    if (operation.effect === 'write') {
      for (const answers of Object.values(this.kept)) answers.clear()
      return this.tryVersions(operation, target)
    }
    const key = pathOf(operation, operation.versions[0], target)
    return this.kept.found.read(key, () => this.tryVersions(operation, target))
  }

  private async tryVersions(operation: Operation, target: Target): Promise<Found> {
    const request = this.asked(operation, target)
    for (const version of operation.versions) {
      const path = pathOf(operation, version, target)
      const response = await this.send(methods[operation.verb], path, target.body, request, operation.effect)
      const { status, text } = response
      if (status >= 200 && status < 300) return { object: this.parsed(response, request), bytes: response.bytes }
      if (status !== 404) throw refusal(this.access, request, response, operation)
      // The 404 of an unknown kind is plain text; that of an unknown object is a Status that names the object.
      if (text.includes('"reason":"NotFound"') && text.includes('"name"')) return { absent: 'object' }
    }
    return { absent: 'kind' }
  }

  /** @throws Blocked if the body of a successful response is not JSON */
  private parsed({ text }: ApiResponse, request: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      throw this.malformed(request, 'a body that is not JSON')
    }
  }

  private malformed(request: string, found: string): Blocked {
    return new Blocked({
      summary: `The Kubernetes API server returns ${found}.`,
      object: `${this.server} (context ${this.access.context})`,
      expected: `the documented answer to: ${request}`,
      found,
      remedy: [command`kubectl cluster-info`],
    })
  }

  /** Sends a request, again where that can help. A SelfSubjectAccessReview is a POST that changes nothing. */
  private async send(
    method: Method,
    path: string,
    body: unknown,
    request: string,
    effect: Operation['effect'] = 'read',
  ): Promise<ApiResponse> {
    const { requestMs } = this.options
    try {
      const ask = async () => {
        // A plugin may ask a person, whose time is not that of the server.
        await this.access.connection()
        return askPersistently((signal) => this.sendOnce(method, path, body, signal), effect, requestMs)
      }
      const response = await ask()
      return response.status === 401 && this.access.renew() ? await ask() : response
    } catch (error) {
      if (error instanceof OutOfBounds)
        throw unread({
          bound: error.bound,
          object: `the answer to "${request}"`,
          remedy: [command`kubectl get --raw ${path} | wc -c`],
        })
      throw failedRequest(this.access, request, requestMs, error)
    }
  }

  private async sendOnce(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<ApiResponse> {
    const { headers, dispatcher } = await this.access.connection()
    // The API does not redirect, and its credentials are for this server only: a redirect is not followed.
    const response = await sendRequest(`${this.server}${path}`, {
      method,
      headers: {
        ...headers,
        accept: 'application/json, */*',
        ...(body === undefined
          ? {}
          : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher,
      signal,
    })
    const bytes = await boundedBody(response.body, 'kubernetesBody')
    const { 'retry-after': retryAfter, date: stated } = response.headers
    const date = Date.parse(String(stated ?? ''))
    if (!Number.isNaN(date)) this.aheadMs = Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now()
    return {
      status: response.statusCode,
      text: bytes.toString('utf8'),
      bytes: bytes.length,
      retryAfter: String(retryAfter ?? '') || undefined,
    }
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

const listPage = z.looseObject({
  items: z.array(z.unknown()),
  metadata: z.looseObject({ continue: z.string().optional() }),
})

const methods: Record<Operation['verb'], Method> = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
}
