/** Findings about requests that get no answer from the Kubernetes API server: one for each cause, whatever was requested. */
import { addressed, type CommandLine, command, comment } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { reasonOf } from './exchange'
import type { ClusterAccess } from './kubeconfig/access'
import { PluginFailure } from './kubeconfig/credential-plugin'

/** An answer of the API server. */
export interface ApiResponse {
  readonly status: number
  readonly text: string
  /** The size of the body as it was sent. */
  readonly bytes: number
  /** The header Retry-After. */
  readonly retryAfter?: string | undefined
}

/** The way to an API server, as findings name it. */
type Way = Pick<ClusterAccess, 'server' | 'context' | 'clusterName' | 'proxy'>

/** Errors of OpenSSL and Node about a certificate of the server. */
const untrusted =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME)/

/** TLS alerts with which a server refuses a client's certificate. */
const refusedCertificate = /alert (bad certificate|unknown ca|certificate|unsupported certificate|access denied)/i

/**
 * Returns the finding for a request without an answer.
 * @param request the request in words, such as "list pods in fawkes"
 */
export function failedRequest(way: Way, request: string, requestMs: number, error: unknown): Blocked {
  if (error instanceof PluginFailure) return withoutCredentials(way, error)
  const found = reasonOf(error)
  if (codesOf(error).some((code) => untrusted.test(code))) return untrustedServer(way, found)
  if (refusedCertificate.test(found)) return refusedCredentials(way, found)
  return new Blocked({
    summary: 'The Kubernetes API server cannot be reached.',
    object: objectOf(way),
    expected: `an answer within ${requestMs / 1000} s to: ${request}`,
    found: `${found}${throughProxy(way)}`,
    remedy: [shown(way), inContext(way, () => command`kubectl get --raw /version`)],
  })
}

export const refusedCredentials = (way: Way, found: string): Blocked =>
  new Blocked({
    summary: `The Kubernetes API server does not accept the credentials of the context ${way.context}.`,
    object: objectOf(way),
    expected: 'a valid token or certificate',
    found,
    remedy: [
      shown(way),
      ...(way.clusterName === undefined
        ? []
        : [comment`get new credentials from where the kubeconfig comes from, and then check the login:`]),
      inContext(way, () => command`kubectl auth whoami`),
    ],
  })

function withoutCredentials(way: Way, { message, command: plugin, installHint }: PluginFailure): Blocked {
  const isMissing = installHint !== undefined
  return new Blocked({
    summary: isMissing
      ? `The credential plugin ${plugin} of the context ${way.context} is not installed.`
      : `The credential plugin ${plugin} of the context ${way.context} returns no credentials.`,
    object: objectOf(way),
    expected: isMissing ? 'the plugin on the PATH' : 'credentials from the plugin',
    found: installHint ? `${message}. The kubeconfig says: ${installHint}` : message,
    remedy: [
      isMissing
        ? comment`install the plugin, so that this command prints its path:`
        : comment`do what the plugin says, and then check the login:`,
      isMissing ? command`command -v ${plugin}` : inContext(way, () => command`kubectl auth whoami`),
      shown(way),
    ],
  })
}

function untrustedServer(way: Way, found: string): Blocked {
  const { hostname, port } = new URL(way.server)
  const address = `${hostname}:${port || '443'}`
  return new Blocked({
    summary: 'The certificate of the Kubernetes API server is not trusted.',
    object: objectOf(way),
    expected: 'a certificate for this server that the authority of the kubeconfig has signed',
    found: `${found}${throughProxy(way)}`,
    remedy: [
      shown(way),
      command`openssl s_client -connect ${address} -showcerts </dev/null`,
      ...(way.clusterName === undefined
        ? []
        : [command`kubectl config set-cluster ${way.clusterName} --embed-certs=true --certificate-authority=CA.pem`]),
    ],
  })
}

/** Returns the finding for a WebSocket that something between this machine and the API server refused. */
export function refusedWebSocket(way: Way, found: string): Blocked {
  const { hostname } = new URL(way.server)
  return new Blocked({
    summary: 'The way to the Kubernetes API server lets no WebSockets through.',
    object: objectOf(way),
    expected: '101 Switching Protocols, which exec and port-forward need',
    found: `${found}${throughProxy(way)}`,
    remedy: [
      comment`allow the header Upgrade: websocket in the proxy or load balancer before the API server, or go around the proxy:`,
      command`export NO_PROXY=${hostname}`,
      shown(way),
    ],
  })
}

/**
 * Returns the finding for a WebSocket that was refused with an answer. An API server gives its reason as a Status; anything else
 * comes from a proxy, as does the complaint of the API server about an upgrade that a proxy removed.
 */
export function refusedUpgrade(way: Way, { status, text }: Pick<ApiResponse, 'status' | 'text'>): Error {
  const message = statusMessage(text)
  if (message === undefined || /upgrade request required/i.test(message))
    return refusedWebSocket(way, `status ${status}: ${message ?? (excerpt(text) || 'no reason')}`)
  return new Error(`status ${status}: ${message}`)
}

/** Returns the message of a Kubernetes Status; undefined if the text is none. */
export function statusMessage(text: string): string | undefined {
  try {
    const { kind, message } = JSON.parse(text) as { kind?: unknown; message?: unknown }
    return kind === 'Status' && typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

export const objectOf = ({ server, context }: Pick<Way, 'server' | 'context'>) => `${server} (context ${context})`

const throughProxy = ({ proxy }: Way) =>
  proxy === undefined ? '' : `, by way of the proxy ${URL.parse(proxy)?.host ?? proxy}`

/** Shows the server, the proxy and the user of the context, without secrets; the version of the server inside a cluster. */
const shown = (way: Way): CommandLine =>
  way.clusterName === undefined
    ? command`kubectl get --raw /version`
    : command`kubectl config view --minify --context ${way.context}`

/** A command for the context of the run, which may not be known yet to the commands of this process. */
const inContext = (way: Way, build: () => CommandLine) => addressed(way.context, build)

/** Returns the codes of an error and its causes. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { code } = error as NodeJS.ErrnoException
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(error.cause)]
}
