/**
 * Section 1: variables that hide a value of a Secret. Of several variables of one name, the last one wins, and `env` wins over
 * `envFrom`: https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container
 */
import { command, comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { Platform } from '../platform/platform'
import type { ContainerUse, PodUse } from '../platform/pod-use'
import type { SecretRole } from './external-secrets'

type Variable = ContainerUse['env'][number]

/** Returns the variables of `env` that a container gets. */
export const effective = (env: readonly Variable[]): Variable[] =>
  env.filter(({ name }, index) => !env.slice(index + 1).some((later) => later.name === name))

/** Returns the problem of each documented key whose value reaches no container, because a variable hides it wherever it is read. */
export function hiddenKeys(platform: Platform, role: SecretRole, pods: readonly PodUse[]): Circumstances[] {
  const { name, keys } = platform.configuration.secretNames[role]
  const all = pods.flatMap((pod) =>
    [...pod.spec.containers, ...pod.spec.initContainers].map((container) => ({ pod: pod.metadata, container })),
  )
  return keys.flatMap((key) => {
    const readings = all.flatMap((place) =>
      variablesFor(place.container, name, key).map((variable) => ({
        ...place,
        variable,
        hiding: hidingIn(place.container, variable, name),
      })),
    )
    const [first] = readings
    if (!first || !readings.every(({ hiding }) => hiding)) return []
    const { pod, container, variable, hiding } = first
    const { namespace } = platform.kubernetes
    const object = `Pod ${namespace}/${pod.name}`
    const other = hiding?.valueFrom?.secretKeyRef?.name
    const value = other === undefined ? 'a value in its manifest' : `a value of the Secret ${other}`
    return [
      {
        summary: `The container ${container.name} of ${object} gets ${variable} by ${value}, which hides ${key} of the Secret ${name}.`,
        object,
        explainsNothing: true,
        expected: `${key} of the Secret ${name} in ${variable}`,
        found: `${value}, by a variable of the same name in env`,
        remedy: [
          command`kubectl get pod -n ${namespace} ${pod.name} -o jsonpath='{.metadata.ownerReferences[*].kind} {.metadata.ownerReferences[*].name}'`,
          comment`remove the other variable from that manifest: env wins over envFrom, and the last of several variables of one name wins`,
        ],
      },
    ]
  })
}

/** The variables in which a container expects a key of a Secret. */
const variablesFor = ({ env, envFrom }: ContainerUse, secret: string, key: string): string[] => [
  ...env.flatMap(({ name, valueFrom }) => {
    const reference = valueFrom?.secretKeyRef
    return reference?.name === secret && reference.key === key ? [name] : []
  }),
  ...envFrom.flatMap(({ prefix, secretRef }) => (secretRef?.name === secret ? [`${prefix}${key}`] : [])),
]

/** The variable that a container gets instead of one with a value of a Secret; none where it may be composed of that value. */
function hidingIn({ env }: ContainerUse, variable: string, secret: string): Variable | undefined {
  const given = effective(env).find(({ name }) => name === variable)
  const other = given?.valueFrom?.secretKeyRef?.name
  return given && (given.value || (other !== undefined && other !== secret)) ? given : undefined
}
