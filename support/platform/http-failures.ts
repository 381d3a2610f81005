/** Findings about HTTP requests without a usable response. */
import { limitOf, OutOfBounds } from '../basis/bounds'
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { serviceAt } from '../basis/service-host'
import { type Address, reasonOf } from './exchange'

/**
 * Returns the reason why a request failed, as it appears in findings.
 * @param timedOut true if the deadline of the whole exchange has passed
 */
export function failureOf(error: unknown, timedOut: boolean, deadlineMs: number): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (error instanceof OutOfBounds)
    return `the body ${error.bound === 'responseBody' ? 'is larger' : 'has more'} than ${limitOf(error.bound)}`
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return `the headers are larger than ${limitOf('responseHeaders')}`
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'the body is not valid UTF-8'
  if (timedOut || code.endsWith('_TIMEOUT')) return `no complete response within ${deadlineMs / 1000} s`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name does not resolve'
  if (code === 'ECONNREFUSED') return 'connection refused: nothing is listening there'
  if (code === 'ECONNRESET') return 'the connection was reset'
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return 'the connection was closed before the response was complete'
  return reasonOf(error)
}

/** Returns a suffix for messages that names the address, such as " by way of 10.0.0.7:80"; empty without an address. */
export const routeSuffix = (at: Address | undefined) => (at ? ` by way of ${at.host}:${at.port}` : '')

/** Returns the finding for a request without a usable response. It may follow from the Service that the URL names. */
export function unanswered(url: string, at: Address | undefined, found: string): Unmet {
  const service = serviceAt(url)
  return new Unmet({
    summary: `No usable response from ${url}: ${found}.`,
    object: url,
    ...(service ? { reliesOn: [`Service ${service.namespace}/${service.name}`] } : {}),
    expected: `a complete response${routeSuffix(at)}`,
    found,
    remedy: [command`curl -v --max-time 20 '${url}'`],
  })
}
