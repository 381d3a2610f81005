/**
 * Runs the credential plugin (exec) of a kubeconfig user, as kubectl does, with a deadline. The plugin finds what it needs in
 * KUBERNETES_EXEC_INFO, may ask on a terminal, and does not survive the run.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { parse } from 'yaml'
import { bounds, limitOf } from '../../basis/bounds'
import { redaction } from '../../basis/redaction'
import { endings } from '../../basis/signals'
import { visible } from '../../basis/visible-text'
import type { Cluster, Plugin } from './schema'

/** The credentials that a plugin printed. */
export interface PluginCredentials {
  readonly token?: string | undefined
  /** In PEM, with its key. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  /** In milliseconds since 1970; undefined if the credentials do not expire. */
  readonly expiresAt?: number | undefined
}

/** A plugin that returned no credentials. The message holds its own words, and never its answer. */
export class PluginFailure extends Error {
  constructor(
    message: string,
    /** The command of the plugin. */
    readonly command: string,
    /** How to install the plugin, as the kubeconfig says; undefined if the plugin is there. */
    readonly installHint?: string,
  ) {
    super(message)
  }
}

/** The plugins that are running. */
const running = new Set<ChildProcess>()

/**
 * Runs a plugin. Its error output is shown on the terminal while it may ask there.
 * @param cluster the cluster of the context, which the plugin gets if `provideClusterInfo` is set
 * @param deadlineMs the time for a plugin that does not ask; a person may take ten times as long
 * @throws PluginFailure
 */
export async function runPlugin(plugin: Plugin, cluster: Cluster, deadlineMs: number): Promise<PluginCredentials> {
  const isInteractive = mayAsk(plugin)
  const { command, args, env } = plugin
  const child = spawn(command, args, {
    // A plugin that asks must stay in the process group of the terminal.
    detached: !isInteractive,
    stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: execInfo(plugin, cluster, isInteractive),
    },
  })
  const printed = await outputOf(child, plugin, isInteractive, isInteractive ? 10 * deadlineMs : deadlineMs)
  return credentialsIn(printed, plugin)
}

/** @throws PluginFailure if the plugin needs a terminal and there is none */
function mayAsk({ interactiveMode = 'IfAvailable', command }: Plugin): boolean {
  const isTerminal = process.stdin.isTTY === true
  if (interactiveMode === 'Always' && !isTerminal)
    throw new PluginFailure(
      `the credential plugin ${command} asks for input (interactiveMode Always), and standard input is not a terminal`,
      command,
    )
  return interactiveMode !== 'Never' && isTerminal
}

/** The request to the plugin, as client.authentication.k8s.io defines it. */
function execInfo({ apiVersion, provideClusterInfo }: Plugin, cluster: Cluster, interactive: boolean): string {
  const config = cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension
  const described = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
    'disable-compression': cluster['disable-compression'] || undefined,
    config: config ?? null,
  }
  const spec = { ...(provideClusterInfo ? { cluster: described } : {}), interactive }
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec })
}

async function outputOf(child: ChildProcess, plugin: Plugin, shows: boolean, deadlineMs: number): Promise<string> {
  const { command, installHint } = plugin
  let stdout = ''
  let stderr = ''
  if (running.size === 0) watchForTheEnd()
  running.add(child)
  try {
    return await new Promise<string>((resolve, reject) => {
      const end = (reason: string) => {
        kill(child)
        // A process that left the group may still hold them open.
        child.stdout?.destroy()
        child.stderr?.destroy()
        reject(new PluginFailure(`the credential plugin ${command} ${reason}${said(stderr)}`, command))
      }
      const late = setTimeout(() => end(`returned no credentials within ${deadlineMs / 1000} s`), deadlineMs)
      const collect = (chunk: Buffer) => {
        if (stdout.length + stderr.length + chunk.length > bounds.pluginOutput.most)
          end(`printed more than ${limitOf('pluginOutput')}`)
        return chunk.toString('utf8')
      }
      child.stdout?.on('data', (chunk: Buffer) => (stdout += collect(chunk)))
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += collect(chunk)
        if (shows) process.stderr.write(visible(redaction.redactForeign(chunk.toString('utf8'))))
      })
      child.on('error', ({ message, ...error }: NodeJS.ErrnoException) => {
        const isMissing = error.code === 'ENOENT'
        const reason = isMissing ? 'is not installed' : `cannot be run: ${message}`
        clearTimeout(late)
        reject(
          new PluginFailure(
            `the credential plugin ${command} ${reason}`,
            command,
            isMissing ? (installHint ?? '') : undefined,
          ),
        )
      })
      child.on('close', (code, signal) => {
        clearTimeout(late)
        if (code === 0) resolve(stdout)
        else
          reject(
            new PluginFailure(
              `the credential plugin ${command} failed with ${code === null ? signal : `exit code ${code}`}${said(stderr)}`,
              command,
            ),
          )
      })
    })
  } finally {
    running.delete(child)
    if (running.size === 0) stopWatching()
  }
}

const said = (text: string) => (text.trim() ? `: ${redaction.redactForeign(text.trim())}` : '')

/** @throws PluginFailure if a plugin printed anything but credentials; the message quotes nothing, because it may be a token */
function credentialsIn(printed: string, { command, apiVersion }: Plugin): PluginCredentials {
  const failure = (reason: string) => new PluginFailure(`the credential plugin ${command} printed ${reason}`, command)
  let answer: unknown
  try {
    // kubectl reads YAML, too.
    answer = parse(printed, { logLevel: 'error' })
  } catch {
    throw failure('no JSON')
  }
  if (!isRecord(answer)) throw failure('no JSON')
  const { apiVersion: version, kind = 'ExecCredential', status } = answer
  if (kind !== 'ExecCredential') throw failure('no ExecCredential')
  if (version !== apiVersion) throw failure(`credentials of another version than ${apiVersion}`)
  if (!isRecord(status)) throw failure('no status')
  const token = textOf(status.token)
  const certificate = textOf(status.clientCertificateData)
  const key = textOf(status.clientKeyData)
  for (const secret of [token, key]) if (secret !== undefined) redaction.register(secret)
  if (!token && !certificate && !key) throw failure('neither a token nor a certificate')
  if (!certificate !== !key) throw failure('only one of a certificate and its key')
  const expires = textOf(status.expirationTimestamp)
  const expiresAt = expires === undefined ? undefined : Date.parse(expires)
  if (Number.isNaN(expiresAt)) throw failure('an expirationTimestamp that is no time')
  return { token, certificate, key, expiresAt }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** A plugin of its own process group ends with all that it started. */
function kill(child: ChildProcess): void {
  const { pid } = child
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

const killAll = () => {
  for (const plugin of running) kill(plugin)
}

/** Ends the plugins, and then the process, unless somebody else decides what the signal means. */
const onSignal = (signal: NodeJS.Signals) => {
  killAll()
  stopWatching()
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function watchForTheEnd(): void {
  process.on('exit', killAll)
  for (const signal of endings) process.on(signal, onSignal)
}

function stopWatching(): void {
  process.off('exit', killAll)
  for (const signal of endings) process.off(signal, onSignal)
}
