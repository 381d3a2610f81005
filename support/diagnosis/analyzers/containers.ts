/** Explains containers that cannot start or that crash, from the kubelet's reasons and the containers' last logs. */
import { type CommandLine, command, comment } from '../../basis/command'
import { waysTo } from '../../basis/connection'
import { labelsOf } from '../../basis/labels'
import { isUnansweredByDatabase } from '../../formats/database-errors'
import { statementOf } from '../../formats/log-level'
import type { ContainerFacts, Facts, PodFacts } from '../facts/facts'
import { eventsOf, type Insight, objectOf, selects } from '../facts/insight'
import { awaitsImage, containersOf, imageSources, wantedImage } from './images'
import { objectsIn, startReasons } from './needed-objects'

/** Explains a container that has never started, or returns undefined if it waits for another reason. */
export function problemOfWaiting(pod: PodFacts, container: ContainerFacts, facts: Facts): Insight | undefined {
  const { name, state } = container
  const { reason = '', message = '' } = state.waiting ?? {}
  const { namespace, name: podName } = pod.metadata
  const object = objectOf('Pod', pod.metadata)
  const wanted = wantedImage(pod, container)
  const finding = (what: string, remedy: readonly CommandLine[]) => ({
    summary: `${object}: ${what} (${reason}).`,
    object,
    expected: 'running and ready',
    found: `container ${name} is waiting: ${reason}${message === '' ? '' : `: ${message}`}`,
    remedy,
  })
  const describe = command`kubectl describe pod -n ${namespace} ${podName}`
  if (awaitsImage(container)) {
    const lacking = lackingPullSecrets(pod, facts)
    const without = lacking === undefined ? '' : `, and its pull secret ${lacking} cannot be read`
    return {
      object,
      possibleCauses: imageSources(pod, container, facts),
      problem: finding(`the image ${wanted} of container ${name} cannot be pulled${without}`, [
        describe,
        ...(lacking === undefined ? [] : [command`kubectl get secrets -n ${namespace}`]),
        command`kubectl get pod -n ${namespace} ${podName} -o custom-columns='PULL SECRETS:.spec.imagePullSecrets[*].name'`,
        comment`then set an image that exists, or add the credentials for its registry`,
      ]),
    }
  }
  if (startReasons.test(reason))
    return {
      object,
      problem: finding(`container ${name} cannot be started: ${message || 'no reason given'}`, [describe]),
      possibleCauses: objectsIn(message, namespace),
    }
  return undefined
}

/** The names of pull secrets that the kubelet cannot read. It tries to pull the image without them. */
const lackingPullSecrets = ({ metadata }: PodFacts, facts: Facts): string | undefined =>
  eventsOf(facts, 'Pod', metadata)
    .map(({ message }) => /^Unable to retrieve some image pull secrets \(([^)]+)\)/.exec(message)?.[1])
    .find(Boolean)

/** Explains a container that started and crashed, or returns undefined if it did not crash. */
export function crashOf(pod: PodFacts, container: ContainerFacts, facts: Facts): Insight | undefined {
  const { name, state, lastState, restartCount } = container
  const ended = state.terminated ?? lastState.terminated
  const isLooping = state.waiting?.reason === 'CrashLoopBackOff'
  if (!isLooping && (ended === undefined || ended.exitCode === 0 || container.ready)) return undefined
  if (hasRecovered(pod, name)) return undefined
  const { namespace, name: podName } = pod.metadata
  const object = objectOf('Pod', pod.metadata)
  const lines = linesOf(facts, pod, name)
  const how = isLooping ? 'keeps crashing (CrashLoopBackOff)' : 'has crashed'
  const limit = pod.spec.containers.find((one) => one.name === name)?.resources.limits.memory
  const killed = killedFor(pod, ended?.exitCode, facts)
  const why =
    ended?.reason === 'OOMKilled'
      ? `it ran out of memory${limit ? ` at its limit of ${limit}` : ''} (OOMKilled)`
      : [
          ended && !killed ? `it exits with code ${ended.exitCode}${meaning(ended.exitCode)}` : undefined,
          killed ?? lastComplaint(lines) ?? (ended?.message || undefined),
        ]
          .filter(Boolean)
          .join(': ')
  return {
    object,
    problem: {
      summary: `${object}: container ${name} ${how}${why === '' ? '' : `: ${why}`}.`,
      object,
      expected: 'running and ready',
      found: `restarts: ${restartCount}${ended ? `, last exit code ${ended.exitCode} (${ended.reason || 'no reason'})` : ''}`,
      remedy: [
        command`kubectl logs -n ${namespace} ${podName} -c ${[name, ...(lastState.terminated && !state.terminated ? ['--previous'] : [])]}`,
        ...(ended?.reason === 'OOMKilled'
          ? [command`kubectl get pod -n ${namespace} ${podName} -o jsonpath='{.spec.containers[*].resources}'`]
          : []),
      ],
    },
    possibleCauses: blamedBy(pod, lines, facts),
  }
}

/** Explains a pod that waits for an init container: until it ends, or has started as a sidecar, no other container is started. */
export function endlessInit(pod: PodFacts, facts: Facts): Insight | undefined {
  const sidecars = pod.spec.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')
  const isSidecar = ({ name }: ContainerFacts) => sidecars.some((sidecar) => sidecar.name === name)
  const running = pod.status.initContainerStatuses.find(
    (one) => one.state.running && (!isSidecar(one) || one.started === false),
  )
  if (pod.status.phase !== 'Pending' || !running) return undefined
  const { namespace, name: podName } = pod.metadata
  const object = objectOf('Pod', pod.metadata)
  const lines = linesOf(facts, pod, running.name)
  const [kind, what] = isSidecar(running) ? ['sidecar', 'has not started'] : ['init container', 'does not end']
  const probe = isSidecar(running) ? eventsOf(facts, 'Pod', pod.metadata).find(isOfStartup)?.message : undefined
  const why = probe ?? lastComplaint(lines)
  return {
    object,
    problem: {
      summary: `${object} is Pending: its ${kind} ${running.name} ${what}${why === undefined ? '' : `: ${why}`}.`,
      object,
      expected: 'running and ready',
      found: `${kind} ${running.name} has run since ${running.state.running?.startedAt ?? 'an unknown time'}`,
      remedy: [command`kubectl logs -n ${namespace} ${podName} -c ${running.name} --tail=50`],
    },
    possibleCauses: blamedBy(pod, lines, facts),
  }
}

const isOfStartup = ({ message }: { readonly message: string }) => message.startsWith('Startup probe failed')

/** How a container ends that the kubelet kills: by itself after SIGTERM, by SIGKILL or by SIGTERM. */
const exitsOfKilled: readonly (number | undefined)[] = [0, 137, 143]

/** The words of the kubelet about a probe for which it kills the container. */
const killedFor = ({ metadata }: PodFacts, exitCode: number | undefined, facts: Facts): string | undefined =>
  exitsOfKilled.includes(exitCode)
    ? eventsOf(facts, 'Pod', metadata).find(({ message }) => /^(?:Liveness|Startup) probe failed/.test(message))
        ?.message
    : undefined

/** The meaning of exit codes that come from the shell or from a signal (128 plus its number) instead of the program. */
function meaning(exitCode: number): string {
  const signals: Readonly<Record<number, string>> = { 134: 'SIGABRT', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM' }
  if (exitCode === 127) return ' (command not found)'
  if (exitCode === 126) return ' (command not executable)'
  return signals[exitCode] ? ` (${signals[exitCode]})` : ''
}

/** The time in milliseconds within which the kubelet may note after the start of a container that it had crashed. */
const notedWithinMs = 30_000

/**
 * True for a running container after whose start the pod was ready: it has got over its last crash. Both times are by the clock of
 * the kubelet.
 */
function hasRecovered(pod: PodFacts, container: string): boolean {
  const ready = pod.status.conditions.find(({ type }) => type === 'Ready')
  const { running } = containersOf(pod).find(({ name }) => name === container)?.state ?? {}
  return Date.parse(ready?.lastTransitionTime ?? '') - Date.parse(running?.startedAt ?? '') > notedWithinMs
}

/** The log of the crashed container, or of the current one if there is no previous log or the crash is over. */
function linesOf({ logs }: Facts, pod: PodFacts, container: string): readonly string[] {
  const { namespace, name } = pod.metadata
  const own = logs.filter((log) => log.namespace === namespace && log.pod === name && log.container === container)
  const crashed = hasRecovered(pod, container)
    ? undefined
    : own.find(({ previous, lines }) => previous && lines.length > 0)
  return (crashed ?? own.find(({ previous }) => !previous))?.lines ?? []
}

const complaint = /\b(error|fatal|panic|failed|cannot|refused|denied)\b/i
const longestComplaint = 200
const stamp = /^\d{4}-\d\d-\d\dT\S+ /

/** The last line that complains; one that states the level info only where there is no other. */
function lastComplaint(lines: readonly string[]): string | undefined {
  const complaining = lines.filter((line) => complaint.test(line)).map((line) => line.replace(stamp, ''))
  const line = complaining.findLast((line) => statementOf(line)?.level !== 'info') ?? complaining.at(-1)
  return line && line.length > longestComplaint ? `${line.slice(0, longestComplaint)}…` : line
}

/** The words of nginx and of Go about another service that cannot be found or reached. */
const unreached =
  /host not found in upstream|no such host|connection refused|i\/o timeout|name resolution|server misbehaving/i

/** The objects that a log blames. */
function blamedBy({ metadata }: PodFacts, lines: readonly string[], { names }: Facts): string[] {
  const text = lines.join('\n')
  const { namespace, database } = names
  if (/Access denied for user/.test(text)) return [`Secret ${namespace}/${database.secret}`]
  const own = names.components.find(({ selector }) => selects(labelsOf(selector), metadata.labels))
  const isBlamed = (service: string) =>
    service === database.service
      ? lines.some((line) => isUnansweredByDatabase(line, database))
      : lines.some((line) => unreached.test(line) && line.includes(service))
  return names.components
    .filter((one) => one !== own && isBlamed(one.service))
    .flatMap(({ service, namespace: apart = namespace }) => {
      const object = `Service ${apart}/${service}`
      return [object, ...(own ? waysTo(own.component, object, text) : [])]
    })
}

/** The objects that the logs of a pod blame, for one that runs and is not ready. */
export const blamedInLogs = (pod: PodFacts, facts: Facts): string[] =>
  containersOf(pod).flatMap(({ name }) => blamedBy(pod, linesOf(facts, pod, name), facts))
