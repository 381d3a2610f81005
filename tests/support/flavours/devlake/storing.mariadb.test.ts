/** The storing lake of the tests stores the same rows as a real lake. */
import { describe, expect, it } from 'vitest'
import { recordedRows } from '../../../fixtures/devlake/recording'
import { exchangeOf } from '../../../fixtures/devlake/replay'
import { rowsOfCollection, rowsOfDeployment } from '../../../fixtures/devlake/storing'

const recorded = (table: string, isMeant: (row: Readonly<Record<string, unknown>>) => boolean) =>
  (recordedRows.get(table) ?? []).filter(isMeant)

describe('the rows', () => {
  it.each(['deploy-success-01', 'deploy-failure'])('hold the recorded event %s', (name) => {
    const { path, body } = exchangeOf(name).request
    const { cicd_deployments, cicd_deployment_commits } = rowsOfDeployment(
      /connections\/(\d+)/.exec(path)?.[1] ?? '',
      body,
    )
    const [deployment] = cicd_deployments ?? []
    expect(cicd_deployments).toEqual(recorded('cicd_deployments', ({ id }) => id === deployment?.id))
    expect(cicd_deployment_commits).toEqual(
      recorded('cicd_deployment_commits', (row) => row.cicd_deployment_id === deployment?.id),
    )
    expect(cicd_deployment_commits).toHaveLength(1)
  })

  it('hold the recorded collection', () => {
    const { project_mapping } = rowsOfCollection('acc-p1', '3')
    expect(project_mapping).toEqual(recorded('project_mapping', (row) => row.project_name === 'acc-p1'))
  })
})
