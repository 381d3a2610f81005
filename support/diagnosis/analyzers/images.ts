/** Explains images that several pods cannot pull for one reason: one image, or one registry, is one trouble. */
import { command, comment } from '../../basis/command'
import type { ContainerFacts, Facts, PodFacts } from '../facts/facts'
import { eventsOf, type Insight } from '../facts/insight'

/** The kubelet's own reasons, from pkg/kubelet/images. */
const reasons =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/

/** The words of container runtimes and registries for what does not depend on the image. A missing image may be "denied" too. */
const ofRegistry =
  /no such host|server misbehaving|connection re(?:fused|set)|no route to host|network is unreachable|i\/o timeout|deadline exceeded|tls handshake|x509|too ?many ?requests|5\d\d (?:internal|bad gateway|service unavailable|gateway time)|no basic auth|401 unauthorized|unauthorized: authentication required/i

/** The init containers and the containers of a pod. */
export const containersOf = ({ status }: PodFacts): readonly ContainerFacts[] => [
  ...status.initContainerStatuses,
  ...status.containerStatuses,
]

/** True for a container that waits for its image. */
export const awaitsImage = ({ state }: ContainerFacts): boolean => reasons.test(state.waiting?.reason ?? '')

/** The image that a container is to run; its status names the one that runs, which may be an older one. */
export const wantedImage = (pod: PodFacts, { name, image }: ContainerFacts): string =>
  pod.spec.containers.find((container) => container.name === name)?.image ?? image

interface Source {
  /** Such as "registry ghcr.io for pods of fawkes". */
  readonly key: string
  /** Such as "registry ghcr.io". */
  readonly object: string
}

/** The registry and the image of a container that waits for its image. Other containers may wait for the same. */
function sourcesOf(pod: PodFacts, container: ContainerFacts, facts: Facts): Source[] {
  if (!awaitsImage(container)) return []
  const image = wantedImage(pod, container)
  const known = [`image ${image}`]
  const objects = ofRegistry.test(whyOf(pod, container, facts)) ? [`registry ${registryOf(image)}`, ...known] : known
  return objects.map((object) => ({ object, key: `${object} for pods of ${pod.metadata.namespace}` }))
}

/** The causes that a container which waits for its image may have in common with others. */
export const imageSources = (pod: PodFacts, container: ContainerFacts, facts: Facts): string[] =>
  sourcesOf(pod, container, facts).map(({ key }) => key)

/** The words of the kubelet; while it waits between two tries, an older one gives the reason in an event only. */
function whyOf(pod: PodFacts, container: ContainerFacts, facts: Facts): string {
  const image = wantedImage(pod, container)
  const failed = eventsOf(facts, 'Pod', pod.metadata).find(({ message }) =>
    message.startsWith(`Failed to pull image "${image}"`),
  )
  return [container.state.waiting?.message, failed?.message].filter(Boolean).join('; ')
}

/** Docker Hub is the registry of an image that names none. */
function registryOf(image: string): string {
  const [first = '', ...path] = image.split('/')
  return path.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}

/** Returns an insight about each image or registry for which several pods wait. */
export function imagesTogether(notWell: readonly PodFacts[], facts: Facts): Insight[] {
  const waiting = notWell.flatMap((pod) =>
    containersOf(pod).flatMap((container) =>
      sourcesOf(pod, container, facts).map((source) => ({ ...source, pod, container })),
    ),
  )
  return [...Map.groupBy(waiting, ({ key }) => key)].flatMap(([key, together]) => {
    const pods = [...new Set(together.map((one) => one.pod.metadata.name))]
    const [first] = together
    if (!first || pods.length < 2) return []
    const { object, pod, container } = first
    const { namespace, name } = pod.metadata
    return [
      {
        object: key,
        problem: {
          summary:
            `The ${object} keeps ${pods.length} pods in ${namespace} from starting: ${whyOf(pod, container, facts) || 'no reason given'}`.replace(
              /\.?$/,
              '.',
            ),
          object,
          expected: 'images that can be pulled',
          found: together
            .map((one) => `${one.pod.metadata.name}: ${wantedImage(one.pod, one.container)}`)
            .sort()
            .join(', '),
          remedy: [
            command`kubectl describe pod -n ${namespace} ${name}`,
            command`kubectl get pods -n ${namespace} -o custom-columns='NAME:.metadata.name,IMAGES:.spec.containers[*].image,PULL SECRETS:.spec.imagePullSecrets[*].name'`,
            object.startsWith('image ')
              ? comment`then set an image that exists, or add the credentials for its registry`
              : comment`then make the registry reachable from the nodes, or add the credentials for it`,
          ],
        },
      },
    ]
  })
}
