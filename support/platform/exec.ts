/** Commands inside a pod. Only those that are built here are run, and all of them only read. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Exec } from '@kubernetes/client-node/dist/exec.js'
import type { V1Status } from '@kubernetes/client-node/dist/gen/models/V1Status.js'
import { within } from '../basis/eventually'
import { Blocked } from '../basis/expectation'
import { reasonOf } from './exchange'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'

/** The ways to ask for a URL from inside a pod, in the order in which they are tried. */
const commands = {
  wget: (url: string, seconds: number) => ['wget', '-q', '-O', '-', '-T', String(seconds), url],
  curl: (url: string, seconds: number) => ['curl', '-sS', '--fail', '--max-time', String(seconds), url],
} as const

export interface ExecAnswer {
  /** Such as "wget -q -O - http://devlake-lake:8080/api/ping". */
  readonly command: string
  readonly ok: boolean
  readonly stdout: string
  /** What the command, or the cluster, said about a failure. */
  readonly complaint: string
}

/** Asks for a URL from inside a container; undefined when the container has neither wget nor curl. */
export async function askFromInside(
  api: KubernetesApi,
  where: { namespace: string; pod: string; container: string },
  url: string,
  deadlineMs: number,
): Promise<ExecAnswer | undefined> {
  for (const command of Object.values(commands)) {
    const answer = await run(api, where, command(url, Math.ceil(deadlineMs / 1000)), deadlineMs)
    if (answer.ok || !/executable file not found|no such file or directory|command not found/i.test(answer.complaint))
      return answer
  }
  return undefined
}

async function run(
  api: KubernetesApi,
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  command: string[],
  deadlineMs: number,
): Promise<ExecAnswer> {
  api.guard(operations.execInPod)
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const output = Promise.all([text(stdout), text(stderr)])
  const asked = api.asked(operations.execInPod, { namespace, name: pod })
  const late = () =>
    new Blocked({
      summary: `A command in the pod ${pod} did not end in time.`,
      object: `Pod ${namespace}/${pod}`,
      expected: `an end within ${deadlineMs / 1000} s of: ${command.join(' ')}`,
      found: 'no end',
      remedy: [`kubectl exec -n ${namespace} ${pod} -- ${command.join(' ')}`],
    })
  let socket: { close(): void } | undefined
  try {
    const status = await within(
      new Promise<V1Status>((resolve, reject) => {
        new Exec(api.config)
          .exec(namespace, pod, container, command, stdout, stderr, null, false, resolve)
          .then((opened) => {
            socket = opened
            opened.on('error', reject)
            opened.on('close', () => setImmediate(resolve, { status: 'Failure', message: 'the connection was closed' }))
          }, reject)
      }),
      deadlineMs + 2000,
      late,
    )
    stdout.end()
    stderr.end()
    const [out, err] = await output
    const ok = status.status === 'Success'
    const complaint = ok ? '' : [err.trim(), status.message].filter(Boolean).join('; ')
    const answer = { command: command.join(' '), ok, stdout: out, complaint }
    api.report(`${asked}: ${answer.command}`, ok ? out : complaint)
    return answer
  } catch (error) {
    if (error instanceof Blocked) throw error
    throw new Blocked({
      summary: `No command can be run in the pod ${pod}.`,
      object: `Pod ${namespace}/${pod}`,
      expected: `to run: ${command.join(' ')}`,
      found: reasonOf(error),
      remedy: [`kubectl exec -n ${namespace} ${pod} -- ${command.join(' ')}`],
    })
  } finally {
    socket?.close()
  }
}
