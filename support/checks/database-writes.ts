/** Section 6, writes: checks that MySQL lets the service store what it collects. A read-only server answers all other checks. */
import { z } from 'zod'
import { comment, sqlName } from '../basis/command'
import { type Circumstances, expectNone } from '../basis/expectation'
import { inMySql, mysql, serviceOf } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { rowsForService } from '../service/database-credentials'

/**
 * Variables of the server that keep users without administrative rights from writing. The last two, of MySQL and of older MariaDBs,
 * are the default of each new session.
 */
const readOnlyVariables = ['read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only']

/**
 * 6.2: checks that neither the server nor the database is read-only. Outside the cluster, the suite may read from a replica of the
 * server that the service uses, so nothing is checked.
 */
export async function expectWritable(platform: Platform): Promise<void> {
  if (platform.configuration.database.host !== undefined) return
  expectNone([...(await serverProblems(platform)), ...(await databaseProblems(platform))])
}

async function serverProblems(platform: Platform): Promise<Circumstances[]> {
  const variables = await rowsForService(
    platform,
    z.looseObject({ Variable_name: z.string(), Value: z.string() }),
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${readOnlyVariables.map(() => '?').join(', ')})`,
    readOnlyVariables,
  )
  const set = variables.filter(({ Value }) => !['OFF', '0'].includes(Value.toUpperCase()))
  if (set.length === 0) return []
  const found = set.map(({ Variable_name, Value }) => `${Variable_name} = ${Value}`).join(', ')
  return [
    {
      summary: `MySQL is read-only, so the service cannot store what it collects: ${found}.`,
      object: `MySQL at ${serviceOf(platform)}`,
      expected: set.map(({ Variable_name }) => `${Variable_name} = OFF`).join(', '),
      found,
      remedy: [
        inMySql(platform, "SHOW GLOBAL VARIABLES LIKE '%read_only'"),
        comment`a replica stays read-only: then let the Service lead to the primary server`,
        mysql(platform, set.map(({ Variable_name }) => `SET GLOBAL ${sqlName(Variable_name)} = OFF`).join('; ')),
      ],
    },
  ]
}

/** The option of MySQL 8.0.22 and newer, which stands in a comment: https://dev.mysql.com/doc/refman/8.4/en/alter-database.html */
const isReadOnly = /\bREAD ONLY=1\b/

async function databaseProblems(platform: Platform): Promise<Circumstances[]> {
  const { name } = platform.configuration.database
  const show = `SHOW CREATE DATABASE ${sqlName(name)}`
  const [created] = await rowsForService(platform, z.looseObject({ 'Create Database': z.string() }), show)
  if (!created || !isReadOnly.test(created['Create Database'])) return []
  return [
    {
      summary: `The database ${name} is read-only, so the service cannot store what it collects.`,
      object: `database ${name}`,
      expected: 'READ ONLY=0',
      found: created['Create Database'],
      remedy: [inMySql(platform, show), mysql(platform, `ALTER DATABASE ${sqlName(name)} READ ONLY = 0`)],
    },
  ]
}
