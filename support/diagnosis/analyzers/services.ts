/** Services without ready endpoints: whom they select, and what is wrong with those. Troubleshooting T.3 of the checklist. */
import { selectorOf } from '../../basis/labels'
import type { Facts, ServiceFacts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf, selects } from '../facts/insight'
import { isWell } from './pods'

export const services: Analyzer = (facts) =>
  facts.services.filter((service) => !hasEndpoints(service, facts)).flatMap((service) => insightInto(service, facts))

const hasEndpoints = ({ metadata }: ServiceFacts, { endpointSlices }: Facts) =>
  endpointSlices.some(
    ({ metadata: { namespace, labels }, endpoints }) =>
      namespace === metadata.namespace &&
      labels['kubernetes.io/service-name'] === metadata.name &&
      endpoints.some(({ conditions }) => conditions.ready !== false),
  )

function insightInto({ metadata, spec }: ServiceFacts, facts: Facts): Insight[] {
  const object = objectOf('Service', metadata)
  // Without a selector, somebody else says where it leads.
  if (Object.keys(spec.selector).length === 0) return []
  const pods = facts.pods.filter(
    ({ metadata: pod }) => pod.namespace === metadata.namespace && selects(spec.selector, pod.labels),
  )
  if (pods.length > 0)
    return [{ object, suffersFrom: pods.filter((pod) => !isWell(pod)).map((pod) => objectOf('Pod', pod.metadata)) }]
  const makers = facts.workloads.filter(
    ({ metadata: maker, spec: { template } }) =>
      maker.namespace === metadata.namespace && selects(spec.selector, template.metadata.labels),
  )
  if (makers.length > 0) return [{ object, suffersFrom: makers.map(({ kind, metadata }) => objectOf(kind, metadata)) }]
  const component = facts.names.components.find(({ service }) => service === metadata.name)
  const selector = selectorOf(spec.selector)
  return [
    {
      object,
      trouble: {
        summary: `${object} has no ready endpoints: its selector (${selector}) finds no pod.`,
        object,
        expected: component
          ? `a selector that finds the pods labelled ${component.selector}`
          : 'a selector that finds pods',
        found: `selector ${selector}`,
        remedy: [
          `kubectl get pods -n ${metadata.namespace} --show-labels`,
          `kubectl get service -n ${metadata.namespace} ${metadata.name} -o jsonpath='{.spec.selector}'`,
          `kubectl edit service -n ${metadata.namespace} ${metadata.name}`,
        ],
      },
      ...(component ? { suffersFrom: [`pods labelled ${component.selector}`] } : {}),
    },
  ]
}
