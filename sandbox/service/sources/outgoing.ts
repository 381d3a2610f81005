/** Asks what lies outside of the service, by the names that a pod would use. */
import { z } from 'zod'

/** An endpoint that has not answered by then does not answer, in milliseconds. */
const deadline = 5_000

export interface Reply {
  readonly status: number
  readonly headers: Headers
}

/** @throws Error in the words of an HTTP client when no answer comes */
export type Ask = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Reply>

const resolution = z.union([
  z.object({ port: z.number() }),
  z.object({ failure: z.enum(['unknown', 'refused']), reason: z.string() }),
])

/**
 * `dns` answers `/resolve?host=&port=` with a loopback port, where plain HTTP is spoken whatever the scheme; without it,
 * addresses are asked as they are.
 */
export function outgoing(dns: string | undefined): Ask {
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
    const answer = await fetch(await addressOf(url), { headers, signal: AbortSignal.timeout(deadline) })
    // Unread, it would keep its connection.
    await answer.arrayBuffer()
    return { status: answer.status, headers: answer.headers }
  }
}
