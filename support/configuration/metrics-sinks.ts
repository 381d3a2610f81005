export interface MetricsSinks {
  /** Path of the file, absolute. */
  readonly textfile?: string | undefined
  /** URL of the Pushgateway; its password is registered as a secret. */
  readonly pushgateway?: string | undefined
}
