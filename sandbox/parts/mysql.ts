/** The real database of the service: MariaDB, with the users and passwords that the secrets manager holds. */
import { existsSync, mkdirSync } from 'node:fs'
import { execa } from 'execa'
import { writeWhole } from '../basis/files'
import { inState } from '../basis/layout'
import { greets } from '../basis/probes'
import { readVault } from '../credentials/vault'
import { debianProgram } from '../programs/debian'
import type { Environment, Part } from './part'

const data = inState('data', 'mysql')
/** Of its own: a server that starts removes the temporary tables of every other one that shares its folder. */
const temporary = inState('data', 'mysql-temporary')
const initial = inState('mysql.sql')
const asRoot = () => (process.getuid?.() === 0 ? ['--user=root'] : [])

/** Run at each start, so it says what must be, not what to do. The passwords are letters and digits: nothing to escape. */
function statements(): string {
  const passwords = readVault()['fawkes/devlake/db']
  if (passwords === undefined) throw new Error('The vault has no entry fawkes/devlake/db')
  return [
    'CREATE DATABASE IF NOT EXISTS lake CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
    `CREATE OR REPLACE USER 'root'@'%' IDENTIFIED BY '${passwords['mysql-root-password']}';`,
    "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;",
    `CREATE OR REPLACE USER 'merico'@'%' IDENTIFIED BY '${passwords['mysql-password']}';`,
    "GRANT ALL ON lake.* TO 'merico'@'%';",
    // The installer's own users, without passwords: more exact hosts would win over the users above.
    "DROP USER IF EXISTS 'root'@'localhost', 'root'@'127.0.0.1', 'root'@'::1', ''@'localhost', 'mysql'@'localhost';",
    '',
  ].join('\n')
}

export function mysql({ ports }: Environment): Part {
  return {
    name: 'mysql',
    deadline: 30_000,
    prepare: async () => {
      writeWhole(initial, statements())
      mkdirSync(temporary, { recursive: true })
      if (existsSync(data)) return
      mkdirSync(data, { recursive: true })
      const options = [
        '--no-defaults',
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...asRoot(),
      ]
      await execa(debianProgram('mariadbInstall'), options, { stdin: 'ignore' })
    },
    command: () => ({
      file: debianProgram('mariadbd'),
      args: [
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${temporary}`,
        `--socket=${inState('data', 'mysql.sock')}`,
        `--pid-file=${inState('data', 'mysql.pid')}`,
        `--init-file=${initial}`,
        '--bind-address=127.0.0.1',
        `--port=${ports.mysql}`,
        '--skip-name-resolve',
        // A readiness probe connects and leaves without a login: no reason to warn, or to block this machine's address.
        '--log-warnings=1',
        '--max-connect-errors=4294967295',
        // kwok keeps a forwarded connection when the client that asked for it only vanishes.
        '--max-connections=1000',
        '--wait-timeout=300',
        '--default-time-zone=+00:00',
        '--character-set-server=utf8mb4',
        // Does not wait for the disk; what was committed survives the process, as in a real database.
        '--innodb-flush-log-at-trx-commit=2',
        ...asRoot(),
      ],
    }),
    isReady: () => greets(ports.mysql),
  }
}
