/** Section 4: checks of the components' services, and of the lake's answer through its service. */

import { type CommandLine, command } from '../basis/command'
import { waysTo } from '../basis/connection'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Component } from '../contracts/contract'
import type { Service } from '../platform/core-resources'
import { clientComponents, pingFromInside, pingUrl } from '../platform/inside-ping'
import type { Platform } from '../platform/platform'
import { serviceCandidates } from './candidates'
import { expectAlive, missing } from './lifecycle'
import { expectInside } from './outside-database'
import { placed } from './placed'

/** 4.1: checks that the service exists, is only reachable inside the cluster, and has the documented port. */
export async function expectService(platform: Platform, component: Component): Promise<void> {
  const { port } = platform.configuration.components[component]
  await expectInside(platform, component)
  const { spec, object, remedy } = await serviceOf(platform, component)
  const unmet: Circumstances[] = []
  if (spec.type !== 'ClusterIP')
    unmet.push({
      summary: `${object} is not a ClusterIP.`,
      object,
      explainsNothing: true,
      expected: 'type ClusterIP',
      found: `type ${spec.type}`,
      remedy,
    })
  if (spec.externalIPs.length > 0)
    unmet.push({
      summary: `${object} is open outside the cluster by external addresses.`,
      object,
      explainsNothing: true,
      expected: 'no spec.externalIPs',
      found: spec.externalIPs.join(', '),
      remedy,
    })
  if (!spec.ports.some((candidate) => candidate.port === port && candidate.protocol === 'TCP'))
    unmet.push({
      summary: `${object} has no port ${port} for TCP.`,
      object,
      expected: `port ${port} for TCP`,
      found: spec.ports.map((candidate) => `${candidate.port} (${candidate.protocol})`).join(', ') || 'no port',
      remedy,
    })
  expectNone(unmet)
}

/** Returns the service of a component. @throws Unmet when it does not exist, or is being deleted */
export async function serviceOf(
  platform: Platform,
  component: Component,
): Promise<Pick<Service, 'spec' | 'metadata'> & { object: string; remedy: CommandLine[] }> {
  const { kubernetes, configuration } = placed(platform, component)
  const { service: name } = configuration.components[component]
  const object = `Service ${kubernetes.namespace}/${name}`
  const remedy = [command`kubectl get service -n ${kubernetes.namespace} ${name} -o yaml`]
  const service = await kubernetes.service(name)
  if (service) {
    expectAlive('Service', { metadata: service.metadata })
    return { spec: service.spec, metadata: service.metadata, object, remedy }
  }
  throw missing(object, [
    ...(await serviceCandidates(placed(platform, component), component)),
    command`kubectl get services -n ${kubernetes.namespace}`,
  ])
}

/** 4.2: checks that a pod of the platform gets an answer from the lake's service, with `wget` or `curl`. */
export async function expectPongFromInside({ kubernetes, configuration, contract }: Platform): Promise<void> {
  const { namespace } = kubernetes
  const { service } = configuration.components.lake
  const target = `Service ${namespace}/${service}`
  const answer = await pingFromInside(kubernetes, configuration, contract)
  if (!answer)
    throw new Blocked({
      summary: 'No running pod of the service has wget or curl, so no request can be sent from inside the cluster.',
      object: `pods of ${clientComponents.join(', ')} in ${namespace}`,
      expected: 'a running pod with wget or curl',
      found: 'no such pod',
      remedy: [
        command`kubectl run -i --rm ping --image=alpine --restart=Never -n ${namespace} -- wget -qO- ${pingUrl(configuration, contract)}`,
      ],
    })
  if (answer.ok && contract.ping.isAnswer(answer.stdout)) return
  const { component, pod, complaint } = answer
  throw new Unmet({
    summary: 'The lake does not answer a ping from inside the cluster.',
    object: `${target}, requested from pod ${pod}`,
    reliesOn: answer.ok ? [] : [target, ...waysTo(component, target, complaint)],
    expected: contract.ping.expected,
    found: answer.ok ? excerpt(answer.stdout, 500) || 'an empty answer' : complaint || 'no answer',
    remedy: [
      command`kubectl exec -n ${namespace} ${pod} -- ${answer.command}`,
      command`kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service}`,
    ],
  })
}

/** 5.3: checks that the lake answers a ping through a port-forward. */
export async function expectPongByPortForward(platform: Platform): Promise<void> {
  const { configuration, contract, http, kubernetes } = platform
  const { service, port } = configuration.components.lake
  const forward = await platform.routes.forward('lake', { place: 'service', service, port })
  const object = `Service ${kubernetes.namespace}/${service}`
  const ping = async () => {
    try {
      const { body } = await http.get(`http://127.0.0.1:${forward.port}${contract.ping.path}`)
      return { found: body, isPong: contract.ping.isAnswer(body), reliesOn: [] }
    } catch (error) {
      if (error instanceof Unmet)
        return { found: forward.lastError ?? error.finding.found, isPong: false, reliesOn: [object] }
      throw error
    }
  }
  const { found, isPong, reliesOn } = await ping()
  if (isPong) return
  throw new Unmet({
    summary: 'The lake does not answer a ping through a port-forward.',
    object,
    reliesOn,
    expected: contract.ping.expected,
    found: excerpt(found, 500) || 'an empty answer',
    remedy: [command`curl -s '${`http://${service}.${kubernetes.namespace}.svc:${port}${contract.ping.path}`}'`],
  })
}
