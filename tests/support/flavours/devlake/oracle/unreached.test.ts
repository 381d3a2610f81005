/** Deployments and incidents that belong to no project are found, unless what they came from is gone. */
import { describe, expect, it } from 'vitest'
import { unreachedDeployments, unreachedIncidents } from '../../../../../support/flavours/devlake/oracle/unreached'
import { at, deployment, incident, lakeOf } from '../../../../fixtures/devlake/lake'
import { recordedAdministration as recorded, recordedLake } from '../../../../fixtures/devlake/recording'

const lake = 'http://localhost:8080'
const now = at('2026-11-23T16:00:00Z')

/** The request body in a command. */
const bodyOf = (command = '') => JSON.parse(/ -d '(.*)'$/s.exec(command)?.[1] ?? 'null')

describe('deployments of a webhook without a project', () => {
  it('are found by their scope; deployments to testing are not', () => {
    expect(unreachedDeployments(recordedLake, recorded, lake, now)).toEqual([
      expect.objectContaining({
        summary: 'The deployments of webhook:5 belong to no project.',
        object: 'scope webhook:5',
        found: 'no project, but 1 deployment to production: acc-p3-d1',
      }),
    ])
  })

  it('get their project by a collection if a blueprint has the connection', () => {
    const [finding] = unreachedDeployments(recordedLake, recorded, lake, now)
    expect(finding?.remedy[0]).toBe("curl -X POST 'http://localhost:8080/blueprints/6/trigger'")
  })

  it('get their project by connecting a blueprint if none has the connection, or lose the connection', () => {
    const [finding] = unreachedDeployments(recordedLake, { ...recorded, blueprintConnections: [] }, lake, now)
    expect(finding?.remedy[1]).toBe("curl -X GET 'http://localhost:8080/blueprints'")
    expect(bodyOf(finding?.remedy[3])).toEqual({
      connections: [{ pluginName: 'webhook', connectionId: 5, scopes: [] }],
    })
    expect(finding?.remedy.at(-1)).toBe("curl -X DELETE 'http://localhost:8080/plugins/webhook/connections/5'")
  })

  it('are history once their connection was deleted, as with its project', () => {
    const webhooks = recorded.webhooks.filter(({ id }) => id !== '5')
    expect(unreachedDeployments(recordedLake, { ...recorded, webhooks, blueprintConnections: [] }, lake, now)).toEqual(
      [],
    )
  })
})

describe('deployments of a data scope without a project', () => {
  const rows = lakeOf([], deployment('d1', '2026-11-01T09:00:00Z', { project: 'github:GithubRepo:1:42' }))
  const collecting = (scope: string) => ({
    ...recorded,
    blueprintScopes: [{ blueprint: '6', plugin: 'github', connection: '1', scope }],
  })

  it('are found while a blueprint collects the scope', () => {
    const [finding] = unreachedDeployments(rows, collecting('42'), lake, now)
    expect(finding).toMatchObject({ summary: 'The deployments of github:GithubRepo:1:42 belong to no project.' })
    expect(finding?.remedy[0]).toBe("curl -X POST 'http://localhost:8080/blueprints/6/trigger'")
  })

  it('are history after the scope was removed from its project', () => {
    for (const other of ['2', '142']) expect(unreachedDeployments(rows, collecting(other), lake, now)).toEqual([])
    expect(unreachedDeployments(rows, recorded, lake, now)).toEqual([])
  })
})

describe('incidents of a board without a project', () => {
  const board = 'jira:JiraBoard:2:8'
  const rows = lakeOf(['shop'], incident('i1', '2026-11-01T09:00:00Z', null, board))
  const blueprintScopes = [{ blueprint: '6', plugin: 'jira', connection: '2', scope: '8' }]

  it('are found; those of a board that is mapped are not', () => {
    expect(unreachedIncidents(rows, { ...recorded, blueprintScopes }, lake, now)).toMatchObject([
      { summary: `The incidents of ${board} belong to no project.`, found: 'no project, but 1 incident: i1' },
    ])
    const mappings = [{ project: 'acc-p3', kind: 'boards', scope: board }]
    expect(unreachedIncidents({ ...rows, mappings }, { ...recorded, blueprintScopes }, lake, now)).toEqual([])
  })

  it('are not reached by a mapping of the same id as another kind of scope', () => {
    const mappings = [{ project: 'acc-p3', kind: 'cicd_scopes', scope: board }]
    expect(unreachedIncidents({ ...rows, mappings }, { ...recorded, blueprintScopes }, lake, now)).toHaveLength(1)
  })

  it('of a webhook are found in the recorded rows', () => {
    expect(unreachedIncidents(recordedLake, recorded, lake, now)).toMatchObject([
      { object: 'scope webhook:1', found: 'no project, but 1 incident: webhook:1:PROBE-1' },
    ])
  })
})
