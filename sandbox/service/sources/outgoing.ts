/** Requests to endpoints outside the service, by the names that a pod would use. */
import { z } from 'zod'

/** Timeout of a request, in milliseconds. */
const timeout = 5_000

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** @throws Error in the words of an HTTP client if there is no response */
export type HttpGet = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Reply>

const resolution = z.union([
  z.object({ port: z.number() }),
  z.object({ failure: z.enum(['unknown', 'refused']), reason: z.string() }),
])

/**
 * Resolves each address with `dns`, which answers `/resolve?host=&port=` with a loopback port that speaks plain HTTP,
 * whatever the scheme. Without `dns`, addresses are used unchanged.
 */
export function outgoing(dns: string | undefined): HttpGet {
  const addressOf = async (url: URL): Promise<string> => {
    if (dns === undefined) return url.href
    const port = url.port || { 'https:': '443' }[url.protocol] || '80'
    const answer = await fetch(`${dns}/resolve?${new URLSearchParams({ host: url.hostname, port })}`)
    const found = resolution.parse(await answer.json())
    if ('port' in found) return `http://127.0.0.1:${found.port}${url.pathname}${url.search}`
    throw new Error(
      found.failure === 'unknown'
        ? `dial tcp: lookup ${url.hostname}: no such host`
        : `dial tcp ${url.hostname}:${port}: connect: connection refused`,
    )
  }
  return async (url, headers) => {
    const answer = await fetch(await addressOf(url), { headers, signal: AbortSignal.timeout(timeout) })
    return { status: answer.status, headers: answer.headers, body: await answer.text() }
  }
}
