/** The oracle of the contract `devlake` yields the recorded panels of a real DevLake from its recorded rows. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Window } from '../../../../../support/dora/metrics'
import { type Dashboard, dashboardOf } from '../../../../../support/flavours/devlake/oracle/dashboard'
import { devlake2021, devlake2023 } from '../../../../../support/flavours/devlake/oracle/definitions'
import { attributionsOf } from '../../../../../support/flavours/devlake/oracle/incident-attribution'
import { changesOf } from '../../../../../support/flavours/devlake/oracle/lead-time'
import { expectedPanels, shows } from '../../../../../support/flavours/devlake/oracle/panels'
import { restorations } from '../../../../../support/flavours/devlake/oracle/restoration'
import type { Lake } from '../../../../../support/flavours/devlake/rows/rows'
import { type RecordedPanel, recordedLake, recordedPanels, rowsOf } from '../../../../fixtures/devlake/recording'

/**
 * The ranges end at the recorded time. The start of "6M" was not recorded; it is assumed to be Grafana's `now-6M`, the same
 * time of the day six months before.
 */
function windowOf({ now, range }: RecordedPanel): Window {
  const start = new Date(now * 1000)
  if (range === '6M') start.setUTCMonth(start.getUTCMonth() - 6)
  else start.setUTCDate(start.getUTCDate() - (range === '7d' ? 7 : 30))
  return { start: start.getTime(), end: now * 1000 }
}

/**
 * Only the final state of the tables was recorded. In the earlier snapshots some rows were missing: before the first
 * collection, no scope belonged to a project, and incidents that were only closed had no resolution.
 */
const before: Readonly<Record<string, (lake: Lake) => Lake>> = {
  '0-before-pipeline': (lake) => ({ ...lake, mappings: [], pullRequests: [] }),
  '1-incidents-closed-by-close-only': (lake) => ({
    ...lake,
    pullRequests: [],
    incidents: lake.incidents.map((incident) => ({ ...incident, resolvedAt: null })),
  }),
}

function computed(panel: RecordedPanel): Dashboard {
  const lake = before[panel.snapshot]?.(recordedLake) ?? recordedLake
  const definitions = panel.report === '2023' ? devlake2023 : devlake2021
  return dashboardOf(lake, { projects: [panel.project], window: windowOf(panel), definitions })
}

/** Converts the recorded output of the database client to the columns that Grafana receives. */
const columnsOf = ({ columns, rows }: RecordedPanel) =>
  columns.map((name, index) => ({ name, values: rows.map((row) => (row[index] === 'NULL' ? null : row[index])) }))

describe.each([...new Set(recordedPanels.map(({ snapshot }) => snapshot))])('the snapshot %s', (snapshot) => {
  const panels = recordedPanels.filter((panel) => panel.snapshot === snapshot)

  it('has all nine panels in both reports for three ranges', () => {
    expect(panels.length).toBe(9 * 2 * 3)
  })

  it.each(panels.map((panel) => [panel.panel, panel.report, panel.range, panel] as const))(
    'shows in panel %i of %s over %s what the oracle computes',
    (id, _report, _range, panel) => {
      const expected = expectedPanels(computed(panel)).find((one) => one.id === id)
      expect(expected && shows(expected, columnsOf(panel)), JSON.stringify([expected, panel.rows])).toBe(true)
    },
  )
})

/** Recomputes the tables that a collection derived, instead of reading them. */
describe('the recorded collection', () => {
  it('attributed the incidents to the same deployments', () => {
    const relationship = z.object({ project_name: z.string(), id: z.string(), deployment_id: z.string() })
    const found = rowsOf('project_incident_deployment_relationships', relationship)
    expect(found.length).toBe(5)
    expect(
      attributionsOf(recordedLake).map(({ project, incident, deployment }) => ({
        project_name: project,
        id: incident,
        deployment_id: deployment,
      })),
    ).toEqual(expect.arrayContaining(found))
    expect(attributionsOf(recordedLake)).toHaveLength(found.length)
  })

  it('measured the same lead times of the pull requests that were deployed', () => {
    const metric = z.object({ id: z.string(), deployment_commit_id: z.string(), pr_cycle_time: z.coerce.number() })
    const deployed = rowsOf('project_pr_metrics', metric).filter((row) => row.deployment_commit_id !== '')
    expect(deployed.length).toBe(3)
    expect(changesOf(recordedLake, ['acc-p1']).map(({ pullRequest, minutes }) => [pullRequest, minutes])).toEqual(
      deployed.map((row) => [row.id, row.pr_cycle_time]),
    )
  })

  it('measured the same times to restore of the incidents that were resolved', () => {
    const incident = z.object({ resolution_date: z.string().nullable(), lead_time_minutes: z.coerce.number() })
    const resolved = rowsOf('incidents', incident).filter((row) => row.resolution_date !== null)
    expect(resolved.length).toBe(5)
    expect(restorations(recordedLake, ['acc-p1', 'acc-p2'], null).map(({ minutes }) => minutes)).toEqual(
      resolved.map((row) => row.lead_time_minutes),
    )
  })
})
