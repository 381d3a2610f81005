/** Starts and stops the sandbox through its own commands, as an operator would. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa, execaSync } from 'execa'
import { parse, stringify } from 'yaml'
import { writeWhole } from '../../sandbox/basis/files'
import { endings } from '../../support/basis/signals'

const root = resolve(__dirname, '../..')
const command = ['bootstrap.mjs', 'sandbox/cli/main.ts']

/** The location of a sandbox: the default of this checkout, or the state directory in `SANDBOX_STATE`. */
export type Place = Readonly<Record<'SANDBOX_STATE', string>> | Readonly<Record<string, never>>

/** Starts the parts of the sandbox that are not running; does nothing if all of them are. */
export async function sandboxUp(place: Place = {}, options: readonly string[] = []): Promise<void> {
  await execa('node', [...command, 'up', ...options], { cwd: root, env: place, stdout: 'inherit', stderr: 'inherit' })
}

export async function sandboxDown(place: Place = {}): Promise<void> {
  await execa('node', [...command, 'down'], { cwd: root, env: place, stdout: 'inherit', stderr: 'inherit' })
}

/** The variables that `npm run sandbox -- env` exports. Starts the sandbox if it is not running. */
export async function sandboxEnvironment(place: Place = {}): Promise<Record<string, string>> {
  const { exitCode } = await execa('node', [...command, 'status'], { cwd: root, env: place, reject: false })
  if (exitCode !== 0) await sandboxUp(place)
  const { stdout } = await execa('bash', ['-c', `eval "$(node ${command.join(' ')} env)"; env -0`], {
    cwd: root,
    env: place,
  })
  return Object.fromEntries(
    stdout
      .split('\0')
      .map((line) => line.split(/=(.*)/s))
      .filter(([name]) => name === 'KUBECONFIG' || name === 'ACCEPTANCE_CONFIG' || name === 'PATH')
      .map(([name = '', value = '']) => [name, value]),
  )
}

/** Far more than the sandbox needs: it collects once a second, so anything slower never happens. */
const deadlines = { request: '5s', condition: '10s', collection: '10s', dashboard: '5s' }

/** The same environment with shorter deadlines, so that a run waits less for what a fault prevents. */
export function impatient(environment: Readonly<Record<string, string>>): Record<string, string> {
  const patient = environment.ACCEPTANCE_CONFIG ?? ''
  const configuration = join(dirname(patient), 'impatient.yaml')
  writeWhole(configuration, stringify({ ...parse(readFileSync(patient, 'utf8')), deadlines }))
  return { ...environment, ACCEPTANCE_CONFIG: configuration }
}

/**
 * Starts a separate sandbox for cases that need other start options, passes its environment to `use`, and always stops it, also
 * when a signal ends the process.
 * @param options command-line options of `npm run sandbox -- up`
 * @param state its state directory, which is removed afterwards; a new one when absent
 */
export async function withOwnSandbox<T>(
  options: readonly string[],
  use: (environment: Record<string, string>, place: Place) => Promise<T>,
  state = mkdtempSync(join(tmpdir(), 'sandbox-')),
): Promise<T> {
  const place = { SANDBOX_STATE: state }
  const remove = () => rmSync(state, { recursive: true, force: true })
  const interrupted = () => {
    execaSync('node', [...command, 'down'], { cwd: root, env: place, stdio: 'inherit', reject: false })
    remove()
    process.exit(130)
  }
  for (const signal of endings) process.once(signal, interrupted)
  try {
    await sandboxUp(place, options)
    return await use(await sandboxEnvironment(place), place)
  } finally {
    await sandboxDown(place)
    remove()
    for (const signal of endings) process.off(signal, interrupted)
  }
}
