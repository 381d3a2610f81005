/** The sandbox as an operator has it: by its own commands and exports. */
import { resolve } from 'node:path'
import { execa } from 'execa'

const root = resolve(__dirname, '..')
const command = ['bootstrap.mjs', 'sandbox/main.ts']

/** Starts what is not running; on a running sandbox this only looks. */
export async function sandboxUp(): Promise<void> {
  await execa('node', [...command, 'up'], { cwd: root, stdout: 'inherit', stderr: 'inherit' })
}

export async function sandboxDown(): Promise<void> {
  await execa('node', [...command, 'down'], { cwd: root, stdout: 'inherit', stderr: 'inherit' })
}

/** The exports that `npm run sandbox -- env` prints; the sandbox is started when it is not running. */
export async function sandboxEnvironment(): Promise<Record<string, string>> {
  const { exitCode } = await execa('node', [...command, 'status'], { cwd: root, reject: false })
  if (exitCode !== 0) await sandboxUp()
  const { stdout } = await execa('bash', ['-c', `eval "$(node ${command.join(' ')} env)"; env -0`], {
    cwd: root,
    env: {},
  })
  return Object.fromEntries(
    stdout
      .split('\0')
      .map((line) => line.split(/=(.*)/s))
      .filter(([name]) => name === 'KUBECONFIG' || name === 'ACCEPTANCE_CONFIG' || name === 'PATH')
      .map(([name = '', value = '']) => [name, value]),
  )
}
