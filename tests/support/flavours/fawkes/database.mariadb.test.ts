/** The tables of the contract `fawkes` on the schema that a service creates, and definitions that differ from it. */
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unmet } from '../../../../support/basis/expectation'
import { expectColumns, expectDatabase, expectIndexes, expectTable } from '../../../../support/checks/database'
import { expectWritable } from '../../../../support/checks/database-writes'
import { configurationSchema } from '../../../../support/configuration/schema'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import type { Platform } from '../../../../support/platform/platform'
import { type DoraService, startService } from '../../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'

let mariadb: MariaDb
let service: DoraService
let platform: Platform

beforeAll(async () => {
  // As MySQL does by default.
  mariadb = await startMariaDb(['--event-scheduler=ON'])
  service = await startService(mariadb.url)
  const { hostname: host, port, username: user, password } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({ contract: 'fawkes', database: { user } })
  const database = new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, true)
  const kubernetes = { namespace: 'fawkes', secret: async () => new Map([['mysql-password', password]]) }
  platform = { configuration, contract: fawkes, database, kubernetes } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await service?.stop()
  await mariadb?.stop()
})

async function run(...statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: mariadb.url, multipleStatements: true })
  for (const statement of statements) await connection.query(statement)
  await connection.end()
}

const tables = ['deployments', 'commits', 'incidents', 'cicd_deployments', 'project_metric_settings', 'dora_benchmarks']

/** Checks everything about a table. */
async function expectAsDocumented(table: string): Promise<void> {
  await expectTable(platform, table)
  await expectColumns(platform, table)
  await expectIndexes(platform, table)
}

describe('a server that lets the service write', () => {
  const asRoot = async (statement: string) => {
    const connection = await createConnection(mariadb.root)
    await connection.query(statement)
    await connection.end()
  }

  it.each(['read_only', 'tx_read_only'])('has the variable %s turned off', async (variable) => {
    await expectWritable(platform)
    await asRoot(`SET GLOBAL ${variable} = ON`)
    const error = await expectWritable(platform).catch((problem: unknown) => problem)
    await asRoot(`SET GLOBAL ${variable} = OFF`)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toHaveProperty(
      'finding.summary',
      `MySQL is read-only, so the service cannot store what it collects: ${variable} = ON.`,
    )
    await expectWritable(platform)
  })

  it('holds a database that is not read-only', async () => {
    const created = "CREATE DATABASE `lake` /*!80016 DEFAULT ENCRYPTION='N' */ /* READ ONLY=1 */"
    const database = {
      rows: async (_: unknown, __: unknown, statement: string) =>
        statement.startsWith('SHOW CREATE') ? [{ 'Create Database': created }] : [],
    }
    const ofMySql = { ...platform, database } as unknown as Platform
    await expect(expectWritable(ofMySql)).rejects.toThrow('The database lake is read-only')
    const outside = { ...platform.configuration.database, host: 'replica.example.org' }
    const configuration = { ...platform.configuration, database: outside }
    await expectWritable({ ...ofMySql, configuration } as unknown as Platform)
  })
})

describe('the documented schema', () => {
  it.each(tables)('has %s with its columns and indexes', async (table) => {
    await expectDatabase(platform)
    await expectAsDocumented(table)
  })

  it.each<[string, string, string, string, string]>([
    [
      'a trigger that changes what is stored',
      'deployments',
      "CREATE TRIGGER rewritten BEFORE INSERT ON deployments FOR EACH ROW SET NEW.environment = 'production'",
      'DROP TRIGGER rewritten',
      'The trigger rewritten of deployments changes what is stored.',
    ],
    [
      'an event that removes old rows',
      'deployments',
      'CREATE EVENT without_old_rows ON SCHEDULE EVERY 1 YEAR STARTS CURRENT_TIMESTAMP + INTERVAL 1 YEAR DO BEGIN delete d from `lake`.`deployments` d WHERE d.finished_date < UTC_TIMESTAMP() - INTERVAL 60 DAY; END',
      'DROP EVENT without_old_rows',
      'The event without_old_rows changes the rows of deployments.',
    ],
    [
      'an event that removes old rows by a procedure',
      'deployments',
      'CREATE PROCEDURE tidy() CALL shorten(60); CREATE PROCEDURE shorten(days INT) DELETE FROM deployments WHERE finished_date < UTC_TIMESTAMP() - INTERVAL days DAY; CREATE EVENT tidied ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 1 YEAR DO CALL tidy()',
      'DROP EVENT tidied; DROP PROCEDURE tidy; DROP PROCEDURE shorten',
      'The event tidied changes the rows of deployments.',
    ],
    [
      'a trigger of another table that changes rows of this one',
      'incidents',
      'CREATE TABLE tickets (id INT); CREATE TRIGGER mirrored AFTER INSERT ON tickets FOR EACH ROW UPDATE incidents SET resolution_date = NULL',
      'DROP TABLE tickets',
      'The trigger mirrored of tickets changes the rows of incidents.',
    ],
    [
      'partitions without a place for every row',
      'commits',
      "ALTER TABLE commits PARTITION BY RANGE COLUMNS (sha) (PARTITION first VALUES LESS THAN ('m'))",
      'ALTER TABLE commits REMOVE PARTITIONING',
      'The partitions of commits refuse rows that the service must store.',
    ],
    [
      'a column that SELECT * leaves out',
      'deployments',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) INVISIBLE DEFAULT NULL',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) DEFAULT NULL',
      'The column deployments.finished_date is invisible, so SELECT * leaves it out.',
    ],
    [
      'a foreign key that refuses deployments before their commits',
      'deployments',
      'ALTER TABLE deployments ADD CONSTRAINT known_commit FOREIGN KEY (commit_sha) REFERENCES commits (sha)',
      'ALTER TABLE deployments DROP FOREIGN KEY known_commit',
      'The foreign key constraint known_commit of deployments refuses rows that the service must store.',
    ],
    [
      'a check that refuses a long word',
      'incidents',
      'ALTER TABLE incidents ADD CONSTRAINT known_severity CHECK (CHAR_LENGTH(severity) < 200)',
      'ALTER TABLE incidents DROP CONSTRAINT known_severity',
      'The check constraint known_severity of incidents refuses rows that the service must store.',
    ],
    [
      'a column of another collation',
      'commits',
      'ALTER TABLE commits MODIFY sha varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL',
      'ALTER TABLE commits MODIFY sha varchar(255) NOT NULL',
      'The column commits.sha has the collation utf8mb4_general_ci, so it cannot be compared with the other columns.',
    ],
    [
      'an index that queries ignore',
      'deployments',
      'ALTER TABLE deployments ALTER INDEX idx_deployments_cfr IGNORED',
      'ALTER TABLE deployments ALTER INDEX idx_deployments_cfr NOT IGNORED',
      'The index idx_deployments_cfr of deployments differs from the documented one.',
    ],
    [
      'a default for what nobody reported',
      'incidents',
      "ALTER TABLE incidents ALTER COLUMN severity SET DEFAULT 'low'",
      'ALTER TABLE incidents ALTER COLUMN severity SET DEFAULT NULL',
      'The column incidents.severity has the default low, which stands in for values that were never reported.',
    ],
    [
      'a default for the end of an event in progress',
      'deployments',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) DEFAULT CURRENT_TIMESTAMP(3)',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) DEFAULT NULL',
      'The column deployments.finished_date has the default current_timestamp(3), which stands in for values that were never reported.',
    ],
    [
      'a time that follows the updates of its row',
      'deployments',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(3)',
      'ALTER TABLE deployments MODIFY finished_date datetime(3) DEFAULT NULL',
      'The column deployments.finished_date is set to the current time whenever its row is updated.',
    ],
    [
      'a default for the time of a commit',
      'commits',
      'ALTER TABLE commits MODIFY authored_date datetime(3) DEFAULT CURRENT_TIMESTAMP(3)',
      'ALTER TABLE commits MODIFY authored_date datetime(3) DEFAULT NULL',
      'The column commits.authored_date has the default current_timestamp(3), which stands in for values that were never reported.',
    ],
    [
      'NOT NULL for the end of an event in progress',
      'incidents',
      'UPDATE incidents SET resolution_date = created_date WHERE resolution_date IS NULL; ALTER TABLE incidents MODIFY resolution_date datetime(3) NOT NULL',
      'ALTER TABLE incidents MODIFY resolution_date datetime(3) DEFAULT NULL',
      'The column incidents.resolution_date does not allow NULL.',
    ],
    [
      'a generated column',
      'deployments',
      "ALTER TABLE deployments MODIFY result varchar(255) AS ('SUCCESS') STORED",
      'ALTER TABLE deployments MODIFY result varchar(255) DEFAULT NULL',
      'The column deployments.result is generated, so the service cannot write it.',
    ],
    [
      'a character set that cannot store every text',
      'commits',
      'ALTER TABLE commits MODIFY message mediumtext CHARACTER SET latin1',
      'ALTER TABLE commits MODIFY message mediumtext',
      'The column commits.message has the character set latin1.',
    ],
    [
      'rows without a number',
      'project_metric_settings',
      'ALTER TABLE project_metric_settings MODIFY id bigint NOT NULL',
      'ALTER TABLE project_metric_settings MODIFY id bigint NOT NULL AUTO_INCREMENT',
      'The column project_metric_settings.id does not count up by itself.',
    ],
    [
      'an engine without transactions',
      'commits',
      'ALTER TABLE commits ENGINE = Aria',
      'ALTER TABLE commits ENGINE = InnoDB',
      'The table commits has the engine Aria, which undoes no failed transaction.',
    ],
    [
      'another primary key',
      'commits',
      'ALTER TABLE commits DROP PRIMARY KEY, ADD PRIMARY KEY (sha, created_at)',
      'ALTER TABLE commits DROP PRIMARY KEY, ADD PRIMARY KEY (sha)',
      'The index PRIMARY of commits differs from the documented one.',
    ],
    [
      'a unique index in place of a plain one',
      'deployments',
      'DROP INDEX idx_deployments_leadtime ON deployments; CREATE UNIQUE INDEX idx_deployments_leadtime ON deployments (commit_sha, finished_date)',
      'DROP INDEX idx_deployments_leadtime ON deployments; CREATE INDEX idx_deployments_leadtime ON deployments (commit_sha, finished_date)',
      'The index idx_deployments_leadtime of deployments is unique, so the table refuses rows that the service must store.',
    ],
    [
      'a plain index in place of a unique one',
      'dora_benchmarks',
      'DROP INDEX uk_metric_level ON dora_benchmarks; CREATE INDEX uk_metric_level ON dora_benchmarks (metric_name, performance_level)',
      'DROP INDEX uk_metric_level ON dora_benchmarks; CREATE UNIQUE INDEX uk_metric_level ON dora_benchmarks (metric_name, performance_level)',
      'The table dora_benchmarks has no unique index on metric_name, performance_level.',
    ],
  ])('differs by %s', async (_, table, breaking, healing, summary) => {
    await run(breaking)
    const error = await expectAsDocumented(table).catch((problem: unknown) => problem)
    await run(healing)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toHaveProperty('finding.summary', summary)
    await expectAsDocumented(table)
  })

  it.each([
    'INSERT INTO summaries SELECT COUNT(*) FROM deployments',
    'DELETE FROM deployments_of_last_year',
    'UPDATE summaries SET deployments = 1',
    'DELETE FROM archive.deployments',
    'INSERT INTO `archive` . `deployments` SELECT * FROM lake.deployments',
  ])('accepts an event that changes no row of a documented table: %s', async (statement) => {
    await run(`CREATE EVENT harmless ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 1 YEAR DO ${statement}`)
    await expectColumns(platform, 'deployments')
    await run('DROP EVENT harmless')
  })

  it.each([
    "RANGE COLUMNS (sha) (PARTITION first VALUES LESS THAN ('m'), PARTITION others VALUES LESS THAN MAXVALUE)",
    'KEY (sha) PARTITIONS 4',
  ])('accepts partitions that hold every row: %s', async (partitions) => {
    await run(`ALTER TABLE commits PARTITION BY ${partitions}`)
    await expectAsDocumented('commits')
    await run('ALTER TABLE commits REMOVE PARTITIONING')
  })

  it('accepts a unique index that refuses no more than the primary key', async () => {
    await run('CREATE UNIQUE INDEX harmless ON commits (sha, author_id)')
    await expectIndexes(platform, 'commits')
    await run('DROP INDEX harmless ON commits')
  })
})
