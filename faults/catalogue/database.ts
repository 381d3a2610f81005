/** Faults of the database: section 6 of the checklist. */
import type { Doors } from '../doors/doors'
import { base64, inService, provenByEvents, provenBySettings, provenOnSurfaces } from './breaking'
import type { Fault } from './fault'

/** Breaks the schema with some statements and repairs it with others. */
const schema = (broken: readonly string[], healed: readonly string[]) => async (doors: Doors) => {
  await doors.sql(...broken)
  return () => doors.sql(...healed)
}

/** The columns of some indexes, by table and index name. */
const indexes = {
  deployments: {
    idx_cicd_scope_id: 'cicd_scope_id',
    idx_deployments_frequency: 'cicd_scope_id, environment, result, finished_date',
    idx_deployments_cfr: 'cicd_scope_id, environment, result',
  },
  commits: { idx_authored_date: 'authored_date', idx_author_id: 'author_id' },
  incidents: { idx_created_date: 'created_date', idx_incidents_mttr: 'severity, created_date, resolution_date' },
  cicd_deployments: { idx_commit_sha: 'commit_sha', idx_environment: 'environment' },
  project_metric_settings: { uk_project_plugin: 'project_name, plugin_name' },
  dora_benchmarks: { uk_metric_level: 'metric_name, performance_level' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

const everyTable = Object.keys(indexes)

export const databaseFaults: readonly Fault[] = [
  {
    id: 'database-password-wrong',
    title: 'The password in devlake-db is not that of the database',
    expects: {
      failed: ['6.1'],
      blocked: ['6.2', '6.3', '6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces],
    },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-password',
      summary: 'does not accept the password of merico',
    },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-db'), { data: { 'mysql-password': base64('not-the-password') } }),
  },
  {
    id: 'root-password-wrong',
    title: 'The root password in devlake-db is not that of the database',
    expects: { failed: ['6.1'], blocked: [] },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-root-password',
      summary: 'does not accept the password of root',
    },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-db'), { data: { 'mysql-root-password': base64('not-the-password') } }),
  },
  {
    id: 'character-set-wrong',
    title: 'The database has a character set that cannot store every text',
    expects: { failed: ['6.2'], blocked: ['6.3'] },
    cause: { object: 'database lake', summary: 'has the character set latin1' },
    apply: schema(
      ['ALTER DATABASE lake CHARACTER SET latin1'],
      ['ALTER DATABASE lake CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'],
    ),
  },
  {
    id: 'table-dropped',
    title: 'The table dora_benchmarks was dropped',
    expects: { failed: ['6.3'], blocked: ['6.4', '6.5'] },
    cause: { object: 'table dora_benchmarks', summary: 'does not exist' },
    apply: schema(
      ['RENAME TABLE dora_benchmarks TO dora_benchmarks_gone'],
      ['RENAME TABLE dora_benchmarks_gone TO dora_benchmarks'],
    ),
  },
  {
    id: 'column-missing',
    title: 'The column commits.dev_eq is missing',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column commits.dev_eq', summary: 'is missing' },
    apply: schema(
      ['ALTER TABLE commits DROP COLUMN dev_eq'],
      ['ALTER TABLE commits ADD COLUMN dev_eq int AFTER deletions'],
    ),
  },
  {
    id: 'column-extra',
    title: 'The table incidents has an undocumented column',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column incidents.mood', summary: 'is not documented' },
    apply: schema(['ALTER TABLE incidents ADD COLUMN mood varchar(10)'], ['ALTER TABLE incidents DROP COLUMN mood']),
  },
  {
    id: 'column-type-changed',
    title: 'The column incidents.description can store less text',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column incidents.description', summary: 'has the wrong type' },
    apply: schema(
      ['ALTER TABLE incidents MODIFY description text'],
      ['ALTER TABLE incidents MODIFY description mediumtext'],
    ),
  },
  {
    id: 'column-not-nullable',
    title: 'The column cicd_deployments.finished_date no longer allows NULL',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column cicd_deployments.finished_date', summary: 'does not allow NULL' },
    apply: schema(
      [
        'UPDATE cicd_deployments SET finished_date = created_at WHERE finished_date IS NULL',
        'ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NOT NULL',
      ],
      ['ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NULL'],
    ),
  },
  {
    id: 'column-follows-updates',
    title: 'The finish of a deployment becomes the current time when its row is updated',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column cicd_deployments.finished_date', summary: 'is set to the current time' },
    apply: schema(
      ['ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NULL ON UPDATE CURRENT_TIMESTAMP(3)'],
      ['ALTER TABLE cicd_deployments MODIFY finished_date datetime(3) NULL'],
    ),
  },
  {
    id: 'column-default-invented',
    title: 'The column incidents.severity has a default',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column incidents.severity', summary: 'has the default low' },
    apply: schema(
      ["ALTER TABLE incidents ALTER COLUMN severity SET DEFAULT 'low'"],
      ['ALTER TABLE incidents ALTER COLUMN severity SET DEFAULT NULL'],
    ),
  },
  {
    id: 'column-character-set-wrong',
    title: 'The column commits.message cannot store every text',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column commits.message', summary: 'has the character set utf8mb3' },
    apply: schema(
      ['ALTER TABLE commits MODIFY message mediumtext CHARACTER SET utf8mb3'],
      ['ALTER TABLE commits MODIFY message mediumtext'],
    ),
  },
  {
    id: 'table-engine-wrong',
    title: 'The table commits has an engine without transactions',
    expects: { failed: ['6.3'], blocked: ['6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces] },
    cause: { object: 'table commits', summary: 'has the engine Aria' },
    apply: schema(['ALTER TABLE commits ENGINE = Aria'], ['ALTER TABLE commits ENGINE = InnoDB']),
  },
  {
    id: 'index-unique-by-mistake',
    title: 'A unique index limits the rows of cicd_deployments',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index cicd_deployments.idx_once', summary: 'is unique' },
    apply: schema(
      ['CREATE UNIQUE INDEX idx_once ON cicd_deployments (url, finished_date, created_at)'],
      ['DROP INDEX idx_once ON cicd_deployments'],
    ),
  },
  {
    id: 'index-dropped',
    title: 'The index idx_deployments_cfr was dropped',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'is missing' },
    apply: schema(
      ['DROP INDEX idx_deployments_cfr ON deployments'],
      ['CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)'],
    ),
  },
  {
    id: 'index-reordered',
    title: 'The columns of the index idx_deployments_cfr are in the wrong order',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'has its columns in the wrong order' },
    apply: schema(
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (result, environment, cicd_scope_id)',
      ],
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)',
      ],
    ),
  },
  {
    id: 'index-ignored',
    title: 'The index idx_deployments_cfr exists, but queries ignore it',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'differs from the documented one' },
    apply: schema(
      ['ALTER TABLE deployments ALTER INDEX idx_deployments_cfr IGNORED'],
      ['ALTER TABLE deployments ALTER INDEX idx_deployments_cfr NOT IGNORED'],
    ),
  },
  {
    id: 'index-over-prefixes',
    title: 'The index idx_deployments_cfr covers only the first character of each column',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index deployments.idx_deployments_cfr', summary: 'differs from the documented one' },
    apply: schema(
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id(1), environment(1), result(1))',
      ],
      [
        'DROP INDEX idx_deployments_cfr ON deployments',
        'CREATE INDEX idx_deployments_cfr ON deployments (cicd_scope_id, environment, result)',
      ],
    ),
  },
  {
    id: 'database-password-with-line-break',
    title: 'The password in devlake-db ends with a line break, as echo writes it',
    expects: {
      failed: ['6.1'],
      blocked: ['6.2', '6.3', '6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces],
    },
    cause: {
      object: 'Secret fawkes/devlake-db, key mysql-password',
      summary: 'does not accept the password of merico, which ends with a line break',
    },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-db'), {
        data: { 'mysql-password': base64(`${doors.vault('fawkes/devlake/db', 'mysql-password')}\n`) },
      }),
  },
  {
    id: 'tables-of-another-character-set',
    title: 'The tables were created by a client with the character set latin1',
    expects: { failed: ['6.3'], blocked: ['6.4', '6.5', ...provenBySettings, ...provenByEvents, ...provenOnSurfaces] },
    cause: { object: 'table deployments', summary: 'has the collation latin1_bin' },
    apply: schema(
      everyTable.map((table) => `ALTER TABLE ${table} DEFAULT CHARACTER SET latin1 COLLATE latin1_bin`),
      everyTable.map((table) => `ALTER TABLE ${table} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`),
    ),
  },
  {
    id: 'schema-of-an-older-version',
    title: 'The last schema migration has not run: number and name columns are smaller',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'column deployments.duration_sec', summary: 'has the wrong type' },
    apply: schema(
      [
        'ALTER TABLE deployments MODIFY duration_sec int',
        'ALTER TABLE project_metric_settings MODIFY plugin_name varchar(100) NOT NULL',
        'ALTER TABLE dora_benchmarks MODIFY min_value float',
      ],
      [
        'ALTER TABLE deployments MODIFY duration_sec bigint',
        'ALTER TABLE project_metric_settings MODIFY plugin_name varchar(255) NOT NULL',
        'ALTER TABLE dora_benchmarks MODIFY min_value decimal(10,2)',
      ],
    ),
  },
  {
    id: 'restored-without-indexes',
    title: 'The tables were restored from a backup without their indexes',
    expects: { failed: ['6.5'], blocked: [] },
    cause: { object: 'index of deployments on (cicd_scope_id)', summary: 'has no index on' },
    apply: schema(
      Object.entries(indexes).map(
        ([table, kept]) =>
          `ALTER TABLE ${table} ${Object.keys(kept)
            .map((name) => `DROP INDEX ${name}`)
            .join(', ')}`,
      ),
      Object.entries(indexes).map(
        ([table, kept]) =>
          `ALTER TABLE ${table} ${Object.entries(kept)
            .map(([name, columns]) => `ADD ${name.startsWith('uk_') ? 'UNIQUE ' : ''}INDEX ${name} (${columns})`)
            .join(', ')}`,
      ),
    ),
  },
]
