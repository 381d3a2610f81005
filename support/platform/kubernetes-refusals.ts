/** Findings about requests that the Kubernetes API server cannot answer or refuses, and about writes in a read-only run. */
import { command, configuration } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { ClusterAccess } from './kubeconfig/access'
import { type ApiResponse, objectOf, refusedCredentials, statusMessage } from './kubernetes-failures'
import { describeOperation, type Operation } from './operations'

/**
 * Returns the finding for a response that is not a success.
 * @param request the request in words, such as "list pods in fawkes"
 * @param operation the declared operation of the request; undefined for requests that every caller may send
 */
export function refusal(
  way: ClusterAccess,
  request: string,
  { status, text, retryAfter }: ApiResponse,
  operation: Operation | undefined,
): Blocked {
  if (status === 401)
    return refusedCredentials(
      way,
      `401 ${statusMessage(text) ?? 'Unauthorized'}: ${way.expired ?? 'the token or certificate is missing, wrong or expired'}`,
    )
  if (status === 403 && operation) return forbidden(request)
  const found = `status ${status}: ${statusMessage(text) ?? excerpt(text)}`
  if (status === 429 || (status >= 500 && retryAfter !== undefined))
    return new Blocked({
      summary: 'The Kubernetes API server refuses requests for now.',
      object: objectOf(way),
      expected: `an answer to: ${request}`,
      found: `${found}${retryAfter === undefined ? '' : ` (Retry-After: ${retryAfter})`}`,
      remedy: [command`kubectl get --raw '/readyz?verbose'`],
    })
  return new Blocked({
    summary: `A request to the Kubernetes API server failed: ${request}.`,
    object: way.server,
    expected: 'status 200',
    found,
    remedy: [command`kubectl get --raw '/readyz?verbose'`],
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
    remedy: [configuration`writes:\n  context: CONTEXT`, command`kubectl config current-context`],
  })
