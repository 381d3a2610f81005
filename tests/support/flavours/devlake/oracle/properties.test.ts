/** The oracle of the contract `devlake` against slower formulations that follow the text of the queries. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysOf } from '../../../../../support/flavours/devlake/oracle/calendar'
import { dashboardOf } from '../../../../../support/flavours/devlake/oracle/dashboard'
import { devlake2021, devlake2023 } from '../../../../../support/flavours/devlake/oracle/definitions'
import { attributionsOf } from '../../../../../support/flavours/devlake/oracle/incident-attribution'
import { changesOf } from '../../../../../support/flavours/devlake/oracle/lead-time'
import { lowerMedian, upperByRank } from '../../../../../support/flavours/devlake/oracle/median'
import type { Lake } from '../../../../../support/flavours/devlake/rows/rows'
import { at, months } from '../../../../fixtures/devlake/lake'

const [hour, day] = [3_600_000, 86_400_000]
const origin = at('2026-01-30T00:00:00Z')

/** Few values, most of which count, so that ties, shared ids and shared scopes are frequent. */
const projects = ['shop', 'store']
const scope = fc.constantFrom('s1', 's2')
const commit = fc.constantFrom('c0', 'c1', 'c2')
const time = fc.integer({ min: 0, max: 60 }).map((hours) => origin + hours * hour)
const sometime = fc.option(time, { freq: 8 })

const allMappings = projects.flatMap((project) =>
  ['cicd_scopes', 'repos', 'boards'].flatMap((kind) => ['s1', 's2'].map((one) => ({ project, kind, scope: one }))),
)

/** Gives each row an id by its position. */
const named = <T>(prefix: string, rows: fc.Arbitrary<T[]>) =>
  rows.map((all) => all.map((one, index) => ({ ...one, id: `${prefix}${index}`, writtenAt: null })))

const lakes: fc.Arbitrary<Lake> = fc.record({
  mappings: fc.subarray(allMappings, { minLength: 6 }),
  deploymentCommits: named(
    'dc',
    fc.array(
      fc.record({
        scope,
        deployment: fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5'),
        result: fc.constantFrom('SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILURE', ''),
        environment: fc.constantFrom('PRODUCTION', 'PRODUCTION', 'PRODUCTION', 'STAGING'),
        startedAt: sometime,
        finishedAt: sometime,
        commit,
        repository: fc.constantFrom('r1', 'r1', 'r2', ''),
      }),
      { maxLength: 16 },
    ),
  ),
  incidents: named(
    'i',
    fc.array(fc.record({ kind: fc.constant('boards'), scope, createdAt: sometime, resolvedAt: sometime }), {
      maxLength: 6,
    }),
  ),
  pullRequests: named(
    'p',
    fc.array(fc.record({ repository: scope, mergeCommit: commit, createdAt: sometime, mergedAt: sometime }), {
      maxLength: 6,
    }),
  ),
  pullRequestCommits: fc.array(fc.record({ pullRequest: fc.constantFrom('p0', 'p1', 'p2'), authoredAt: sometime }), {
    maxLength: 6,
  }),
  commitsDiffs: fc.array(fc.record({ newCommit: commit, oldCommit: commit, commit }), { maxLength: 16 }),
  months: fc.constant(months),
})

describe('the lower median', () => {
  const percentRank = (values: readonly number[], value: number) =>
    values.length === 1 ? 0 : values.filter((one) => one < value).length / (values.length - 1)

  it('is the greatest value with a percent rank of at most one half', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 9 }), (values) => {
        expect(lowerMedian(values)).toBe(Math.max(...values.filter((value) => percentRank(values, value) <= 0.5)))
        const upper = values.filter((value) => percentRank(values, value) >= 0.5)
        expect(upperByRank(values)).toBe(upper.length === 0 ? null : Math.min(...upper))
      }),
    )
  })

  it('of no values is null', () => {
    expect(lowerMedian([])).toBeNull()
    expect(upperByRank([])).toBeNull()
  })
})

describe('the days of a window', () => {
  it('are the days to which its end can be moved back without reaching its start', () => {
    const second = fc.integer({ min: 0, max: 60 * 86_400 }).map((seconds) => origin + seconds * 1000)
    fc.assert(
      fc.property(second, second, (start, end) => {
        const days = Array.from({ length: 400 }, (_, back) => end - back * day).filter((moved) => moved > start)
        expect(daysOf({ start, end })).toEqual(days.map((moved) => Math.floor(moved / day) * day))
      }),
    )
  })
})

/** The successful production deployments of a project, one row for each commit. */
function productionOf(lake: Lake, of: string) {
  return lake.deploymentCommits.flatMap((one) => {
    const isOwn = lake.mappings.some(
      (mapping) => mapping.kind === 'cicd_scopes' && mapping.project === of && mapping.scope === one.scope,
    )
    const counts = one.result === 'SUCCESS' && one.environment === 'PRODUCTION' && isOwn
    return counts && one.finishedAt !== null ? [{ ...one, finishedAt: one.finishedAt }] : []
  })
}

type Production = ReturnType<typeof productionOf>[number]

const latest = (commits: readonly Production[]) =>
  commits
    .toSorted((one, other) => one.finishedAt - other.finishedAt || String(one.id).localeCompare(String(other.id)))
    .at(-1)

describe('the attribution of incidents', () => {
  it('is to the last success before each incident', () => {
    fc.assert(
      fc.property(lakes, (lake) => {
        const expected = lake.mappings.flatMap((mapping) =>
          lake.incidents.flatMap(({ id, kind, scope: where, createdAt, resolvedAt }) => {
            if (mapping.kind !== kind || mapping.scope !== where || createdAt === null) return []
            const before = productionOf(lake, mapping.project).filter(({ finishedAt }) => finishedAt < createdAt)
            const { deployment } = latest(before) ?? {}
            return deployment ? [{ project: mapping.project, incident: id, deployment, resolvedAt }] : []
          }),
        )
        expect(sorted(attributionsOf(lake))).toEqual(sorted(expected))
      }),
    )
  })
})

describe('the lead times of changes', () => {
  it('end with the first deployment whose difference from its predecessor contains the merge', () => {
    fc.assert(
      fc.property(lakes, (lake) => {
        const expected = lake.mappings
          .filter(({ kind }) => kind === 'repos')
          .flatMap((mapping) => {
            const production = productionOf(lake, mapping.project).filter(({ repository }) => repository !== '')
            return lake.pullRequests.flatMap(({ id, repository, mergeCommit, createdAt, mergedAt }) => {
              if (repository !== mapping.scope || mergedAt === null) return []
              const shipping = production.filter((deployed) => {
                const before = latest(production.filter((one) => isOfLine(one, deployed) && isBefore(one, deployed)))
                return lake.commitsDiffs.some(
                  (diff) =>
                    diff.commit === mergeCommit &&
                    diff.newCommit === deployed.commit &&
                    diff.oldCommit === before?.commit,
                )
              })
              const [shipped] = shipping.sort(
                (one, other) =>
                  (one.startedAt ?? 0) - (other.startedAt ?? 0) || String(one.id).localeCompare(String(other.id)),
              )
              if (!shipped) return []
              const authored = lake.pullRequestCommits.flatMap(({ pullRequest, authoredAt }) =>
                pullRequest === id && authoredAt !== null ? [authoredAt] : [],
              )
              const authoredAt = authored.length === 0 ? null : Math.min(...authored)
              const spans = [span(authoredAt, createdAt), span(createdAt, mergedAt), span(mergedAt, shipped.finishedAt)]
              const minutes = spans.reduce((sum, one) => sum + one, 0)
              return [{ pullRequest: id, minutes, at: shipped.finishedAt }]
            })
          })
        // Each project with a repository is among the queried projects.
        expect(sorted(changesOf(lake, projects))).toEqual(sorted(expected))
      }),
    )
  })

  const isOfLine = (one: Production, other: Production) =>
    one.scope === other.scope && one.repository === other.repository
  const isBefore = (one: Production, other: Production) =>
    one.finishedAt < other.finishedAt || (one.finishedAt === other.finishedAt && one.id < other.id)
  const span = (begin: number | null, end: number | null) =>
    begin === null || end === null || end < begin ? 0 : (end - begin) / 60_000
})

describe('the dashboard', () => {
  it('does not depend on the order of the rows', () => {
    const definitions = fc.constantFrom(devlake2021, devlake2023)
    const some = fc.subarray(projects)
    fc.assert(
      fc.property(lakes, definitions, some, time, time, (lake, set, asked, start, end) => {
        const question = { projects: asked, window: { start, end }, definitions: set }
        const reversed: Lake = {
          mappings: lake.mappings.toReversed(),
          deploymentCommits: lake.deploymentCommits.toReversed(),
          incidents: lake.incidents.toReversed(),
          pullRequests: lake.pullRequests.toReversed(),
          pullRequestCommits: lake.pullRequestCommits.toReversed(),
          commitsDiffs: lake.commitsDiffs.toReversed(),
          months: lake.months.toReversed(),
        }
        expect(dashboardOf(reversed, question)).toEqual(dashboardOf(lake, question))
      }),
    )
  })
})

const sorted = <T>(values: readonly T[]): T[] =>
  values.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)))
