/** Faults of the account in the database that the configuration names. The account of the service itself is not touched. */
import type { Doors } from '../doors/doors'
import { configured, provenByEvents, provenBySettings, provenOnSurfaces } from './breaking'
import type { Fault } from './fault'

const account = "'auditor'@'%'"

/** Gives the run an account with all rights and the service's password, and spoils the account. */
const spoilt = (statement: string) => async (doors: Doors) => {
  const password = doors.vault('fawkes/devlake/db', 'mysql-password')
  await doors.sql(
    `CREATE USER ${account} IDENTIFIED BY '${password}'`,
    `GRANT ALL ON lake.* TO ${account}`,
    `ALTER USER ${account} ${statement}`,
  )
  const undo = configured(doors, 'database', { user: 'auditor' })
  return async () => {
    await undo()
    await doors.sql(`DROP USER ${account}`)
  }
}

const expects = {
  failed: ['6.1'],
  blocked: ['6.2', '6.3', '6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces],
}

export const accountFaults: readonly Fault[] = [
  {
    id: 'database-account-locked',
    title: 'The account in the database is locked',
    expects,
    cause: { object: 'MySQL at Service fawkes/devlake-mysql', summary: 'MySQL has locked the account of auditor' },
    apply: spoilt('ACCOUNT LOCK'),
  },
  {
    id: 'database-password-expired',
    title: 'The password of the account in the database has expired',
    expects,
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-password',
      summary: 'The password of auditor has expired in MySQL',
    },
    apply: spoilt('PASSWORD EXPIRE'),
  },
]
