/** The clocks by which the age of the numbers is judged. They need not agree. */
import { z } from 'zod'
import { Blocked, Unmet, unless } from '../basis/expectation'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

/** The same instant by each clock, in milliseconds since 1970 UTC. */
export interface Clocks {
  readonly database: number
  /** Undefined if the service does not say the time. */
  readonly service: number | undefined
  /** The clock of the Kubernetes API server. */
  readonly cluster: number
}

/** @throws Unmet when the database cannot be read */
export async function readClocks(platform: Platform, token: string): Promise<Clocks> {
  const [database, service] = await Promise.all([databaseClock(platform), serviceClock(platform, token)])
  return { database, service, cluster: platform.kubernetes.now.getTime() }
}

const row = z.looseObject({ now: z.coerce.number() })

async function databaseClock(platform: Platform): Promise<number> {
  const [found] = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS now",
  )
  if (!found) throw new Error('The clock of the database returned no row.')
  return found.now
}

/** The time of an answer that no cache keeps. */
async function serviceClock({ rest, contract }: Platform, token: string): Promise<number | undefined> {
  const answer = await rest.get(contract.ping.path, token).catch(unless(undefined, Unmet, Blocked))
  const time = Date.parse(String(answer?.headers.date))
  return Number.isNaN(time) ? undefined : time
}
