/** Text that looks like a credential, though nobody registered it. */
import { isUtf8 } from 'node:buffer'
import { credential } from './credential-shapes'
import type { Masks } from './masks'

/**
 * Covers credentials of known shapes: tokens, values of Authorization headers, users of URLs, and private keys.
 * @param beginnings indices at which one of the shapes may begin, in order
 */
export function searchCredentials(text: string, beginnings: readonly number[], masks: Masks): void {
  searchShapes(text, beginnings, masks)
  searchUserInformation(text, masks)
  searchPrivateKeys(text, masks)
}

function searchShapes(text: string, beginnings: readonly number[], masks: Masks): void {
  let searched = 0
  for (const beginning of beginnings) {
    if (beginning < searched) continue
    credential.lastIndex = beginning
    const found = credential.exec(text)
    if (found === null) continue
    searched = credential.lastIndex
    const { groups, indices } = found
    if (groups?.basic !== undefined && !isUserAndPassword(groups.basic)) continue
    const named = Object.entries(indices?.groups ?? {}).find(
      ([name, range]) => range !== undefined && !name.endsWith('Quote'),
    )?.[1]
    const range = named ?? indices?.[0]
    if (range) masks.cover(...range)
  }
}

/** "Basic information" is prose. */
function isUserAndPassword(base64: string): boolean {
  const decoded = Buffer.from(base64, 'base64')
  return isUtf8(decoded) && /^[^\p{Cc}]*:[^\p{Cc}]*$/u.test(decoded.toString('utf8'))
}

/** Longest part of a URL before its host that is taken for user and password. */
const longestUserInformation = 4096
/** In JSON that PHP writes, slashes are escaped. */
const slashes = ['://', ':\\/\\/']

/** A user and a password without a scheme, as in "lake:password@tcp(mysql:3306)". */
const bareUser = /(?:^|[\s"'=(,;])(?!(?:mailto|sips?|acct|xmpp|system):)[\w.+-]{1,64}:([^\s"'<>/?#@:]{4,128})$/
/** The digest of an image behind the "@" of its reference. */
const isDigest = /^sha\d+:/
/** A token in place of a user. */
const tokenAsUser = /^(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}$/

/** Covers "user:password" in "https://user:password@host". A user alone stays, as in "ssh://git@host", unless it is a token. */
function searchUserInformation(text: string, masks: Masks): void {
  let searched = 0
  let isPassword = false
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    // Each part of the text is read once, however many signs stand in it.
    const before = text.slice(Math.max(searched, at - longestUserInformation), at)
    const begin = Math.max(
      ...slashes.map((text) => (before.includes(text) ? before.lastIndexOf(text) + text.length : -1)),
    )
    if (begin >= 0) {
      const user = before.slice(begin)
      isPassword =
        (/^[^\s"'<>/?#@:]*:[^\s"'<>/?#]+$/.test(user) && !/(?:…|\[redacted\])$/.test(user)) || tokenAsUser.test(user)
      if (isPassword) masks.cover(at - user.length, at)
    } else {
      // A password may hold the sign, too.
      isPassword &&= searched + before.length === at && /^[^\s"'<>/?#]*$/.test(before)
      if (isPassword) masks.cover(searched - 2, at)
      const password = bareUser.exec(before.slice(-200))?.[1]
      if (password !== undefined && !isDigest.test(text.slice(at + 1, at + 9))) masks.cover(at - password.length, at)
    }
    searched = at + 1
  }
}

const beginOfKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const endOfKey = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
/** The base64 of a key without an end, also where line ends are escaped: more repetitions than a key has would exhaust the stack. */
const cutKey = /(?:[A-Za-z0-9+/=\s:,-]+|\\[nr]){0,100000}/y

/** Covers private keys in PEM form. One without an end is covered as far as it looks like base64. */
function searchPrivateKeys(text: string, masks: Masks): void {
  let mayEnd = true
  beginOfKey.lastIndex = 0
  for (let begin = beginOfKey.exec(text); begin; begin = beginOfKey.exec(text)) {
    const body = beginOfKey.lastIndex
    endOfKey.lastIndex = body
    mayEnd &&= endOfKey.test(text)
    cutKey.lastIndex = body
    cutKey.test(text)
    const last = mayEnd ? endOfKey.lastIndex : cutKey.lastIndex
    if (last - body > 16) masks.cover(begin.index, last)
    beginOfKey.lastIndex = last
  }
}
