/** Registers the credentials of a kubeconfig before anything is sent: those in the files, and in the files that they name. */
import { readFileSync } from 'node:fs'
import { redaction } from '../../basis/redaction'
import type { Kubeconfig } from './files'
import type { User } from './schema'

/**
 * Registers tokens, passwords and keys of all users, and those in the URLs of clusters. Credentials that a plugin returns, and
 * tokens that a file gets later, are registered when they are read.
 */
export function registerSecrets({ users, clusters }: Pick<Kubeconfig, 'users' | 'clusters'>): void {
  for (const user of users.values()) for (const secret of secretsOf(user)) registerKnown(secret)
  for (const { server, 'proxy-url': proxyUrl } of clusters.values())
    for (const url of [server, proxyUrl]) registerKnown(passwordIn(url))
}

export function registerKnown(secret: string | undefined): void {
  if (secret) redaction.register(secret)
}

/** Returns the trimmed content of a file; undefined if there is no file to read. */
export function contentOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Returns the password of a URL, decoded. */
export function passwordIn(url: string | undefined): string | undefined {
  const password = url === undefined ? undefined : URL.parse(url)?.password
  try {
    return password && decodeURIComponent(password)
  } catch {
    return password
  }
}

function* secretsOf(user: User): Generator<string | undefined> {
  const { token, password, tokenFile, 'client-key-data': keyData, 'client-key': keyFile } = user
  yield* [token, password, contentOf(tokenFile), keyData, contentOf(keyFile)]
  if (keyData) yield Buffer.from(keyData, 'base64').toString('utf8')
  const provider = user['auth-provider']?.config ?? {}
  for (const key of ['access-token', 'id-token', 'refresh-token', 'client-secret']) {
    const value = provider[key]
    if (typeof value === 'string') yield value
  }
  for (const { name, value } of user.exec?.env ?? []) if (/secret|token|password|key/i.test(name)) yield value
}
