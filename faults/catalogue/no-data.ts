/** Platforms on which a metric has no sample of its own, while others have some. That blocks its items and fails none. */
import type { Doors } from '../doors/doors'
import type { Fault } from './fault'

const copies = 'acceptance_fault'

/** Changes the rows of each table by a statement. The undo restores the tables from copies in a database of their own. */
const changed =
  (changes: Readonly<Record<string, string>>) =>
  async (doors: Doors): Promise<() => Promise<void>> => {
    const tables = Object.keys(changes)
    await doors.sql(
      `CREATE DATABASE ${copies}`,
      ...tables.map((table) => `CREATE TABLE ${copies}.${table} AS SELECT * FROM ${table}`),
      'START TRANSACTION',
      ...Object.values(changes),
      'COMMIT',
    )
    return () =>
      doors.sql(
        'START TRANSACTION',
        ...tables.flatMap((table) => [`DELETE FROM ${table}`, `INSERT INTO ${table} SELECT * FROM ${copies}.${table}`]),
        'COMMIT',
        `DROP DATABASE ${copies}`,
      )
  }

const ofNobody = "UPDATE incident_scopes SET project_name = CONCAT('of-nobody-', project_name)"

/** Items that tell what the pages show: the same rows are drawn on the dashboards. */
const asDrawn = ['16.2', '16.3']

export const noDataFaults: readonly Fault[] = [
  {
    id: 'incidents-of-no-project',
    title: 'No incident is connected to a project, so that nothing was ever restored',
    expects: { failed: [], blocked: ['9.2', '10.4', '18.5', '21.6'] },
    needs: asDrawn,
    cause: { object: 'database', summary: 'There is no data yet: no sample of the time to restore' },
    apply: changed({ incident_scopes: ofNobody }),
  },
  {
    id: 'deployments-of-short-shas',
    title: 'The deployments name short SHAs, which match no commit',
    expects: { failed: [], blocked: ['9.2', '10.4', '18.3', '21.4'] },
    needs: asDrawn,
    cause: { object: 'database', summary: 'There is no data yet: no sample of the lead time' },
    apply: changed({ deployment_commits: 'UPDATE deployment_commits SET commit_sha = LEFT(commit_sha, 8)' }),
  },
  {
    id: 'no-commit-stored',
    title: 'The service has not stored a single commit',
    expects: { failed: [], blocked: ['9.2', '10.4', '18.3', '21.4'] },
    needs: asDrawn,
    cause: { object: 'database', summary: 'There is no data yet: no sample of the lead time' },
    apply: changed({ commits: 'DELETE FROM commits' }),
  },
  {
    id: 'nothing-failed-and-no-incident-known',
    title: 'No deployment failed and no incident is connected to a project, so that 0 % says nothing',
    expects: { failed: [], blocked: ['9.2', '10.4', '18.4', '18.5', '21.5', '21.6'] },
    needs: asDrawn,
    cause: { object: 'database', summary: 'There is no data yet: no sample of the change failure rate' },
    apply: changed({
      incident_scopes: ofNobody,
      deployments: "UPDATE deployments SET result = REPLACE(result, 'FAILURE', 'ABORTED')",
      cicd_deployments: "UPDATE cicd_deployments SET result = REPLACE(result, 'FAILURE', 'ABORTED')",
    }),
  },
]
