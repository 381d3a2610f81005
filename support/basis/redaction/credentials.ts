/** Text that looks like a credential, though nobody registered it. */
import { isUtf8 } from 'node:buffer'
import type { Masks } from './masks'

/**
 * Shapes of credentials. In each, what must not be shown is the group "secret", or else the whole. Each begins at a fixed
 * word and at the beginning of a run of its characters, so that the search stays linear.
 *
 * The forms of tokens: https://docs.github.com/en/authentication, https://docs.gitlab.com/security/tokens,
 * https://api.slack.com/authentication/token-types, https://developer.hashicorp.com/vault/docs/concepts/tokens,
 * https://grafana.com/docs/grafana/latest/administration/service-accounts, https://docs.npmjs.com/about-access-tokens,
 * https://docs.docker.com/security/access-tokens
 */
const shapes: readonly RegExp[] = [
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)*/,
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9_]{16,}/,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{16,}/,
  /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_.-]{16,}/,
  /(?<![A-Za-z0-9])glsa_[A-Za-z0-9_]{16,}/,
  /(?<![A-Za-z0-9])glc_[A-Za-z0-9+/=_-]{16,}/,
  /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}/,
  // Slack, Hugging Face, Google, SendGrid and Atlassian.
  /(?<![A-Za-z0-9])(?:xapp-|hf_|AIza|SG\.|AT[AC]TT3)(?=[A-Za-z_.-]{0,64}\d)[A-Za-z0-9_.-]{16,}/,
  // npm, SonarQube, Docker Hub, OpenAI and Anthropic.
  /(?<![A-Za-z0-9])(?:(?:npm_|dckr_[op]at_)(?=[a-z_-]{0,64}[A-Z0-9])[A-Za-z0-9_-]{16,}|sq[apu]_[0-9A-Za-z]{20,})/,
  /(?<![A-Za-z0-9-])sk-(?:(?:ant|proj|svcacct|admin|or)-(?=[a-z_-]{0,64}[A-Z0-9])[A-Za-z0-9_-]{16,}|[A-Za-z0-9_]{20,}[A-Za-z0-9_-]*)/,
  // The value of a parameter in a URL: an expression of a shell, a placeholder and a mask are none.
  /[?&](?:amp;)?(?:(?:access|auth|private|refresh|id)_token|token|api[_-]?key)=(?<parameter>[A-Za-z0-9._~+%/:=-]{4,})/,
  /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{16,}/,
  // A word of letters alone, as in "Bearer authentication", is no token.
  /(?<![A-Za-z0-9])(?:[Bb]earer|BEARER)(?:[ +\t]|%20)(?<bearer>(?=[A-Za-z._~+/=-]{0,4096}\d|[A-Za-z0-9._~+/=-]{32})[A-Za-z0-9._~+/=-]{6,})/,
  /(?<![A-Za-z0-9])[Bb]asic[ +](?<basic>[A-Za-z0-9+/_-]{6,}={0,2})/,
  /(?<![A-Za-z0-9])(?:[Aa]uthorization|AUTHORIZATION)["']?[ ]?[:=][ ]?["']?(?:[A-Za-z]{2,20}(?: |%20))?(?<header>[A-Za-z0-9._~+/=-]{4,})(?![A-Za-z0-9._~+/=-]|%20| +[^A-Za-z0-9])/,
]

const shape = new RegExp(shapes.map(({ source }) => source).join('|'), 'dg')

/** Covers credentials of known shapes: tokens, values of Authorization headers, users of URLs, and private keys. */
export function searchCredentials(text: string, masks: Masks): void {
  searchShapes(text, masks)
  searchUserInformation(text, masks)
  searchPrivateKeys(text, masks)
}

function searchShapes(text: string, masks: Masks): void {
  for (const { groups, indices } of text.matchAll(shape)) {
    if (groups?.basic !== undefined && !isUserAndPassword(groups.basic)) continue
    const named = Object.values(indices?.groups ?? {}).find((range) => range !== undefined)
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

const beginOfKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g
const endOfKey = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g
/** The base64 of a key without an end, also where line ends are escaped. */
const cutKey = /(?:[A-Za-z0-9+/=\s:,-]|\\[nr])*/y

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
