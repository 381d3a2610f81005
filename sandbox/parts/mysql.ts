/** The real database of the service: MariaDB, with the users and passwords from the vault. */
import { existsSync, mkdirSync } from 'node:fs'
import { execa } from 'execa'
import { writeWhole } from '../basis/files'
import { inState } from '../basis/layout'
import { storedNames } from '../basis/names'
import { greets } from '../basis/probes'
import { createAuthority, issue } from '../credentials/certificates'
import { readVault, vaultValue } from '../credentials/vault'
import { debianProgram } from '../programs/debian'
import type { Environment, Part } from './part'

const data = inState('data', 'mysql')
/** A private folder: a starting server deletes the temporary tables of every other server in the same folder. */
const temporary = inState('data', 'mysql-temporary')
const initial = inState('mysql.sql')
/** MySQL creates an authority, a certificate and a key when it starts for the first time; MariaDB 10.11 must be given them. */
const tls = {
  authority: inState('mysql-ca.pem'),
  certificate: inState('mysql-cert.pem'),
  key: inState('mysql-key.pem'),
}
const asRoot = () => (process.getuid?.() === 0 ? ['--user=root'] : [])

/** Idempotent statements, run at each start. The passwords are letters and digits, so nothing needs escaping. */
function statements(): string {
  const vault = readVault()
  const password = (key: string) => vaultValue(vault, 'fawkes/devlake/db', key)
  return [
    'CREATE DATABASE IF NOT EXISTS lake CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
    `CREATE OR REPLACE USER 'root'@'%' IDENTIFIED BY '${password('mysql-root-password')}';`,
    "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;",
    `CREATE OR REPLACE USER 'merico'@'%' IDENTIFIED BY '${password('mysql-password')}';`,
    "GRANT ALL ON lake.* TO 'merico'@'%';",
    // The installer's users have no passwords, and their more specific hosts would take precedence over the users above.
    "DROP USER IF EXISTS 'root'@'localhost', 'root'@'127.0.0.1', 'root'@'::1', ''@'localhost', 'mysql'@'localhost';",
    '',
  ].join('\n')
}

async function createCertificate(): Promise<void> {
  const authority = await createAuthority('MySQL')
  const { certificate, key } = await issue(authority, { commonName: 'MySQL server', days: 365 })
  writeWhole(tls.authority, authority.certificate)
  writeWhole(tls.certificate, certificate)
  writeWhole(tls.key, key)
}

export function mysql({ ports }: Environment): Part {
  return {
    name: 'mysql',
    prepare: async () => {
      writeWhole(initial, statements())
      if (!existsSync(tls.key)) await createCertificate()
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
      // A server that starts removes the temporary tables of others from the directory that they share.
      await execa(debianProgram('mariadbInstall'), options, { stdin: 'ignore', env: { TMPDIR: temporary } })
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
        `--ssl-ca=${tls.authority}`,
        `--ssl-cert=${tls.certificate}`,
        `--ssl-key=${tls.key}`,
        ...(storedNames().secureDatabase ? ['--require-secure-transport=ON'] : []),
        // Readiness probes connect without logging in. That must neither cause warnings nor block this machine's address.
        '--log-warnings=1',
        '--max-connect-errors=4294967295',
        // kwok keeps a forwarded connection open when its client vanishes without closing it.
        '--max-connections=1000',
        '--wait-timeout=300',
        '--default-time-zone=+00:00',
        '--character-set-server=utf8mb4',
        // Does not wait for the disk. As in a real database, committed data survives the end of the process.
        '--innodb-flush-log-at-trx-commit=2',
        ...asRoot(),
      ],
    }),
    isReady: () => greets(ports.mysql),
  }
}
