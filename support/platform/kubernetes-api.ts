/**
 * The one door to the Kubernetes API. It sends declared operations only, refuses writes that the operator did not allow,
 * and turns what comes back into an object, nothing, or a sentence about what stood in the way.
 */
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { type Dispatcher, fetch } from 'undici'
import { Blocked, type Circumstances } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { reasonOf, type Witness } from './exchange'
import { describeOperation, type Operation, pathOf, type Target } from './operations'

type Found = { readonly object: unknown } | Absent

interface Answer {
  readonly status: number
  readonly text: string
}

const attempts = 3

/** API servers send clients on to another one by GOAWAY, and after a refusal close what else is on the connection. */
const isClosing = (error: unknown) => /GOAWAY|other side closed|ECONNRESET/.test(reasonOf(error))

/** 404: the object, or the kind itself, does not exist. */
interface Absent {
  readonly absent: 'object' | 'kind'
}

const pageSize = '500'

/**
 * What was read so lately, in milliseconds, is not read again: many scenarios look at the same few objects, and waits ask
 * at longer intervals. A write makes everything old.
 */
const freshForMs = 1000

export class KubernetesApi {
  /** One connection pool for all requests: the library makes a new one, and a new TLS connection, for each. */
  private dispatcher: Dispatcher | undefined
  private readonly read = new Map<string, { readonly at: number; readonly found: Promise<Found> }>()

  constructor(
    readonly config: KubeConfig,
    private readonly options: { readonly writes: boolean; readonly requestMs: number; readonly witness: Witness },
  ) {}

  get server(): string {
    return this.config.getCurrentCluster()?.server ?? 'unknown server'
  }

  /** The version as the server writes it, such as "v1.35.4". */
  async version(): Promise<string> {
    const answer = await this.send('GET', '/version', undefined, 'read the version of the server')
    if (answer.status !== 200) throw this.refusal(answer, 'read the version of the server', undefined)
    return (JSON.parse(answer.text) as { gitVersion: string }).gitVersion
  }

  /** The object, or undefined when there is none, or not even its kind. */
  async get(operation: Operation, target: Target): Promise<unknown> {
    const found = await this.request(operation, target)
    this.options.witness(
      this.asked(operation, target),
      'absent' in found ? `none (no such ${found.absent})` : visible(found.object),
    )
    return 'absent' in found ? undefined : found.object
  }

  /** All objects, page by page; none when the kind does not exist. */
  async list(operation: Operation, target: Target): Promise<unknown[]> {
    const items: unknown[] = []
    let next: string | undefined
    do {
      const found = await this.request(operation, {
        ...target,
        query: { ...target.query, limit: pageSize, continue: next },
      })
      if ('absent' in found) break
      const page = found.object as { items: unknown[]; metadata: { continue?: string } }
      items.push(...page.items)
      next = page.metadata.continue || undefined
    } while (next !== undefined)
    this.options.witness(this.asked(operation, target), items.map(visible))
    return items
  }

  /** The text of a log. */
  async text(operation: Operation, target: Target): Promise<string> {
    this.guard(operation)
    const answer = await this.send(
      'GET',
      pathOf(operation, operation.versions[0], target),
      undefined,
      this.asked(operation, target),
    )
    if (answer.status !== 200) throw this.refusal(answer, this.asked(operation, target), operation)
    this.options.witness(this.asked(operation, target), answer.text)
    return answer.text
  }

  /** JSON merge patch. */
  async change(operation: Operation, target: Target): Promise<unknown> {
    const found = await this.request(operation, target)
    if ('absent' in found)
      throw new Blocked({
        summary: `There is nothing to ${this.asked(operation, target)}`,
        object: target.name ?? operation.resource,
        expected: 'the object',
        found: `no such ${found.absent}`,
      })
    this.options.witness(this.asked(operation, target), visible(found.object))
    return found.object
  }

  /** Whether the caller may do something, by a SelfSubjectAccessReview. */
  async mayI(attributes: Readonly<Record<string, string | undefined>>): Promise<boolean> {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    }
    const asked = 'ask what the caller may do'
    const answer = await this.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, asked)
    if (answer.status !== 201) throw this.refusal(answer, asked, undefined)
    return (JSON.parse(answer.text) as { status: { allowed: boolean } }).status.allowed
  }

  /** Refuses what the scope does not allow: the one place where read-only is enforced. */
  guard(operation: Operation): void {
    if (operation.effect === 'write' && !this.options.writes)
      throw new Blocked({
        summary: `The scope of this run is read-only, so it may not ${describeOperation(operation, undefined)}`,
        object: 'configuration key writes',
        expected: 'writes.context equal to the context in use',
        found: 'read-only',
      })
  }

  /** Shows an exchange that another protocol than HTTP carried. */
  report(asked: string, answer: unknown): void {
    this.options.witness(asked, answer)
  }

  /** The exchange in words, such as "list pods in fawkes". */
  asked(operation: Operation, { namespace, name, query }: Target): string {
    const selector = query?.labelSelector ? ` with labels ${query.labelSelector}` : ''
    return `${describeOperation(operation, namespace)}${name ? ` ${name}` : ''}${selector}`
  }

  private async request(operation: Operation, target: Target): Promise<Found> {
    this.guard(operation)
    if (operation.effect === 'write') {
      this.read.clear()
      return this.ask(operation, target)
    }
    const key = pathOf(operation, operation.versions[0], target)
    const known = this.read.get(key)
    if (known && performance.now() - known.at < freshForMs) return known.found
    const found = this.ask(operation, target)
    this.read.set(key, { at: performance.now(), found })
    found.catch(() => this.read.delete(key))
    return found
  }

  private async ask(operation: Operation, target: Target): Promise<Found> {
    const asked = this.asked(operation, target)
    let absent: Absent = { absent: 'kind' }
    for (const version of operation.versions) {
      const answer = await this.send(methods[operation.verb], pathOf(operation, version, target), target.body, asked)
      if (answer.status >= 200 && answer.status < 300) return { object: JSON.parse(answer.text) }
      if (answer.status !== 404) throw this.refusal(answer, asked, operation)
      // An unknown kind is answered in plain text, an unknown object with a Status that names it.
      if (answer.text.includes('"reason":"NotFound"') && answer.text.includes('"name"')) return { absent: 'object' }
      absent = { absent: 'kind' }
    }
    return absent
  }

  /** Asks again, a few times, when the server closed the connection under a question that changes nothing. */
  private async send(method: HttpMethod, path: string, body: unknown, asked: string): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.sendOnce(method, path, body)
      } catch (error) {
        if (attempt < attempts && method !== HttpMethod.PATCH && isClosing(error)) continue
        throw new Blocked(this.unreachable(error, asked))
      }
    }
  }

  private async sendOnce(method: HttpMethod, path: string, body: unknown): Promise<Answer> {
    const context = new RequestContext(`${this.server.replace(/\/$/, '')}${path}`, method)
    await this.config.applySecurityAuthentication(context)
    this.dispatcher ??= context.getDispatcher()
    const answer = await fetch(context.getUrl(), {
      method,
      headers: {
        ...context.getHeaders(),
        accept: 'application/json, */*',
        ...(body === undefined
          ? {}
          : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(this.dispatcher ? { dispatcher: this.dispatcher } : {}),
      signal: AbortSignal.timeout(this.options.requestMs),
    })
    return { status: answer.status, text: await answer.text() }
  }

  private unreachable(error: unknown, asked: string): Circumstances {
    return {
      summary: 'The Kubernetes API server cannot be reached.',
      object: `${this.server} (context ${this.config.getCurrentContext()})`,
      expected: `an answer within ${this.options.requestMs / 1000} s to: ${asked}`,
      found: reasonOf(error),
      remedy: ['kubectl cluster-info', 'kubectl config get-contexts'],
    }
  }

  private refusal(answer: Answer, asked: string, operation: Operation | undefined): Blocked {
    const context = this.config.getCurrentContext()
    if (answer.status === 401)
      return new Blocked({
        summary: `The Kubernetes API server does not accept the credentials of the context ${context}.`,
        object: `${this.server} (context ${context})`,
        expected: 'a valid token or certificate',
        found: '401 Unauthorized: it is missing, wrong or expired',
        remedy: ['kubectl config view --minify', 'kubectl auth whoami'],
      })
    if (answer.status === 403 && operation) return forbidden(asked)
    return new Blocked({
      summary: `The Kubernetes API server did not ${asked}.`,
      object: this.server,
      expected: 'status 200',
      found: `status ${answer.status}: ${statusMessage(answer.text)}`,
    })
  }
}

/** What the caller may not do, in one sentence with the exact verb and resource. */
export function forbidden(asked: string): Blocked {
  const question = asked.split(' with labels')[0] ?? asked
  const [, verb, resource, where] = /^(\S+) (\S+)(?: in (all namespaces|\S+))?/.exec(question) ?? []
  const flag = where === 'all namespaces' ? ' --all-namespaces' : where ? ` --namespace ${where}` : ''
  const [kind = '', subresource] = resource?.split('/') ?? []
  const part = subresource ? ` --subresource=${subresource}` : ''
  const subject = where ? `${verb} ${resource} in ${where}` : `${verb} ${resource}`
  return new Blocked({
    summary: `The caller may not ${subject}.`,
    object: `access to ${resource}`,
    expected: `permission for the verb "${verb}" on the resource "${resource}"${where ? ` in ${where}` : ''}`,
    found: '403 Forbidden',
    remedy: [`kubectl auth can-i ${verb} ${kind}${part}${flag}`],
  })
}

const methods: Record<Operation['verb'], HttpMethod> = {
  get: HttpMethod.GET,
  list: HttpMethod.GET,
  create: HttpMethod.POST,
  patch: HttpMethod.PATCH,
  delete: HttpMethod.DELETE,
}

/** An object without what says nothing (managed fields) and what must not be said (the values of a Secret). */
function visible(object: unknown): unknown {
  const { metadata, data, stringData, ...rest } = object as Record<string, unknown>
  const { managedFields, annotations, ...shown } = (metadata ?? {}) as Record<string, unknown>
  const isSecret = rest.kind === 'Secret'
  const { 'kubectl.kubernetes.io/last-applied-configuration': applied, ...kept } = (annotations ?? {}) as Record<
    string,
    unknown
  >
  return {
    ...rest,
    metadata: { ...shown, ...(Object.keys(kept).length > 0 && !isSecret ? { annotations: kept } : {}) },
    ...(data === undefined ? {} : { data: isSecret ? Object.keys(data as object) : data }),
  }
}

function statusMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? excerpt(text)
  } catch {
    return excerpt(text)
  }
}
