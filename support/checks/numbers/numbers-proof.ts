/** The proof that the service reports the right numbers, which each flavour of the service needs in its own way. */
import type { CommandLine } from '../../basis/command'
import type { FourMetric, MeasuredMetric } from '../../dora/measured'
import type { Window } from '../../dora/metrics'
import type { ViewChoice } from '../dashboards/views'
import type { Metric, WindowedMetric } from './metric'

/** The choices on a dashboard that must change its numbers. */
export type Filter = 'project' | 'team' | 'time range'

/** A panel that counts deployments, as the object of a finding, the number that it shows, and the commands that show it. */
export interface ShownDeployments {
  readonly panel: string
  readonly deployments: number
  readonly remedy: readonly CommandLine[]
}

/** An explanation of the numbers of a project. */
export interface Explanation {
  readonly text: string
  /** A JSON object. */
  readonly json: string
}

/**
 * Every operation throws Unmet when a number is wrong, Blocked when there is nothing to compare, and NotApplicable when the
 * flavour has no counterpart. Returned texts describe the comparison.
 */
export interface NumbersProof {
  /** 21.2 to 21.6: the surfaces report the metric that the events of each project yield. */
  expectMetric(metric: Metric): Promise<string>
  /** The numbers that the comparison of a metric was made of, whatever its outcome, for the reports. */
  measured(metric: FourMetric): Promise<MeasuredMetric>
  /** 18.5: the time to restore counts incidents of the severities in the project's settings. */
  expectSeveritiesInForce(): Promise<string>
  /** 18.2 and 18.4: a request without a range is answered over the window of the project's settings. */
  expectWindowInForce(metric: WindowedMetric): Promise<string>
  /** 16.2: the panels of two projects show the numbers that the events yield. */
  expectPanels(): Promise<string>
  /** 16.3: another choice changes the numbers on the panels. */
  expectFilter(filter: Filter): Promise<string>
  /** 16.3: without events, the panels show no number, not even 0. Returns the number of panels. */
  expectNoData(): Promise<number>
  /** 19.5: the panels that count deployments, once all panels of the project show what its events yield. */
  deploymentsShown(choice: ViewChoice): Promise<ShownDeployments[]>
  /** The metrics of a project in a window, with the rows behind them and those that do not count. */
  explain(project: string, window: Window): Promise<Explanation>
  /** Checks that the events can be read; names what cannot be compared with them as well. */
  expectComparable(): Promise<void>
  /** Checks that everything that reports the metrics can be read. */
  expectReadable(): Promise<void>
}
