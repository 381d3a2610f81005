/**
 * What the proof of the metrics needs only as an instrument. Each has an item of its own, which fails when it is broken; here,
 * in a Given, it blocks.
 */
import { isAbsent } from '../../basis/capability'
import type { Platform } from '../../platform/platform'
import { expectExposition } from '../../service/exposition'
import { projectsOfPlatform } from '../../service/projects'
import { expectLogin, expectTable } from '../database'
import { expectGraphQLAnswersMetrics, expectSchema } from '../graphql'
import { expectMetric } from '../metrics'
import { expectSelectedByPrometheus, expectSelectsLake, expectServiceMonitor, expectTargetUp } from '../monitoring'
import { expectReachable } from '../reachability'
import { expectSecrets } from '../secrets'

/** The tables that hold events and settings. */
const tables = ['deployments', 'commits', 'incidents', 'project_metric_settings']

/** The events and the settings can be read, and the projects are known. */
export async function expectEventsReadable(platform: Platform): Promise<void> {
  await expectReachable(platform, 'lake')
  await expectReachable(platform, 'mysql')
  await expectSecrets(platform, 'database')
  await expectLogin(platform, 'service')
  for (const table of tables) await expectTable(platform, table)
  await projectsOfPlatform(platform)
}

/** Every surface that there is answers in its own form. */
export async function expectSurfacesReadable(platform: Platform): Promise<void> {
  const { graphql, metrics, dora } = platform.contract
  await expectReachable(platform, 'lake')
  if (dora.reportedOn !== null) await expectReachable(platform, 'grafana')
  if (!isAbsent(graphql)) {
    await expectSchema(platform)
    await expectGraphQLAnswersMetrics(platform)
  }
  if (isAbsent(metrics)) return
  await expectExposition(platform)
  for (const { name } of metrics.exposed) await expectMetric(platform, name)
  await expectServiceMonitor(platform)
  await expectSelectsLake(platform)
  await expectSelectedByPrometheus(platform)
  await platform.routes.toPrometheus()
  await expectTargetUp(platform)
}
