/** The certificate that a server presents over TLS, and the authorities that the suite trusts. */
import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect as connectTls, createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Address } from './exchange'
import { failureOf, unanswered } from './http-failures'

const trusts = new Map<string, SecureContext>()

/**
 * Returns the default authorities plus a configured one; undefined if none is configured. The result is cached, because reading
 * some hundred certificates takes longer than opening a connection.
 */
export function trustOf(certificateAuthority: string | undefined): SecureContext | undefined {
  if (certificateAuthority === undefined) return undefined
  const trust =
    trusts.get(certificateAuthority) ??
    createSecureContext({ ca: [...getCACertificates('default'), certificateAuthority] })
  trusts.set(certificateAuthority, trust)
  return trust
}

/** Returns the name to send by SNI: a host name, but never an IP address. */
export const serverName = (hostname: string) => (isIP(hostname) ? '' : hostname)

/** The certificate that a server presents for a host name. */
interface ServerCertificate {
  readonly validTo: Date
  readonly trusted: boolean
  /** The reason why the certificate is not trusted; empty if it is trusted. */
  readonly reason: string
  /** The SHA-256 hash of the public key, in base64. */
  readonly keySha256: string
}

/** Reads the certificate of a server. @throws Unmet if no TLS connection can be opened */
export async function serverCertificate(
  host: string,
  at: Address,
  {
    deadlineMs,
    certificateAuthority,
  }: { readonly deadlineMs: number; readonly certificateAuthority?: string | undefined },
): Promise<ServerCertificate> {
  const secureContext = trustOf(certificateAuthority)
  return new Promise((resolve, reject) => {
    const fail = (found: string) => {
      socket.destroy()
      reject(unanswered(`https://${host}`, at, found))
    }
    const socket = connectTls({
      host: at.host,
      port: at.port,
      servername: serverName(host),
      rejectUnauthorized: false,
      ...(secureContext ? { secureContext } : {}),
    })
    socket.setTimeout(deadlineMs, () => fail(`no TLS handshake within ${deadlineMs / 1000} s`))
    socket.once('error', (error) => fail(failureOf(error, false, deadlineMs)))
    socket.once('secureConnect', () => {
      const { valid_to, raw } = socket.getPeerCertificate()
      const reason = String(socket.authorizationError ?? '')
      const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' })
      const keySha256 = createHash('sha256').update(key).digest('base64')
      socket.destroy()
      resolve({ validTo: new Date(valid_to), trusted: reason === '', reason, keySha256 })
    })
  })
}
