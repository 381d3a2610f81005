/**
 * The instruments that the proof of the numbers needs. Each has an item of its own, which fails when the instrument is broken;
 * here, in a Given, the same finding blocks.
 */
import { isAbsent } from '../../basis/capability'
import { asBlocked, Blocked, isFailure, throwIfBlocked } from '../../basis/expectation'
import type { Platform } from '../../platform/platform'
import { expectExposition } from '../../service/exposition'
import { projectsOfPlatform } from '../../service/projects'
import { type Instruments, type ReportingSurface, reportingIn, type Surface } from '../../service/surfaces'
import { expectLogin, expectTable } from '../database'
import { expectGraphQLAnswersMetrics, expectSchema } from '../graphql'
import { expectMetric } from '../metrics'
import { expectTargetUp } from '../monitoring'
import { expectReachable } from '../reachability'
import { expectSecrets } from '../secrets'
import { expectSelectedByPrometheus, expectSelectsLake, expectServiceMonitor } from '../service-monitor'

/** The tables that hold events and settings. */
const tables = ['deployments', 'commits', 'incidents', 'project_metric_settings']

/** Checks that the events and the settings can be read and the projects are known. */
export async function expectEventsReadable(platform: Platform): Promise<void> {
  await expectReachable(platform, 'lake')
  await expectReachable(platform, 'mysql')
  await expectSecrets(platform, 'database')
  await expectLogin(platform, 'service')
  for (const table of tables) await expectTable(platform, table)
  await projectsOfPlatform(platform)
}

/**
 * Checks that the events can be read.
 * @throws Blocked with whatever blocks their comparison with the surfaces, so that nobody mends one part only to hear of the next
 */
export async function expectComparable(platform: Platform, surfaces: () => Promise<Readability>): Promise<void> {
  try {
    await expectEventsReadable(platform)
  } catch (error) {
    if (!isFailure(error)) throw error
    const { unreadable } = await surfaces()
    throwIfBlocked([error, ...unreadable.map(({ failure }) => failure)])
  }
}

/** Checks that the service can be reached and each of its surfaces answers as documented. */
export async function expectSurfacesReadable(platform: Platform, surfaces: readonly Surface[]): Promise<void> {
  const { unreadable } = await readableSurfaces(platform, surfaces)
  throwIfBlocked(unreadable.map(({ failure }) => failure))
}

export interface Readability {
  readonly readable: readonly ReportingSurface[]
  /** The surfaces whose own items fail or are blocked, with that finding. */
  readonly unreadable: readonly { readonly surface: ReportingSurface; readonly failure: Blocked }[]
}

/** Separates the surfaces that can be read from the others, so that one broken surface does not hide the rest. */
export async function readableSurfaces(platform: Platform, surfaces: readonly Surface[]): Promise<Readability> {
  const instruments = instrumentsOf(platform)
  const [readable, unreadable]: [ReportingSurface[], { surface: ReportingSurface; failure: Blocked }[]] = [[], []]
  for (const surface of reportingIn(surfaces))
    try {
      await surface.expectReadable(instruments)
      readable.push(surface)
    } catch (error) {
      if (!isFailure(error)) throw error
      unreadable.push({ surface, failure: asBlocked(error) })
    }
  return { readable, unreadable }
}

function instrumentsOf(platform: Platform): Instruments {
  const metricsPage = once(async () => {
    const { metrics } = platform.contract
    await expectExposition(platform)
    if (!isAbsent(metrics))
      for (const { name } of metrics.exposed) await unlessWithoutData(expectMetric(platform, name))
  })
  return {
    lake: once(() => expectReachable(platform, 'lake')),
    graphql: once(async () => {
      await expectSchema(platform)
      await expectGraphQLAnswersMetrics(platform)
    }),
    metricsPage,
    prometheus: once(async () => {
      // Prometheus repeats the page: what is wrong there would be reported as wrong numbers.
      await metricsPage()
      await expectServiceMonitor(platform)
      await expectSelectsLake(platform)
      await expectSelectedByPrometheus(platform)
      await platform.routes.toPrometheus()
      await expectTargetUp(platform)
    }),
  }
}

/** A metric without a series is compared like any other: the events may yield none. */
async function unlessWithoutData(check: Promise<unknown>): Promise<void> {
  await check.catch((error) => {
    if (!(error instanceof Blocked)) throw error
  })
}

/** Several surfaces rely on the same instrument. */
function once(check: () => Promise<void>): () => Promise<void> {
  let outcome: Promise<void> | undefined
  return () => {
    outcome ??= check()
    return outcome
  }
}
