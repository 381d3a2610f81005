/** The part of a URL that a report may show. */

/** User information up to the last "@" before the host, as browsers read it. */
const userInformation = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i

/**
 * Drops the user information and the values of the query: both may hold tokens that nobody registered. The user of SSH, such as
 * "git", belongs to the address; only its password is dropped.
 */
export function publicUrl(url: string): string {
  return url
    .replace(userInformation, (_, scheme: string, user: string) =>
      /ssh|^git:/i.test(scheme) ? `${scheme}${user.split(':')[0]}@` : scheme,
    )
    .replace(/([?#]).*$/s, '')
}
