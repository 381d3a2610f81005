/** The sandbox as an operator has it: by its own commands and exports. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { parse, stringify } from 'yaml'
import { writeWhole } from '../sandbox/basis/files'

const root = resolve(__dirname, '..')
const command = ['bootstrap.mjs', 'sandbox/cli/main.ts']

/** Which sandbox: the one of this checkout, or with `SANDBOX_STATE` one whose directory that is. */
export type Place = Readonly<Record<'SANDBOX_STATE', string>> | Readonly<Record<string, never>>

/** Starts what is not running; on a running sandbox this only looks. */
export async function sandboxUp(place: Place = {}, options: readonly string[] = []): Promise<void> {
  await execa('node', [...command, 'up', ...options], { cwd: root, env: place, stdout: 'inherit', stderr: 'inherit' })
}

export async function sandboxDown(place: Place = {}): Promise<void> {
  await execa('node', [...command, 'down'], { cwd: root, env: place, stdout: 'inherit', stderr: 'inherit' })
}

/** The exports that `npm run sandbox -- env` prints; the sandbox is started when it is not running. */
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

/** On the sandbox, which collects once a second, what takes longer never comes. */
const deadlines = { request: '5s', condition: '10s', collection: '10s', dashboard: '5s' }

/** The same sandbox for a suite that is told to wait no longer than that for what a fault keeps away. */
export function impatient(environment: Readonly<Record<string, string>>): Record<string, string> {
  const patient = environment.ACCEPTANCE_CONFIG ?? ''
  const configuration = join(dirname(patient), 'impatient.yaml')
  writeWhole(configuration, stringify({ ...parse(readFileSync(patient, 'utf8')), deadlines }))
  return { ...environment, ACCEPTANCE_CONFIG: configuration }
}

/**
 * Starts a sandbox of its own beside that of the checkout, for what has to be started otherwise, hands its exports on, and
 * stops it whatever happens.
 * @param options of `npm run sandbox -- up`
 */
export async function withOwnSandbox<T>(
  options: readonly string[],
  use: (environment: Record<string, string>, place: Place) => Promise<T>,
): Promise<T> {
  const place = { SANDBOX_STATE: mkdtempSync(join(tmpdir(), 'sandbox-')) }
  try {
    await sandboxUp(place, options)
    return await use(await sandboxEnvironment(place), place)
  } finally {
    await sandboxDown(place)
    rmSync(place.SANDBOX_STATE, { recursive: true, force: true })
  }
}
