/** The known traps of stock DevLake are found in the recorded rows, with requests that DevLake accepts. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../../../support/basis/finding'
import { requestTo } from '../../../../../support/flavours/devlake/oracle/requests'
import {
  closedWithoutResolution,
  failuresCountedAsSuccess,
  miswrittenDeployments,
  uncollectedProjects,
} from '../../../../../support/flavours/devlake/oracle/traps'
import { administrationTables } from '../../../../../support/flavours/devlake/rows/administration'
import { at, deployment, lakeOf } from '../../../../fixtures/devlake/lake'
import { recordedAdministration as recorded, recordedLake } from '../../../../fixtures/devlake/recording'

const lake = 'http://localhost:8080'
const now = at('2026-11-23T16:00:00Z')

const summaries = (findings: readonly Finding[]) => findings.map(({ summary }) => summary)

/** The request body in a command. */
const bodyOf = (command = '') => JSON.parse(/ -d '(.*)'$/s.exec(command)?.[1] ?? 'null')

describe('a failed deployment whose commits have no result', () => {
  const findings = failuresCountedAsSuccess(recordedLake, recorded, lake)

  it('is found; deployments that are counted correctly are not', () => {
    expect(findings.map(({ object }) => object)).toEqual(['deployment acc-p2-d3 of webhook:4'])
    expect(findings[0]).toMatchObject({
      summary: 'The deployment acc-p2-d3 ended with FAILURE but is counted as a success.',
      found: expect.stringContaining('SUCCESS for cccccccccccccccccccccccccccccccccccccccc'),
    })
  })

  it('is corrected by the same deployment with a result for each commit', () => {
    const [command] = findings[0]?.remedy ?? []
    expect(command).toMatch(/^curl -X POST 'http:\/\/localhost:8080\/plugins\/webhook\/connections\/4\/deployments' /)
    expect(bodyOf(command)).toEqual({
      id: 'acc-p2-d3',
      result: 'FAILURE',
      environment: 'PRODUCTION',
      startedDate: '2026-11-21T02:00:00.000Z',
      finishedDate: '2026-11-21T02:10:00.000Z',
      deploymentCommits: [
        {
          repoUrl: 'https://git.example/acc/p2',
          commitSha: 'cccccccccccccccccccccccccccccccccccccccc',
          result: 'FAILURE',
          startedDate: '2026-11-21T02:00:00.000Z',
          finishedDate: '2026-11-21T02:10:00.000Z',
        },
      ],
    })
  })

  it('from another source than a webhook is corrected in that source', () => {
    const scope = 'github:GithubRepo:1:2'
    const elsewhere = <T extends { scope: string }>(rows: readonly T[]) => rows.map((row) => ({ ...row, scope }))
    const [finding] = failuresCountedAsSuccess(
      { deploymentCommits: elsewhere(recordedLake.deploymentCommits) },
      { deployments: elsewhere(recorded.deployments).filter(({ id }) => id === 'acc-p2-d3') },
      lake,
    )
    expect(finding?.remedy).toEqual([`# in the source of ${scope}: correct the result of acc-p2-d3 and of its jobs`])
  })
})

describe('an incident that was only closed', () => {
  const findings = closedWithoutResolution(recorded, lake)

  it('is found; incidents that are open or have a resolution are not', () => {
    expect(summaries(findings)).toEqual(['The incident PROBE-1 is closed but has no resolution date.'])
  })

  it('is corrected by the incident with its resolution', () => {
    const [command] = findings[0]?.remedy ?? []
    expect(command).toMatch(/^curl -X POST 'http:\/\/localhost:8080\/plugins\/webhook\/connections\/1\/issues' /)
    expect(bodyOf(command)).toMatchObject({
      issueKey: 'PROBE-1',
      title: 'probe',
      type: 'INCIDENT',
      status: 'DONE',
      createdDate: '2026-01-01T00:00:00.000Z',
    })
  })
})

describe('a project without numbers', () => {
  it('is found for its missing metric, and for its missing collection', () => {
    expect(summaries(uncollectedProjects(recorded, lake, now))).toEqual([
      'The project ACC-P1 does not compute DORA metrics.',
      'The project ACC-P1 was never collected.',
      'The project acc / slash does not compute DORA metrics.',
      'The project acc / slash was never collected.',
      'The project acc-p3 was never collected.',
    ])
  })

  it('gets the metric in addition to its own, and keeps its description', () => {
    const metricSettings = [{ project: 'acc / slash', plugin: 'issue_trace', enabled: true }]
    const [finding] = uncollectedProjects(
      { ...recorded, projects: [{ name: 'acc / slash', description: 'kept' }], metricSettings },
      lake,
      now,
    )
    expect(finding?.remedy[0]).toContain("'http://localhost:8080/projects/acc%20%2F%20slash'")
    expect(bodyOf(finding?.remedy[0])).toEqual({
      name: 'acc / slash',
      description: 'kept',
      metrics: [
        { pluginName: 'issue_trace', pluginOption: {}, enable: true },
        { pluginName: 'dora', pluginOption: {}, enable: true },
      ],
    })
  })

  it('is not a project whose other metric is disabled', () => {
    const metricSettings = recorded.metricSettings.map((setting) => ({ ...setting, enabled: false }))
    expect(summaries(uncollectedProjects({ ...recorded, metricSettings }, lake, now))).toContain(
      'The project acc-p1 does not compute DORA metrics.',
    )
  })

  it('counts a partial pipeline as a collection, and names the outcome of any other', () => {
    const ended = (status: string) =>
      uncollectedProjects(
        {
          ...recorded,
          projects: recorded.projects.filter(({ name }) => name === 'acc-p3'),
          pipelines: [{ id: 30, blueprint: '6', status, message: '', finishedAt: null }],
        },
        lake,
        now,
      ).map(({ found }) => found)
    expect(ended('TASK_PARTIAL')).toEqual([])
    expect(ended('TASK_FAILED')).toEqual(['TASK_FAILED; its blueprint runs on request only'])
  })

  it('is not a new project before the first time of its schedule', () => {
    const young = (createdAt: string, pipelines: typeof recorded.pipelines = []) =>
      uncollectedProjects(
        {
          ...recorded,
          projects: recorded.projects.filter(({ name }) => name === 'acc-p3'),
          blueprints: [{ id: '6', project: 'acc-p3', enabled: true, schedule: '0 0 * * *', createdAt: at(createdAt) }],
          pipelines,
        },
        lake,
        now,
      )
    expect(young('2026-11-23T15:00:00Z')).toEqual([])
    const running = { id: 30, blueprint: '6', status: 'TASK_RUNNING', message: '', finishedAt: null }
    expect(young('2026-11-23T15:00:00Z', [running])).toEqual([])
    expect(summaries(young('2026-11-20T15:00:00Z'))).toEqual(['The project acc-p3 was never collected.'])
  })

  it('is connected first if its blueprint has no connection', () => {
    const remedyOf = (project: string) =>
      uncollectedProjects(recorded, lake, now).find(
        ({ object, found }) => object === project && found === 'no pipeline; its blueprint runs on request only',
      )?.remedy
    expect(remedyOf('project ACC-P1')?.[2]).toBe(
      `curl -X PATCH 'http://localhost:8080/blueprints/2' -H 'content-type: application/json' -d '{"connections":[{"pluginName":"webhook","connectionId":ID,"scopes":[]}]}'`,
    )
    expect(remedyOf('project acc-p3')?.[0]).toBe("curl -X POST 'http://localhost:8080/blueprints/6/trigger'")
  })
})

describe('a result in lower case', () => {
  const written = (result: string, environment: string) =>
    miswrittenDeployments(
      lakeOf([], deployment('d1', '2026-11-20T10:00:00Z', { project: 'webhook:7', result, environment })),
      lake,
    )

  it.each([
    ['success', 'PRODUCTION'],
    ['Success', 'PRODUCTION'],
    ['SUCCESS', 'production'],
  ])('is found: %s in %s', (result, environment) => {
    const [finding] = written(result, environment)
    expect(finding).toMatchObject({
      summary: '1 successful deployment of webhook:7 is counted nowhere, because of lower-case letters.',
      object: 'scope webhook:7',
      found: `${result} in ${environment}: d1`,
    })
    expect(bodyOf(finding?.remedy[1])).toMatchObject({
      id: 'd1',
      result: 'SUCCESS',
      environment: 'PRODUCTION',
      deploymentCommits: [{ commitSha: 'commit-of-d1', result: 'SUCCESS' }],
    })
  })

  it.each([
    ['SUCCESS', 'PRODUCTION'],
    ['failure', 'PRODUCTION'],
    ['success', 'TESTING'],
  ])('is not found where nothing would be counted or everything is: %s in %s', (result, environment) => {
    expect(written(result, environment)).toEqual([])
  })
})

describe('a command', () => {
  it('quotes any name for the shell', () => {
    const name = `it's $(id) "quoted" \`and\` more; rm`
    const command = requestTo(lake, 'POST', '/projects', { name })
    const shown = execFileSync('sh', ['-c', command.replace(/^curl/, 'printf "%s\\n"')], { encoding: 'utf8' })
    expect(JSON.parse(shown.trimEnd().split('\n').at(-1) ?? '')).toEqual({ name })
  })

  it('contains the times of rows in UTC, from dates and from texts', () => {
    const row = (time: unknown) =>
      administrationTables.deployments.row.parse({
        id: 'd1',
        cicd_scope_id: null,
        result: null,
        environment: 'PRODUCTION',
        started_date: null,
        finished_date: time,
      })
    expect(row('2026-03-01 09:00:00.250').finishedAt).toBe(at('2026-03-01T09:00:00.250Z'))
    expect(row(new Date('2026-03-01T09:00:00.250Z')).finishedAt).toBe(at('2026-03-01T09:00:00.250Z'))
    expect(row(null)).toMatchObject({ scope: '', result: '', finishedAt: null })
  })
})
