/** Explains services without ready endpoints by their selectors and the selected pods (troubleshooting T.3 of the checklist). */
import { command } from '../../basis/command'
import { isBackedByReadyPod } from '../../basis/endpoints'
import { selectorOf } from '../../basis/labels'
import type { Facts, ServiceFacts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf, selects } from '../facts/insight'
import { podsBehind, unwell } from './pods'

export const services: Analyzer = (facts) =>
  facts.services.filter((service) => !hasEndpoints(service, facts)).flatMap((service) => insightInto(service, facts))

export const hasEndpoints = ({ metadata }: ServiceFacts, { endpointSlices }: Facts) =>
  endpointSlices.some(
    ({ metadata: { namespace, labels }, endpoints }) =>
      namespace === metadata.namespace &&
      labels['kubernetes.io/service-name'] === metadata.name &&
      endpoints.some(({ conditions }) => isBackedByReadyPod(conditions)),
  )

function insightInto({ metadata, spec }: ServiceFacts, facts: Facts): Insight[] {
  const object = objectOf('Service', metadata)
  // A service without a selector gets its endpoints from elsewhere.
  if (Object.keys(spec.selector).length === 0) return []
  const pods = podsBehind(spec.selector, metadata.namespace, facts)
  if (pods.length > 0) return [{ object, possibleCauses: unwell(pods) }]
  const owners = facts.workloads.filter(
    ({ metadata: owner, spec: { template } }) =>
      owner.namespace === metadata.namespace && selects(spec.selector, template.metadata.labels),
  )
  if (owners.length > 0)
    return [{ object, possibleCauses: owners.map(({ kind, metadata }) => objectOf(kind, metadata)) }]
  const component = facts.names.components.find(({ service }) => service === metadata.name)
  const selector = selectorOf(spec.selector)
  return [
    {
      object,
      problem: {
        summary: `${object} has no ready endpoints: its selector (${selector}) matches no pod.`,
        object,
        expected: component
          ? `a selector that matches the pods labelled ${component.selector}`
          : 'a selector that matches pods',
        found: `selector ${selector}`,
        remedy: [
          command`kubectl get pods -n ${metadata.namespace} --show-labels`,
          command`kubectl get service -n ${metadata.namespace} ${metadata.name} -o jsonpath='{.spec.selector}'`,
          command`kubectl edit service -n ${metadata.namespace} ${metadata.name}`,
        ],
      },
      ...(component ? { possibleCauses: [`pods labelled ${component.selector}`] } : {}),
    },
  ]
}
