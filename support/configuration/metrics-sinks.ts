/** The places that the metrics of a run are written to. */
export interface MetricsSinks {
  /** Absolute path of a file for Prometheus' textfile collector. */
  readonly textfile?: string | undefined
  /** URL of the Pushgateway; its password is registered as a secret. */
  readonly pushgateway?: string | undefined
}
