/** Rules of a table that change or refuse what the service stores: item 6.4. */
import type { Fault } from './fault'

const ruled = (id: string, title: string, broken: string, healed: string, object: string, summary: string): Fault => ({
  id,
  title,
  expects: { failed: ['6.4'], blocked: [] },
  cause: { object, summary },
  apply: async (doors) => {
    await doors.sql('SET SESSION foreign_key_checks = 0', broken)
    return () => doors.sql(healed)
  },
})

export const tableRuleFaults: readonly Fault[] = [
  ruled(
    'trigger-rewrites-rows',
    'A trigger rewrites the environment of new deployments',
    "CREATE TRIGGER acceptance_fault_rules BEFORE UPDATE ON cicd_deployments FOR EACH ROW SET NEW.environment = 'production'",
    'DROP TRIGGER acceptance_fault_rules',
    'trigger cicd_deployments.acceptance_fault_rules',
    'changes what is stored',
  ),
  {
    id: 'event-removes-deployments',
    title: 'An event of the database removes deployments that are older than two months',
    expects: { failed: ['6.4'], blocked: [] },
    cause: { object: 'event acceptance_fault_purge of deployments', summary: 'changes the rows of deployments' },
    apply: async (doors) => {
      await doors.sql(
        'SET GLOBAL event_scheduler = ON',
        `CREATE EVENT acceptance_fault_purge ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 1 YEAR
         DO DELETE FROM deployments WHERE finished_date < UTC_TIMESTAMP() - INTERVAL 60 DAY`,
      )
      return () => doors.sql('DROP EVENT acceptance_fault_purge', 'SET GLOBAL event_scheduler = OFF')
    },
  },
  ruled(
    'foreign-key-refuses-deployments',
    'A foreign key refuses deployments whose commits are not stored yet',
    'ALTER TABLE cicd_deployments ADD CONSTRAINT acceptance_fault_commit FOREIGN KEY (commit_sha) REFERENCES commits (sha)',
    'ALTER TABLE cicd_deployments DROP FOREIGN KEY acceptance_fault_commit',
    'constraint cicd_deployments.acceptance_fault_commit',
    'refuses rows that the service must store',
  ),
  ruled(
    'check-refuses-severities',
    'A check constraint limits the length of severities',
    'ALTER TABLE incidents ADD CONSTRAINT acceptance_fault_severity CHECK (CHAR_LENGTH(severity) < 200)',
    'ALTER TABLE incidents DROP CONSTRAINT acceptance_fault_severity',
    'constraint incidents.acceptance_fault_severity',
    'refuses rows that the service must store',
  ),
  ruled(
    'column-of-another-collation',
    'The column commits.author_id has another collation than the others',
    'ALTER TABLE commits MODIFY author_id varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
    'ALTER TABLE commits MODIFY author_id varchar(255)',
    'column commits.author_id',
    'cannot be compared with the other columns',
  ),
]
