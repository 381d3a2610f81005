/** Logins, refusals, transactions and what a killed run leaves, on a server that accepts TLS. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { until } from '../../../sandbox/basis/waiting'
import { bounds } from '../../../support/basis/bounds'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { type Credentials, Database } from '../../../support/platform/database'
import { newAuthority } from '../../fixtures/certificates'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let directory: string
let mariadb: MariaDb
let authority: string
const root = { user: 'examiner', password: 'of-a-test', source: 'the examiner' }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'database-'))
  const signer = await newAuthority()
  authority = signer.certificate
  const { key, cert } = await signer.issue('database.example.org')
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  mariadb = await startMariaDb([
    `--ssl-ca=${file('ca.pem', authority)}`,
    `--ssl-cert=${file('cert.pem', cert)}`,
    `--ssl-key=${file('key.pem', key)}`,
    '--skip-name-resolve',
  ])
  await run(
    ...['tls', 'plain', 'certified', 'locked', 'limited'].flatMap((name) => [
      `CREATE USER '${name}'@'127.0.0.1' IDENTIFIED BY 'right'`,
      `GRANT ALL ON lake.* TO '${name}'@'127.0.0.1'`,
    ]),
    "ALTER USER 'tls'@'127.0.0.1' REQUIRE SSL",
    "ALTER USER 'certified'@'127.0.0.1' REQUIRE X509",
    "ALTER USER 'locked'@'127.0.0.1' ACCOUNT LOCK",
    "ALTER USER 'limited'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1",
    "CREATE USER 'elsewhere'@'10.1.%' IDENTIFIED BY 'right'",
    "CREATE USER 'examiner'@'127.0.0.1' IDENTIFIED BY 'of-a-test'",
    "GRANT SELECT ON mysql.* TO 'examiner'@'127.0.0.1'",
    'CREATE TABLE lake.numbers (n int)',
    'INSERT INTO lake.numbers SELECT seq FROM seq_1_to_1000',
  )
}, 120_000)
afterAll(async () => {
  await mariadb?.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function run(...statements: string[]): Promise<RowDataPacket[]> {
  const connection = await createConnection({ ...mariadb.root, database: 'lake' })
  let rows: RowDataPacket[] = []
  for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement)
  await connection.end()
  return rows
}

const opened: Database[] = []
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close()
})

type Tls = 'off' | 'prefer' | 'require'

function client({ tls = 'prefer', writes = false, ca }: { tls?: Tls; writes?: boolean; ca?: string } = {}): Database {
  const configuration = configurationSchema(fawkes.names).parse({ database: { tls }, deadlines: { request: '2s' } })
  const { port } = mariadb.root
  const database = new Database({ tcp: async () => ({ host: '127.0.0.1', port }) }, configuration, () => {}, writes, ca)
  opened.push(database)
  return database
}

const as = (user: string, password = 'right'): Credentials => ({
  user,
  password,
  source: `Secret of ${user}`,
  administrator: async () => root,
})
const row = z.looseObject({ value: z.string().nullable() })
const cipher =
  "SELECT VARIABLE_VALUE AS value FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'"

async function refusal(answer: Promise<unknown>) {
  const error = await answer.then(
    () => expect.unreachable('There was an answer.'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Unmet || error instanceof Blocked)) throw error
  return { verdict: error.constructor.name, ...error.finding }
}

describe('a login', () => {
  it.each([
    ['prefer', 'tls', /./],
    ['prefer', 'plain', /./],
    ['require', 'plain', /./],
    ['off', 'plain', /^$/],
  ] as const)('with database.tls %s as %s is encrypted as far as it should be', async (tls, user, used) => {
    const [found] = await client({ tls }).rows(as(user), row, cipher)
    expect(found?.value ?? '').toMatch(used)
  })

  it('verifies the certificate if an authority is given', async () => {
    expect(await client({ ca: authority }).rows(as('tls'), row, cipher)).toHaveLength(1)
    const { certificate } = await newAuthority()
    expect(await refusal(client({ ca: certificate }).rows(as('tls'), row, cipher))).toMatchObject({
      verdict: 'Blocked',
      object: 'configuration key database.certificateAuthority',
      summary: 'The certificate of MySQL is not signed by the authority in database.certificateAuthority.',
      found: expect.stringContaining('HANDSHAKE_SSL_ERROR'),
    })
  })

  it('to a server that only takes TLS needs no key, whatever name and authority its certificate has', async () => {
    await run('SET GLOBAL require_secure_transport = ON')
    try {
      for (const tls of ['prefer', 'require'] as const)
        expect(await client({ tls }).rows(as('plain'), row, cipher)).toHaveLength(1)
      expect(await client({ tls: 'require', ca: authority }).rows(as('plain'), row, cipher)).toHaveLength(1)
      expect(await refusal(client({ tls: 'off' }).rows(as('plain'), row, cipher))).toMatchObject({
        verdict: 'Blocked',
        object: 'configuration key database.tls',
        summary: 'MySQL admits plain only over TLS, and the connection was not encrypted.',
      })
    } finally {
      const administrator = await createConnection({ ...mariadb.root, ssl: { rejectUnauthorized: false } })
      await administrator.query('SET GLOBAL require_secure_transport = OFF')
      await administrator.end()
    }
  })

  it.each([
    ['off', as('tls'), 'Blocked', 'MySQL admits tls only over TLS, and the connection was not encrypted.'],
    [
      'prefer',
      as('certified'),
      'Blocked',
      'MySQL admits certified only with a client certificate, and the suite has none.',
    ],
    [
      'prefer',
      as('elsewhere'),
      'Blocked',
      'MySQL has no account of elsewhere for the host that the suite connects from.',
    ],
    ['prefer', as('nobody'), 'Blocked', 'MySQL has no account of nobody for the host that the suite connects from.'],
    ['prefer', as('plain', 'wrong'), 'Unmet', 'MySQL does not accept the password of plain.'],
    ['off', as('plain', 'wrong'), 'Unmet', 'MySQL does not accept the password of plain.'],
    ['prefer', as('plain', ''), 'Unmet', 'MySQL does not accept the password of plain, which is empty.'],
    ['prefer', as('locked'), 'Unmet', 'MySQL has locked the account of locked.'],
  ] as const)('with database.tls %s that is refused says why (%#)', async (tls, credentials, verdict, summary) => {
    const finding = await refusal(client({ tls }).rows(credentials, row, 'SELECT 1 AS value'))
    expect(finding).toMatchObject({ verdict, summary })
    if (credentials.user !== 'locked')
      expect(finding.found).toContain('1045 ER_ACCESS_DENIED_ERROR: Access denied for user')
  })

  it('that nobody can explain names every possible cause', async () => {
    const { administrator: _, ...credentials } = as('certified')
    expect((await refusal(client().rows(credentials, row, cipher))).summary).toBe(
      'MySQL does not accept the password of certified, or admits the user only from other hosts or with a client certificate.',
    )
  })

  it('beyond the limit of connections is not a wrong password', async () => {
    const holder = await createConnection({ ...mariadb.root, user: 'limited', password: 'right' })
    const finding = await refusal(client().rows(as('limited'), row, cipher))
    await holder.end()
    expect(finding).toMatchObject({ verdict: 'Unmet', summary: 'MySQL has no connection left for limited.' })
    expect(finding.found).toMatch(/^1226 |^1203 /)
  })
})

const sessions = (user: string) =>
  run(`SELECT id, command, info FROM information_schema.processlist WHERE user = '${user}'`)
const gone = (user: string, deadline: number) =>
  until(async () => ((await sessions(user)).length === 0 ? true : undefined), {
    what: `no session of ${user}`,
    deadline,
  })
const openTransactions = () => run('SELECT trx_id FROM information_schema.innodb_trx')
const lockable = () => run('SET SESSION lock_wait_timeout = 5', 'LOCK TABLES lake.numbers WRITE', 'UNLOCK TABLES')

describe('a session', () => {
  it('leaves no transaction open between questions, and none after an error', async () => {
    const database = client()
    expect(await database.rows(as('plain'), row, 'SELECT n AS value FROM lake.numbers LIMIT 0')).toEqual([])
    expect(await openTransactions()).toEqual([])
    await lockable()
    expect(await refusal(database.rows(as('plain'), row, 'SELECT nothing FROM lake.numbers'))).toMatchObject({
      verdict: 'Unmet',
      summary: 'MySQL does not know a table or column that a statement needs.',
    })
    expect(await openTransactions()).toEqual([])
    await lockable()
    // The session survives the error.
    expect(await sessions('plain')).toHaveLength(1)
    await database.close()
    await gone('plain', 5000)
  })

  it('ends its transactions by COMMIT or ROLLBACK', async () => {
    await run("SET GLOBAL log_output = 'TABLE'", 'SET GLOBAL general_log = ON', 'TRUNCATE mysql.general_log')
    const database = client()
    await database.rows(as('plain'), row, cipher)
    await refusal(database.rows(as('plain'), row, 'SELECT nothing FROM lake.numbers'))
    await database.stream(as('plain'), [{ statement: 'SELECT n FROM numbers', values: [], row: () => {} }])
    const failing = () => {
      throw new Error('of the receiver')
    }
    await expect(
      database.stream(as('plain'), [{ statement: 'SELECT n FROM numbers', values: [], row: failing }]),
    ).rejects.toThrow('of the receiver')
    await database.close()
    await gone('plain', 5000)
    const log = await run(
      "SELECT thread_id AS id, command_type AS command, CONVERT(argument USING utf8mb4) AS argument FROM mysql.general_log WHERE user_host LIKE '%plain%' ORDER BY event_time",
    )
    await run('SET GLOBAL general_log = OFF')
    const ends = log.filter(({ argument }) => /^(COMMIT|ROLLBACK)$/.test(argument)).map(({ argument }) => argument)
    expect(log.filter(({ argument }) => argument.startsWith('START TRANSACTION'))).toHaveLength(4)
    expect(ends).toEqual(['COMMIT', 'ROLLBACK', 'COMMIT', 'ROLLBACK'])
    const connected = log.filter(({ command }) => command === 'Connect').map(({ id }) => id)
    const left = log.filter(({ command }) => command === 'Quit').map(({ id }) => id)
    expect(new Set(left)).toEqual(new Set(connected))
  })

  it('has limits on the server, so that a killed run leaves nothing for long', async () => {
    const database = client()
    const variables = await database.rows(
      as('plain'),
      z.looseObject({ name: z.string(), value: z.string() }),
      `SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM information_schema.SESSION_VARIABLES
       WHERE VARIABLE_NAME IN ('wait_timeout', 'innodb_lock_wait_timeout', 'lock_wait_timeout', 'max_statement_time')`,
    )
    const seconds = Object.fromEntries(variables.map(({ name, value }) => [name, Number(value)]))
    expect(seconds).toEqual({
      wait_timeout: 25,
      innodb_lock_wait_timeout: 2,
      lock_wait_timeout: 2,
      max_statement_time: 2,
    })
  })

  it('ends a statement that takes too long, and keeps the session', async () => {
    const database = client()
    expect(await refusal(database.rows(as('plain'), row, 'SELECT SLEEP(20) AS value'))).toMatchObject({
      verdict: 'Unmet',
      summary: 'MySQL did not answer in time.',
      expected: 'an answer within 2 s',
    })
    expect(await openTransactions()).toEqual([])
    expect(await database.rows(as('plain'), row, cipher)).toHaveLength(1)
  })

  it.each(['idle', 'in a statement'])('of a run that was killed while %s ends', async (when) => {
    const sleeping = when === 'idle' ? 'SELECT 1 AS value' : 'SELECT SLEEP(100) AS value FROM lake.numbers'
    const script = `
      const { Database } = require('./support/platform/database')
      const { configurationSchema } = require('./support/configuration/schema')
      const { fawkes } = require('./support/flavours/fawkes/fawkes')
      const { z } = require('zod')
      const database = new Database({ tcp: async () => ({ host: '127.0.0.1', port: ${mariadb.root.port} }) },
        configurationSchema(fawkes.names).parse({}), () => {}, false)
      const credentials = { user: 'plain', password: 'right', source: 'a test' }
      const asked = database.rows(credentials, z.unknown(), ${JSON.stringify(sleeping)})
      if (${when === 'idle'}) asked.then(() => console.log('asked'))
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-r', 'ts-node/register', '-e', script], {
      cwd: resolve(__dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    if (when === 'idle') await once(child.stdout, 'data')
    else
      await until(async () => (await sessions('plain')).find(({ info }) => String(info).includes('SLEEP(100)')), {
        what: 'the statement runs',
        deadline: 20_000,
      })
    child.kill('SIGKILL')
    await ended
    await gone('plain', 30_000)
    await lockable()
  })
})

describe('an answer that exceeds a bound', () => {
  const beyond = `SELECT a.n AS value FROM lake.numbers a, lake.numbers b`
  it('in rows or bytes ends in a finding that names the bound, and leaves no transaction', async () => {
    const text = z.looseObject({ value: z.unknown() })
    const database = client()
    expect(await refusal(database.rows(as('plain'), text, beyond))).toMatchObject({
      verdict: 'Blocked',
      expected: 'at most 500,000 rows (bound databaseRows)',
    })
    expect(
      await refusal(database.rows(as('plain'), text, `SELECT REPEAT('x', 1000000) AS value FROM lake.numbers`)),
    ).toMatchObject({
      verdict: 'Blocked',
      expected: `at most ${bounds.databaseBytes.most / 1024 / 1024} MB (bound databaseBytes)`,
    })
    expect(await openTransactions()).toEqual([])
    expect(await database.rows(as('plain'), row, cipher)).toHaveLength(1)
  })

  it('does not matter for rows that are not kept', async () => {
    let rows = 0
    await client().stream(as('plain'), [{ statement: beyond, values: [], row: () => rows++ }])
    expect(rows).toBe(1_000_000)
  })
})

describe('many questions', () => {
  it('never interleave in one session, and never run more than six at a time', async () => {
    const database = client()
    const answers = await Promise.all(
      Array.from({ length: 27 }, (_, index) =>
        database.rows(
          as(index % 2 ? 'plain' : 'tls'),
          z.looseObject({ value: z.coerce.number() }),
          `SELECT ${index} AS value`,
        ),
      ),
    )
    expect(answers.flat().map(({ value }) => value)).toEqual(Array.from({ length: 27 }, (_, index) => index))
  })
})
