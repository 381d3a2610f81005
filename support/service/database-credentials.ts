import type { z } from 'zod'
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import type { Credentials } from '../platform/database'
import type { Platform } from '../platform/platform'

export type DatabaseUser = 'root' | 'service'

/** The credentials of a database user, with the Secret that holds them. @throws Unmet when it has no password */
export async function credentialsOf(platform: Platform, user: DatabaseUser): Promise<Credentials> {
  const { kubernetes, configuration } = platform
  const { name } = configuration.secretNames.database
  const { user: serviceUser, passwordKey, rootPasswordKey } = configuration.database
  const key = user === 'root' ? rootPasswordKey : passwordKey
  const source = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  const password = (await kubernetes.secret(name))?.get(key)
  if (password === undefined)
    throw new Unmet({
      summary: `${source} does not exist.`,
      object: source,
      expected: 'a password',
      found: 'none',
      remedy: [command`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
    })
  return user === 'root'
    ? { user, password, source }
    : { user: serviceUser, password, source, administrator: () => credentialsOf(platform, 'root') }
}

/** Reads rows as the user of the service. @throws Unmet when it has no password, and as {@link Platform.database} does */
export const rowsForService = async <T>(
  platform: Platform,
  row: z.ZodType<T>,
  statement: string,
  values: readonly string[] = [],
): Promise<T[]> => platform.database.rows(await credentialsOf(platform, 'service'), row, statement, values)
