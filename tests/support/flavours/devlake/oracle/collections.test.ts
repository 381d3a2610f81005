/** The collections of a stock DevLake: failed and late ones are findings, rows that wait for one are left out and listed. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  collectedUntil,
  failedCollections,
  lateRows,
  reasonIn,
  waitingInWords,
} from '../../../../../support/flavours/devlake/oracle/collections'
import { dashboardOf } from '../../../../../support/flavours/devlake/oracle/dashboard'
import { devlake2021, devlake2023 } from '../../../../../support/flavours/devlake/oracle/definitions'
import { unreachedDeployments } from '../../../../../support/flavours/devlake/oracle/unreached'
import type { Administration } from '../../../../../support/flavours/devlake/rows/administration'
import { at, deployment, diff, incident, lakeOf, pullRequest } from '../../../../fixtures/devlake/lake'
import { exchangeOf } from '../../../../fixtures/devlake/replay'

const recordedPipeline = (name: string) =>
  z.looseObject({ status: z.string(), message: z.string() }).parse(exchangeOf(name).response.body)

const lake = 'http://localhost:8080'
const now = at('2026-11-28T18:00:00Z')
const minute = 60_000
const day = 24 * 60 * minute

type Pipeline = Administration['pipelines'][number]

const pipeline = (id: number, status: string, finished: string | null, message = ''): Pipeline => ({
  id,
  blueprint: '3',
  status,
  message,
  finishedAt: finished === null ? null : at(finished),
})

const administrationOf = (pipelines: readonly Pipeline[], schedule: string | null = '0 0 * * *') => ({
  projects: [{ name: 'shop', description: '' }],
  blueprints: [{ id: '3', project: 'shop', enabled: true, schedule, createdAt: at('2026-01-01T00:00:00Z') }],
  blueprintConnections: [{ blueprint: '3', plugin: 'webhook', connection: '7' }],
  blueprintScopes: [],
  webhooks: [{ id: '7' }],
  pipelines,
  failedTasks: [] as Administration['failedTasks'],
})

const judged = (...given: Parameters<typeof administrationOf>) =>
  failedCollections(administrationOf(...given), lake, now)

describe('the last collection of a project', () => {
  const complete = pipeline(1, 'TASK_COMPLETED', '2026-11-28T00:05:00Z')

  it('is accepted if it completed at the last time of the schedule, whatever ended before', () => {
    expect(judged([pipeline(0, 'TASK_FAILED', '2026-11-27T00:05:00Z'), complete])).toEqual([])
  })

  it('may have a successor that is still running', () => {
    expect(judged([complete, pipeline(2, 'TASK_RUNNING', null)])).toEqual([])
  })

  it.each(['TASK_FAILED', 'TASK_PARTIAL', 'TASK_CANCELLED'])(
    'is a finding with %s and the message of its task',
    (status) => {
      const message = 'subtask collectApiPullRequests ended unexpectedly: 401\nWraps: (2) more'
      const [finding, ...others] = judged([complete, pipeline(2, status, '2026-11-28T12:00:00Z', message)])
      expect(others).toEqual([])
      expect(finding).toMatchObject({
        summary: `The last collection of shop ended with ${status}.`,
        object: 'project shop',
        found: `pipeline 2: ${status}, subtask collectApiPullRequests ended unexpectedly: 401: more; the last complete one ended at 2026-11-28T00:05:00.000Z`,
      })
      expect(finding?.remedy.join('\n')).toContain("curl -X POST 'http://localhost:8080/blueprints/3/trigger'")
    },
  )

  it.each<[string, Partial<Administration['blueprints'][number]>, string[], string[]]>([
    [
      'is enabled first if it is disabled',
      { enabled: false, schedule: null },
      [],
      [
        '# the blueprint is disabled, so enable it:',
        `curl -X PATCH 'http://localhost:8080/blueprints/3' -H 'content-type: application/json' -d '{"enable":true}'`,
      ],
    ],
    [
      'waits for its pipeline that has not ended',
      {},
      ['TASK_RUNNING'],
      [
        '# its pipeline 3 is TASK_RUNNING, and no other can start before it ends. To cancel it:',
        "curl -X DELETE 'http://localhost:8080/pipelines/3'",
      ],
    ],
  ])('that was cancelled is repeated; its blueprint %s', (_, blueprint, unfinished, before) => {
    const pipelines = ['TASK_COMPLETED', 'TASK_CANCELLED', ...unfinished].map((status, index) =>
      pipeline(index + 1, status, status === 'TASK_RUNNING' ? null : '2026-11-28T00:05:00Z'),
    )
    const administration = administrationOf(pipelines)
    const blueprints = administration.blueprints.map((one) => ({ ...one, ...blueprint }))
    const [finding] = failedCollections({ ...administration, blueprints }, lake, now)
    expect(finding?.remedy.slice(0, 4)).toEqual([
      '# somebody cancelled it, so collect again:',
      ...before,
      "curl -X POST 'http://localhost:8080/blueprints/3/trigger'",
    ])
  })

  it('that failed is explained by the cause in the recorded message', () => {
    const { message } = recordedPipeline('pipeline-failed')
    const [finding] = judged([complete, pipeline(68, 'TASK_FAILED', '2026-11-28T12:00:00Z', message)])
    expect(finding?.found).toMatch(/^pipeline 68: TASK_FAILED, subtask collectApiIssues does not exist; /)
  })

  it('that is partial is explained by its failed tasks, because its own message is empty', () => {
    const { message, status } = recordedPipeline('pipeline-partial')
    expect(message).toBe('')
    const partial = administrationOf([complete, pipeline(69, status, '2026-11-28T12:00:00Z', message)])
    const failedTasks = [{ pipeline: 69, plugin: 'github', message: 'subtask collectApiIssues does not exist' }]
    const [finding] = failedCollections({ ...partial, failedTasks }, lake, now)
    expect(finding?.found).toMatch(/^pipeline 69: TASK_PARTIAL, github: subtask collectApiIssues does not exist; /)
  })

  it('is explained without the stack traces of its message', () => {
    const traced =
      'Error running pipeline 3.\nWraps: (2) attached stack trace\n  -- stack trace:\n  | main.run\n  | \t/app/run.go:503\nWraps: (3) subtask extractIssues ended unexpectedly\n  | Wraps: (2) unauthorized (401)\nError types: (1) *withstack.withStack'
    expect(reasonIn(traced)).toBe('subtask extractIssues ended unexpectedly: unauthorized (401)')
  })

  it('counts how often it failed in a row', () => {
    const month = Array.from({ length: 30 }, (_, index) =>
      pipeline(index + 2, 'TASK_FAILED', new Date(at('2026-10-30T00:05:00Z') + index * day).toISOString(), 'no access'),
    )
    const [finding] = judged([pipeline(1, 'TASK_COMPLETED', '2026-10-29T00:05:00Z'), ...month])
    expect(finding?.found).toBe(
      'pipeline 31: TASK_FAILED, no access; 30 pipelines in a row did not complete; the last complete one ended at 2026-10-29T00:05:00.000Z',
    )
  })

  it.each<[string, string | null, boolean]>([
    ['2026-11-26T19:00:00Z', '0 0 * * *', false],
    ['2026-11-26T17:00:00Z', '0 0 * * *', true],
    ['2026-11-20T18:00:00Z', '0 0 * * 1', false],
    ['2026-11-13T18:00:00Z', '0 0 * * 1', true],
    ['2026-11-28T15:00:00Z', '0 * * * *', true],
    ['2026-01-01T00:00:00Z', null, false],
  ])('that ended at %s is late by the schedule %s: %s', (end, schedule, isLate) => {
    expect(judged([pipeline(1, 'TASK_COMPLETED', end)], schedule).map(({ object }) => object)).toEqual(
      isLate ? ['project shop'] : [],
    )
  })
})

describe('a row that was written since the last collection', () => {
  const administration = administrationOf([pipeline(1, 'TASK_COMPLETED', '2026-11-28T00:05:00Z')])
  const until = { collectedUntil: collectedUntil(administration) }
  const before = lakeOf(
    ['shop'],
    until,
    deployment('d1', '2026-11-20T10:00:00Z', { commit: 'c1' }),
    deployment('d2', '2026-11-21T10:00:00Z', { commit: 'c2' }),
    incident('i1', '2026-11-21T11:00:00Z', '2026-11-21T12:00:00Z'),
  )
  const window = { start: now - 30 * day, end: now }
  const shown = (rows: typeof before, definitions = devlake2023) =>
    dashboardOf(rows, { projects: ['shop'], window, definitions })
  const since = '2026-11-28T09:00:00Z'

  it('is an incident without a deployment until it is collected', () => {
    const rows = lakeOf(['shop'], before, incident('i2', '2026-11-20T11:00:00Z', '2026-11-20T12:00:00Z', 'shop', since))
    expect(shown({ ...rows, mappings: before.mappings }).changeFailureRate).toEqual(shown(before).changeFailureRate)
    expect(shown({ ...rows, mappings: before.mappings, collectedUntil: new Map() }).changeFailureRate.shown).toBe(
      '100.0%(low)',
    )
  })

  it('counts at once where the panel derives nothing', () => {
    const rows = lakeOf(
      ['shop'],
      before,
      deployment('d3', '2026-11-22T10:00:00Z', { written: since }),
      incident('i2', '2026-11-22T11:00:00Z', '2026-11-22T14:00:00Z', 'shop', since),
    )
    const found = shown({ ...rows, mappings: before.mappings }, devlake2021)
    expect(found.months.at(-1)?.deployments).toBe(3)
    expect(found.months.at(-1)?.restorationHours).toBe(1)
    // Only d2 has an incident: the link of i2 is not derived yet.
    expect(found.changeFailureRate.shown).toContain('33.3%')
  })

  it('moves no collected incident to another deployment', () => {
    const rows = lakeOf(['shop'], before, deployment('d3', '2026-11-21T10:30:00Z', { written: since }))
    expect(shown({ ...rows, mappings: before.mappings }).restoration).toEqual(shown(before).restoration)
  })

  it('has no lead time until it is collected', () => {
    const merged = pullRequest('p1', {
      created: '2026-11-20T11:00:00Z',
      merged: '2026-11-20T12:00:00Z',
      commit: 'c2',
    })
    const rows = lakeOf(['shop'], before, diff('c2', 'c1'), merged)
    const late = rows.pullRequests.map((row) => ({ ...row, writtenAt: at(since) }))
    expect(shown({ ...rows, mappings: before.mappings }).leadTime.level).not.toBeNull()
    expect(shown({ ...rows, mappings: before.mappings, pullRequests: late }).leadTime.level).toBeNull()
  })

  const waiting = { ...lakeOf([], before, incident('i2', since, null, 'shop', since)), mappings: before.mappings }

  it('is listed with the request that collects it, and is no finding', () => {
    expect(waitingInWords(waiting, administration, ['shop'])).toBe(
      'not compared, because shop was not collected since: incident i2 (POST /blueprints/3/trigger)',
    )
    expect(waitingInWords(before, administration, ['shop'])).toBe('')
    expect(lateRows(waiting, administration, lake, now)).toEqual([])
  })

  it('is a finding when it is too old for the schedule', () => {
    const [finding] = lateRows(waiting, administration, lake, at(since) + 3 * day)
    expect(finding).toMatchObject({
      summary: '1 row of shop waited 3 d for a collection.',
      found: 'incident i2',
    })
    expect(finding?.remedy[0]).toContain('/blueprints/3/trigger')
  })

  it('may belong to a scope that the next collection maps to its project', () => {
    const rows = lakeOf([], deployment('d1', '2026-11-28T09:00:00Z', { project: 'webhook:7', written: since }))
    expect(unreachedDeployments(rows, administration, lake, now)).toEqual([])
    expect(unreachedDeployments(rows, administration, lake, now + 3 * day)).toHaveLength(1)
  })
})
