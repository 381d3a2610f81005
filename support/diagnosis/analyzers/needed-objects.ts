/** Explains pods that cannot start without one object, such as a ConfigMap that does not exist or lacks a key: that is one trouble. */
import { command, comment } from '../../basis/command'
import type { Facts, PodFacts } from '../facts/facts'
import { eventsOf, type Insight } from '../facts/insight'
import { containersOf } from './images'

/** The kubelet's own reasons, from pkg/kubelet/kuberuntime. */
export const startReasons = /^(CreateContainer(Config)?Error|RunContainerError|P(re(Create|Start)|ostStart)HookError)$/

/** The reasons of events about volumes that cannot be mounted. */
export const mountReasons = /^Failed(Mount|AttachVolume|MapVolume)$/

/** The objects in the words of the kubelet and of the Secrets Store CSI Driver. */
const named = /\b(secret|configmap|secretproviderclass) (?:"([\w.-]+)"|[\w-]+\/([\w.-]+))/gi

const kinds: Readonly<Record<string, string>> = {
  secret: 'Secret',
  configmap: 'ConfigMap',
  secretproviderclass: 'SecretProviderClass',
}

/** The objects named in a message such as `secret "devlake-db" not found` or `key x in Secret fawkes/devlake-db`. */
export const objectsIn = (message: string, namespace: string): string[] =>
  [...message.matchAll(named)].map(
    ([, kind = '', quoted, qualified]) => `${kinds[kind.toLowerCase()] ?? kind} ${namespace}/${quoted ?? qualified}`,
  )

/** The kubelet's messages about a pod that it cannot start. */
function messagesOf(pod: PodFacts, facts: Facts): string[] {
  const { metadata, status } = pod
  const ofContainers = containersOf(pod).flatMap(({ state: { waiting } }) =>
    waiting && startReasons.test(waiting.reason) ? [waiting.message] : [],
  )
  const event = eventsOf(facts, 'Pod', metadata).find(({ reason }) => mountReasons.test(reason))
  return event && status.phase === 'Pending' ? [...ofContainers, event.message] : ofContainers
}

/** Returns an insight about each object without which several pods cannot start. */
export function lackingTogether(notWell: readonly PodFacts[], facts: Facts): Insight[] {
  const lacking = notWell.flatMap((pod) =>
    messagesOf(pod, facts).flatMap((message) =>
      objectsIn(message, pod.metadata.namespace).map((object) => ({ object, message, pod: pod.metadata })),
    ),
  )
  return [...Map.groupBy(lacking, ({ object }) => object)].flatMap(([object, together]) => {
    const pods = [...new Set(together.map(({ pod }) => pod.name))]
    const [first] = together
    if (!first || pods.length < 2) return []
    const { namespace } = first.pod
    const [kind = '', name = ''] = object.split(/ [^/]+\//)
    return [
      {
        object,
        problem: {
          summary: `${object} keeps ${pods.length} pods in ${namespace} from starting: ${first.message}`.replace(
            /\.?$/,
            '.',
          ),
          object,
          expected: `${kind} ${name} with what the pods need of it`,
          found: pods.join(', '),
          remedy: [
            command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
            command`kubectl describe pod -n ${namespace} ${first.pod.name}`,
            comment`then create what is missing, or change the name by which the pods refer to it`,
          ],
        },
      },
    ]
  })
}
