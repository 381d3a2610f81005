/** The cookies that stand for a login. Whoever has one is logged in, so none may leave the process. */
import { redaction } from '../basis/redaction'

interface Cookie {
  readonly name: string
  readonly value: string
}

/** Other cookies hold settings and paths, which reports show. */
const ofLogin = /sess|token|auth|jwt|csrf|(?:^|[._-])sid$/i

/** Shorter values are no keys, and hiding them would hide numbers and words. */
const shortestKey = 16

/** Hides the values of cookies that stand for a login. */
export function registerCookies(cookies: Iterable<Cookie>): void {
  for (const { name, value } of cookies)
    if (ofLogin.test(name) && value.length >= shortestKey) redaction.register(value)
}

/** Returns the cookies that an answer sets. */
export function cookiesIn(headers: Readonly<Record<string, string | string[] | undefined>>): Cookie[] {
  return [headers['set-cookie'] ?? []].flat().map((header) => {
    const [pair = ''] = header.split(';', 1)
    const [name = '', ...value] = pair.split('=')
    return { name: name.trim(), value: value.join('=').trim() }
  })
}
