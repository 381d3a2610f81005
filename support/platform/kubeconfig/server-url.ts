/** The URL of an API server by kubectl's rules (k8s.io/client-go/rest, DefaultServerURL). */
import { posix } from 'node:path'

/**
 * Returns the URL without a trailing slash, or undefined if the text is no URL. A server without a scheme is reached without TLS.
 * After the host only the path counts, with its escapes decoded.
 */
export function serverUrlOf(server: string): string | undefined {
  const [, origin = '', path = ''] = /^(\w+:\/\/[^/?#]*)([^?#]*)/.exec(withScheme(server)) ?? []
  const decoded = decodedOf(path)
  if (decoded === undefined) return undefined
  const url = `${origin}${encoded(posix.normalize(`/${decoded}`))}`.replace(/\/+$/, '')
  return URL.canParse(url) ? url : undefined
}

/** Returns the URL with its scheme in lower case. */
const withScheme = (server: string) =>
  /^https?:\/\//i.test(server) ? server.replace(/^\w+/, (scheme) => scheme.toLowerCase()) : `http://${server}`

const encoded = (path: string) => encodeURI(path).replace(/[?#]/g, encodeURIComponent)

function decodedOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
