/**
 * Runs the credential plugins of the kubeconfig (`exec`) with a deadline. The client library starts them without one, and they would
 * also survive the run.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { bounds, limitOf } from '../basis/bounds'
import { ConfigurationError } from '../configuration/error'

/** Providers for which the library runs a command that blocks the whole process. kubectl removed them in version 1.26. */
const removedProviders = ['gcp', 'azure']

/** The plugins that are running. Each leads a process group of its own, so that what it starts ends with it. */
const running = new Set<ChildProcess>()

/**
 * Gives the plugins of a kubeconfig a deadline and a bound for their output.
 * @throws ConfigurationError if the current user has a provider that kubectl no longer has
 */
export function boundPlugins(config: KubeConfig, deadlineMs: number): void {
  const user = config.getCurrentUser()
  const provider: unknown = user?.authProvider?.name
  if (typeof provider === 'string' && removedProviders.includes(provider))
    throw new ConfigurationError(
      `The user ${user?.name} of the kubeconfig has the auth provider ${provider}, which kubectl removed in version 1.26. Use its credential plugin (exec) instead.`,
    )
  const authenticators: unknown = Reflect.get(config, 'authenticators')
  if (!Array.isArray(authenticators)) return
  for (const authenticator of authenticators)
    if (typeof authenticator === 'object' && authenticator !== null && 'execFn' in authenticator)
      authenticator.execFn = (command: string, words: readonly string[] = [], options: SpawnOptions = {}) =>
        start(command, words, options, deadlineMs)
}

function start(command: string, words: readonly string[], options: SpawnOptions, deadlineMs: number): ChildProcess {
  const plugin = spawn(command, words, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = (reason: string) => {
    plugin.emit('error', new Error(`the credential plugin ${command} ${reason}`))
    kill(plugin)
    // A process that left the group may still hold them open.
    plugin.stdout.destroy()
    plugin.stderr.destroy()
  }
  const late = setTimeout(() => end(`returned no credentials within ${deadlineMs / 1000} s`), deadlineMs)
  let printed = 0
  for (const stream of [plugin.stdout, plugin.stderr])
    stream.on('data', (text: string | Buffer) => {
      printed += text.length
      if (printed > bounds.pluginOutput.most) end(`printed more than ${limitOf('pluginOutput')}`)
    })
  if (running.size === 0) watchForTheEnd()
  running.add(plugin)
  plugin.on('close', () => {
    clearTimeout(late)
    running.delete(plugin)
    if (running.size === 0) stopWatching()
  })
  return plugin
}

function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
}

function stopWatching(): void {
  process.off('exit', killAll)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
}
