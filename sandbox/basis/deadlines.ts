/**
 * Every deadline of the sandbox, in milliseconds.
 *
 * A deadline only ends a wait that nothing else would end: the death of a process ends its wait at once. An idle machine
 * needs a few seconds for each step of `up`; the deadlines leave room for one that is 30 times slower.
 */
const second = 1_000
const minute = 60 * second

export const deadlines = {
  /** From the start of a part until it is ready. */
  partReady: 5 * minute,
  /** Until the API server accepts an object. */
  objectAccepted: 5 * minute,
  /** Until every object of a kind is ready. */
  platformReady: 5 * minute,
  /** Until Prometheus has scraped each of its targets once. */
  firstScrape: 5 * minute,
  /** Until the service has created its tables. */
  serviceReady: 5 * minute,
  /** A request to the API server. */
  apiRequest: minute,
  /** A request that asks a part whether it is ready. */
  probe: 10 * second,
  /** A readiness probe of a pod. A kubelet's default is 1 s. */
  readinessProbe: 2 * second,
  /** Prometheus reloads its configuration. */
  prometheusReload: 30 * second,
  /** The retries of a webhook while the service does not answer. */
  webhookDelivery: 30 * second,
  /** From SIGTERM to SIGKILL. */
  gracefulExit: 10 * second,
  /** From SIGKILL to the end of the process. */
  forcedExit: minute,
  /** A second `up`, `down` or build waits for the first. A build takes some 15 minutes. */
  lock: 60 * minute,
} as const

/** The interval at which a slow step of `up` reports that it is still waiting. */
export const progressInterval = 30 * second
