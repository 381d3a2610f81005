/** Findings about requests that the Kubernetes API server cannot answer or refuses, and about writes in a read-only run. */
import { command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { reasonOf } from './exchange'
import { describeOperation, type Operation } from './operations'

export interface ApiResponse {
  readonly status: number
  readonly text: string
  /** The size of the body as it was sent. */
  readonly bytes: number
}

/** The API server and the kubeconfig context in use. */
export interface ApiServer {
  readonly server: string
  readonly context: string
}

/** @param request the request in words, such as "list pods in fawkes" */
export const unreachable = (
  { server, context }: ApiServer,
  request: string,
  requestMs: number,
  error: unknown,
): Blocked =>
  new Blocked({
    summary: 'The Kubernetes API server cannot be reached.',
    object: `${server} (context ${context})`,
    expected: `an answer within ${requestMs / 1000} s to: ${request}`,
    found: reasonOf(error),
    remedy: [command`kubectl cluster-info`, command`kubectl config get-contexts`],
  })

/**
 * Returns the finding for a response that is not a success.
 * @param request the request in words, such as "list pods in fawkes"
 * @param operation the declared operation of the request; undefined for requests that every caller may send
 */
export function refusal(
  { server, context }: ApiServer,
  request: string,
  { status, text }: ApiResponse,
  operation: Operation | undefined,
): Blocked {
  if (status === 401)
    return new Blocked({
      summary: `The Kubernetes API server does not accept the credentials of the context ${context}.`,
      object: `${server} (context ${context})`,
      expected: 'a valid token or certificate',
      found: '401 Unauthorized: the token or certificate is missing, wrong or expired',
      remedy: [command`kubectl config view --minify`, command`kubectl auth whoami`],
    })
  if (status === 403 && operation) return forbidden(request)
  return new Blocked({
    summary: `A request to the Kubernetes API server failed: ${request}.`,
    object: server,
    expected: 'status 200',
    found: `status ${status}: ${statusMessage(text)}`,
  })
}

/**
 * Returns the finding that names the verb and the resource that the caller lacks.
 * @param request the request in words, as `describeOperation` returns it, with or without a name and labels
 */
export function forbidden(request: string): Blocked {
  const withoutLabels = request.split(' with labels')[0] ?? request
  const [, verb = '', resource, where] = /^(\S+) (\S+)(?: in (all namespaces|\S+))?/.exec(withoutLabels) ?? []
  const flag = where === 'all namespaces' ? ['--all-namespaces'] : where ? ['--namespace', where] : []
  const [kind = '', subresource] = resource?.split('/') ?? []
  const part = subresource ? [`--subresource=${subresource}`] : []
  const access = where ? `${verb} ${resource} in ${where}` : `${verb} ${resource}`
  return new Blocked({
    summary: `The caller may not ${access}.`,
    object: `access to ${resource}`,
    expected: `permission for the verb "${verb}" on the resource "${resource}"${where ? ` in ${where}` : ''}`,
    found: '403 Forbidden',
    remedy: [command`kubectl auth can-i ${[verb, kind, ...part, ...flag]}`],
  })
}

export const readOnly = (operation: Operation): Blocked =>
  new Blocked({
    summary: `This run is read-only and may not ${describeOperation(operation, undefined)}.`,
    object: 'configuration key writes',
    expected: 'writes.context set to the current context',
    found: 'read-only',
  })

function statusMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? excerpt(text)
  } catch {
    return excerpt(text)
  }
}
