/** The proof for a flavour whose surfaces report the metrics by the documented definitions: the oracle recomputes them all. */
import { applicable, Blocked } from '../../basis/expectation'
import { rememberOutcome } from '../../basis/memo'
import { type FourMetric, type MeasuredMetric, measuredMetric } from '../../dora/measured'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { unknownTables } from '../../service/raw-event-statements'
import { surfacesOf } from '../../service/surfaces'
import type { ViewChoice } from '../dashboards/views'
import { expectChangedBy, expectNoNumbers } from './dashboard-filters'
import { deploymentsOn, expectPanelNumbers } from './dashboard-numbers'
import { explainProject, explanationOf } from './explanation'
import { expectComparable, expectSurfacesReadable, readableSurfaces } from './instruments'
import { shownRange } from './measured-project'
import type { Metric, WindowedMetric } from './metric'
import type { Explanation, Filter, NumbersProof, ShownDeployments } from './numbers-proof'
import {
  expectReconciled,
  expectSettingsReconciled,
  expectSeveritiesReconciled,
  type Reconciliation,
  reconcileProjects,
} from './reconciliation'

export class RecomputedNumbers implements NumbersProof {
  /** One reconciliation serves all scenarios of a run. */
  private readonly reconciliation = rememberOutcome(async (platform: Platform) =>
    reconcileProjects(platform, await this.readability(platform)),
  )

  private readonly readability = rememberOutcome((platform: Platform) => readableSurfaces(platform, this.surfaces))

  constructor(
    private readonly platform: Platform,
    private readonly surfaces = surfacesOf(platform),
  ) {}

  async expectMetric(metric: Metric): Promise<string> {
    return expectReconciled(await this.reconciliationFor(metric), metric)
  }

  async measured(metric: FourMetric): Promise<MeasuredMetric> {
    const { measured, benchmarks, of } = await this.reconciliationFor(metric)
    const days = this.platform.contract.dora.ranges[shownRange]
    return measuredMetric(metric, measured, { days, benchmarks, of })
  }

  async expectSeveritiesInForce(): Promise<string> {
    return expectSeveritiesReconciled(await this.reconciliationFor('time to restore'))
  }

  async expectWindowInForce(metric: WindowedMetric): Promise<string> {
    return expectSettingsReconciled(await this.reconciliationFor(metric), metric)
  }

  expectPanels(): Promise<string> {
    return expectPanelNumbers(this.platform)
  }

  expectFilter(filter: Filter): Promise<string> {
    return expectChangedBy(this.platform, filter)
  }

  expectNoData(): Promise<number> {
    return expectNoNumbers(this.platform)
  }

  deploymentsShown(choice: ViewChoice): Promise<ShownDeployments[]> {
    return deploymentsOn(this.platform, choice)
  }

  async explain(project: string, window: Window): Promise<Explanation> {
    return explanationOf(await explainProject(this.platform, project, window, this.surfaces))
  }

  expectComparable(): Promise<void> {
    return expectComparable(this.platform, () => this.readability(this.platform))
  }

  expectReadable(): Promise<void> {
    return expectSurfacesReadable(this.platform, this.surfaces)
  }

  /** @throws Blocked when the configuration does not name the tables that the metric is recomputed from */
  private async reconciliationFor(metric: Metric): Promise<Reconciliation> {
    applicable(this.platform.contract.dora.rest)
    const lacking = unknownTables(this.platform.configuration).get(metric)
    if (lacking) throw new Blocked(lacking)
    return this.reconciliation(this.platform)
  }
}
