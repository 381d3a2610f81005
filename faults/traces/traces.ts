/** The traces that runs leave in the database and in the log of the service. */
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { parse, stringify } from 'yaml'
import { writeWhole } from '../../sandbox/basis/files'
import { knownPorts } from '../../sandbox/basis/ports'
import { Doors } from '../doors/doors'
import { until } from '../doors/until'

/** A user of the runs alone, so that their sessions differ from those of the service. */
const user = 'acceptance'

/** The label of the records in which runs note what they create. */
const managed = 'app.kubernetes.io/managed-by=dora-acceptance'

/** The longest time in milliseconds that the server may keep the session of a run. */
const longestMs = 30_000

interface Session {
  readonly id: number
  readonly user: string
  readonly state: string | null
  readonly info: string | null
}

/** An entry of the service's log that is neither an error nor a warning. */
const harmless = /level=info /
/** Warnings that the suite asks for: about a request that must be refused, and about an event of a story that must not count. */
const wanted = [
  /level=warning msg="[A-Z]+ \/\S*: 4\d\d /,
  /level=warning msg="\w+ dora-acceptance-\S+ of dora-acceptance-\S+ left out of /,
]

export class Traces {
  private readonly begin = new Date().toISOString()

  private constructor(
    /** The environment for the runs to watch. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly doors: Doors,
    private readonly root: Connection,
    private readonly configuration: string,
  ) {}

  /** Creates the user for the runs, and a configuration that names it. */
  static async watch(environment: Readonly<Record<string, string>>): Promise<Traces> {
    const doors = new Doors(environment)
    const own = doors.vault('fawkes/devlake/db', 'mysql-password')
    const password = doors.vault('fawkes/devlake/db', 'mysql-root-password')
    const port = knownPorts()?.mysql ?? 0
    const root = await createConnection({ host: '127.0.0.1', port, user: 'root', password, database: 'lake' })
    await root.query(`CREATE OR REPLACE USER '${user}'@'%' IDENTIFIED BY '${own}'`)
    await root.query(`GRANT ALL ON lake.* TO '${user}'@'%'`)
    const given = environment.ACCEPTANCE_CONFIG ?? ''
    const known = parse(readFileSync(given, 'utf8')) as { readonly database?: object }
    const configuration = join(dirname(given), 'traces.yaml')
    writeWhole(configuration, stringify({ ...known, database: { ...known.database, user } }))
    return new Traces({ ...environment, ACCEPTANCE_CONFIG: configuration }, doors, root, configuration)
  }

  /** The sessions of runs since the beginning: their ids are higher than that of our own. */
  async sessions(): Promise<readonly Session[]> {
    const [rows] = await this.root.query<(RowDataPacket & Session)[]>(
      'SELECT id, user, state, info FROM information_schema.processlist WHERE user IN (?, ?) AND id > CONNECTION_ID()',
      [user, 'root'],
    )
    return rows
  }

  /** Waits until the database has no session of a run. @throws Error that lists those that it keeps for more than 30 s */
  async untilNoSession(): Promise<void> {
    await until('the last session of a run to end', async () => (await this.sessions()).length === 0, longestMs).catch(
      async (error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(await this.sessions())}`)
      },
    )
  }

  /** Lines of the service's log since the beginning that name a trouble. */
  async troubles(): Promise<readonly string[]> {
    const log = await this.doors.kubectl(['logs', '-n', 'fawkes', 'devlake-lake-0', `--since-time=${this.begin}`])
    return log
      .split('\n')
      .filter((line) => line !== '' && !harmless.test(line) && !wanted.some((one) => one.test(line)))
  }

  /** Keeps everybody else from a table while `act` runs, so that a run that reads it has a transaction open and waits. */
  async whileLocked(table: string | undefined, act: () => Promise<void>): Promise<void> {
    if (table === undefined) return act()
    await this.root.query(`LOCK TABLES ${table} WRITE`)
    try {
      await act()
    } finally {
      await this.root.query('UNLOCK TABLES')
    }
  }

  /** The records of runs that have created something. */
  async records(): Promise<readonly string[]> {
    const names = await this.doors.kubectl(['get', 'configmaps', '-n', 'fawkes', '-l', managed, '-o', 'name'])
    return names.split('\n').filter((name) => name !== '')
  }

  /** Makes the records old, so that the next run takes none of their runs for one in progress and removes what they created. */
  async age(): Promise<void> {
    const startedAt = new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString()
    for (const name of await this.records())
      await this.doors.kubectl([
        'patch',
        name,
        '-n',
        'fawkes',
        '--type=merge',
        '-p',
        JSON.stringify({ data: { startedAt } }),
      ])
  }

  /** Removes the user and the configuration. */
  async end(): Promise<void> {
    rmSync(this.configuration, { force: true })
    await this.root.query(`DROP USER IF EXISTS '${user}'@'%'`)
    await this.root.end()
  }
}
