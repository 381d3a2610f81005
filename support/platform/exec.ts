/** Runs commands inside a pod. Only the commands built here are run, and they only read. */

import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { Exec } from '@kubernetes/client-node/dist/exec.js'
import type { V1Status } from '@kubernetes/client-node/dist/gen/models/V1Status.js'
import { bounds, limitOf } from '../basis/bounds'
import { command } from '../basis/command'
import { within } from '../basis/eventually'
import { Blocked, type Circumstances } from '../basis/expectation'
import type { CommandAnswer } from './command-answer'
import { reasonOf } from './exchange'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'
import { boundedWebSockets, brokenBy } from './websocket'

/** Commands that request a URL from inside a pod, in the order in which they are tried. */
const commands = {
  wget: (url: string, seconds: number) => ['wget', '-q', '-O', '-', '-T', String(seconds), url],
  curl: (url: string, seconds: number) => ['curl', '-sS', '--fail', '--max-time', String(seconds), url],
} as const

/**
 * Prints the SHA-256 digest of each named environment variable, so that no value leaves the container. The kernel keeps what the
 * shell was started with; the shell itself passes on no variable with a dash or a dot in its name, such as a key of a Secret.
 */
const digests = [
  'sh',
  '-c',
  'for name in tr sed sha256sum; do command -v $name >/dev/null || { echo "no $name" >&2; exit 127; }; done; ' +
    '[ -n "$(tr "\\000" " " </proc/$$/environ)" ] || { echo "no environment in /proc" >&2; exit 1; }; ' +
    'for name do tr "\\n\\000" "\\001\\n" </proc/$$/environ | sed -n "s/^$name=//p" | tr "\\001" "\\n" | sha256sum; done',
  'sh',
]

interface ContainerName {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/**
 * Requests a URL from inside a container. Returns undefined if the container has neither wget nor curl.
 * @throws Blocked if the command cannot be run or does not finish in time
 */
export async function askFromInside(
  api: KubernetesApi,
  where: ContainerName,
  url: string,
  deadlineMs: number,
): Promise<CommandAnswer | undefined> {
  for (const command of Object.values(commands)) {
    const answer = await run(api, where, command(url, Math.ceil(deadlineMs / 1000)), deadlineMs)
    if (answer.ok || !/executable file not found|no such file or directory|command not found/i.test(answer.complaint))
      return answer
  }
  return undefined
}

/**
 * Returns the SHA-256 digests of environment variables with which a container was started, each with a line feed after the value.
 * @throws Blocked if the container lacks the commands, or does not answer
 */
export async function environmentDigests(
  api: KubernetesApi,
  where: ContainerName,
  names: readonly string[],
  deadlineMs: number,
): Promise<readonly string[]> {
  const answer = await run(
    api,
    where,
    [...digests, ...names.map((name) => name.replaceAll('.', '[.]'))],
    deadlineMs,
    () => `${names.length} digests`,
  )
  const found = answer.stdout.match(/^[0-9a-f]{64}(?=\s)/gm) ?? []
  if (answer.ok && found.length === names.length) return found
  throw new Blocked({
    summary: `The container ${where.container} of Pod ${where.namespace}/${where.pod} does not show its environment.`,
    object: `Pod ${where.namespace}/${where.pod}`,
    expected: 'sh, tr, sed and sha256sum in the container',
    found: answer.complaint || `${found.length} of ${names.length} digests`,
    remedy: [command`kubectl exec -n ${where.namespace} ${where.pod} -c ${where.container} -- ${answer.command}`],
  })
}

/** Returns the answer that is kept from a moment ago, else runs the command. @param shown the output as evidence */
async function run(
  api: KubernetesApi,
  where: ContainerName,
  words: string[],
  deadlineMs: number,
  shown: (output: string) => string = (output) => output,
): Promise<CommandAnswer> {
  api.guard(operations.execInPod)
  const answer = await api.kept.commands.read(JSON.stringify([where, words]), () =>
    runNow(api, where, words, deadlineMs),
  )
  const request = api.asked(operations.execInPod, { namespace: where.namespace, name: where.pod })
  api.report(`${request}: ${words.join(' ')}`, answer.ok ? shown(answer.stdout) : answer.complaint)
  return answer
}

async function runNow(
  api: KubernetesApi,
  { namespace, pod, container }: ContainerName,
  words: string[],
  deadlineMs: number,
): Promise<CommandAnswer> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => (fail = reject))
  failed.catch(() => {})
  let printed = 0
  for (const stream of [stdout, stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.length
      if (printed > bounds.commandOutput.most)
        fail(new Error(`the command prints more than ${limitOf('commandOutput')}`))
    })
  const output = Promise.all([text(stdout), text(stderr)])
  // Nobody waits for the output of a command that cannot be run.
  output.catch(() => {})
  const blocked = (circumstances: Pick<Circumstances, 'summary' | 'expected' | 'found'>) =>
    new Blocked({
      ...circumstances,
      object: `Pod ${namespace}/${pod}`,
      remedy: [command`kubectl exec -n ${namespace} ${pod} -- ${words}`],
    })
  const late = () =>
    blocked({
      summary: `A command in the pod ${pod} did not finish in time.`,
      expected: `to finish within ${deadlineMs / 1000} s: ${words.join(' ')}`,
      found: 'still running',
    })
  let socket: { close(): void } | undefined
  let isOver = false
  try {
    const status = await within(
      new Promise<V1Status>((resolve, reject) => {
        failed.catch(reject)
        new Exec(new KubeConfig(), boundedWebSockets(api.access, deadlineMs, fail))
          .exec(namespace, pod, container, words, stdout, stderr, null, false, resolve)
          .then((opened) => {
            socket = opened
            if (isOver) opened.close()
            opened.on('error', (error: Error) => reject(brokenBy(error)))
            opened.on('close', () => setImmediate(resolve, { status: 'Failure', message: 'the connection was closed' }))
          }, reject)
      }),
      deadlineMs + 2000,
      late,
    )
    stdout.end()
    stderr.end()
    const [out, err] = await Promise.race([output, failed])
    const ok = status.status === 'Success'
    const complaint = ok ? '' : [err.trim(), status.message].filter(Boolean).join('; ')
    return { command: words, ok, stdout: out, complaint }
  } catch (error) {
    if (error instanceof Blocked) throw error
    throw blocked({
      summary: `Commands cannot be run in the pod ${pod}.`,
      expected: `to run: ${words.join(' ')}`,
      found: reasonOf(error),
    })
  } finally {
    isOver = true
    socket?.close()
    stdout.destroy()
    stderr.destroy()
  }
}
