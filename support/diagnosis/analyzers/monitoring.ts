/** Explains targets that Prometheus lacks or cannot scrape (troubleshooting T.4 of the checklist). */
import { command, comment } from '../../basis/command'
import { connectionOf, isTimeout } from '../../basis/connection'
import type { Facts, TargetFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'
import type { Identity } from '../facts/metadata'

export const monitoring: Analyzer = (facts) => {
  const { namespace, serviceMonitor, serviceMonitorNamespace = namespace } = facts.names.monitoring
  return [
    ...(facts.serviceMonitors ?? []).flatMap(({ metadata }) => rejection(metadata, facts)),
    ...facts.targets
      .filter(
        ({ scrapePool, health }) =>
          scrapePool.startsWith(`serviceMonitor/${serviceMonitorNamespace}/${serviceMonitor}/`) && health !== 'up',
      )
      .map((target) => insightInto(target, facts)),
  ]
}

/** A ServiceMonitor that the Prometheus Operator does not use: it says so in an event only. */
function rejection(metadata: Identity, facts: Facts): Insight[] {
  const event = eventsOf(facts, 'ServiceMonitor', metadata).find(({ type }) => type !== 'Normal')
  if (!event) return []
  const object = objectOf('ServiceMonitor', metadata)
  const { namespace, name } = metadata
  return [
    {
      object,
      problem: {
        summary: `${object} is not used: the Prometheus Operator rejects it (${event.message}).`,
        object,
        expected: 'a ServiceMonitor that the Prometheus Operator accepts',
        found: `event ${event.reason}: ${event.message}`,
        remedy: [
          command`kubectl get events -n ${namespace} --field-selector involvedObject.kind=ServiceMonitor,involvedObject.name=${name}`,
          command`kubectl get servicemonitor -n ${namespace} ${name} -o yaml`,
          comment`then mend what the event names`,
        ],
      },
    },
  ]
}

function insightInto({ lastError, health, scrapeUrl }: TargetFacts, { names }: Facts): Insight {
  const { namespace, serviceMonitor, serviceMonitorNamespace = namespace, prometheus, metricsPath } = names.monitoring
  const object = `Prometheus target ${serviceMonitor}`
  const lake = names.components.find(({ component }) => component === 'lake')
  return {
    object,
    problem: {
      summary: `The target ${serviceMonitor} is ${health}: ${wrongPath(scrapeUrl, lastError, metricsPath) ?? meaningOf(lastError)}.`,
      object,
      expected: 'up',
      found: `${lastError || 'no error given'} (${scrapeUrl})`,
      remedy: [
        command`kubectl get servicemonitor -n ${serviceMonitorNamespace} ${serviceMonitor} -o yaml`,
        command`kubectl logs -n ${namespace} svc/${prometheus} --tail=100`,
      ],
    },
    // The metrics page itself may be invalid, or the lake may be down.
    possibleCauses: [
      metricsPath,
      ...(lake ? [`Service ${names.namespace}/${lake.service}`] : []),
      ...(lake && isTimeout(lastError)
        ? [connectionOf('Prometheus', `Service ${names.namespace}/${lake.service}`)]
        : []),
    ],
  }
}

/** A refusal of a path that the service does not serve metrics at; undefined if the path is right, or answers otherwise. */
function wrongPath(scrapeUrl: string, error: string, metricsPath: string): string | undefined {
  const [, status] = /server returned HTTP status (40[134])/.exec(error) ?? []
  const path = URL.parse(scrapeUrl)?.pathname
  if (status === undefined || metricsPath === '' || path === undefined || path === metricsPath) return undefined
  return `the ServiceMonitor names the path ${path}, but the metrics are at ${metricsPath} (status ${status})`
}

/** Translates errors of Prometheus' scrape loop and of Go's network library. */
function meaningOf(error: string): string {
  const status = /server returned HTTP status (\d+)/.exec(error)?.[1]
  if (status === '401' || status === '403')
    return `the service requires a login that the ServiceMonitor does not provide (status ${status})`
  if (status === '404') return 'the path in the ServiceMonitor does not exist (status 404)'
  if (status !== undefined) return `the service answers with status ${status}`
  if (/connection refused/.test(error)) return "nothing listens at the pod's address (connection refused)"
  if (/no such host/.test(error)) return 'its host name does not resolve'
  if (/no route to host|network is unreachable/.test(error)) return 'no route leads to its address'
  if (/HTTP response to HTTPS client/.test(error))
    return 'the ServiceMonitor asks over HTTPS, and the service answers over plain HTTP'
  if (/connection reset|broken pipe|\bEOF$/.test(error)) return 'it closes the connection before it has answered'
  if (/deadline exceeded|timeout/i.test(error)) return 'it does not answer within the scrape timeout'
  // Prometheus has read the answer, and dropped it: scrape/scrape.go.
  if (/limit exceeded/.test(error))
    return `its answer exceeds a limit of the ServiceMonitor or of Prometheus (${error})`
  if (/x509|tls/i.test(error)) return 'Prometheus does not trust its certificate, or it does not use TLS'
  return error === '' ? 'no error given' : `its response cannot be parsed (${error})`
}
