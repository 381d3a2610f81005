/**
 * `npm run acceptance:sandbox`: starts the sandbox, runs the suite, writes every report and stops the sandbox. The suite runs as
 * on any cluster: with the exports of `npm run sandbox -- env` and nothing else.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { messageOf } from '../basis/errors'
import { checkout } from '../basis/layout'
import { down } from './down'
import { environmentOf } from './environment'
import { readOptions } from './options'
import { status } from './status'
import { up } from './up'

const say = (line: string) => process.stdout.write(`${line}\n`)

/** Runs a program of the checkout to its end and returns its exit code. Ctrl-C reaches it through the terminal. */
function run(program: string, given: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', 'ts-node/register', join(checkout, program), ...given], {
      cwd: checkout,
      stdio: 'inherit',
      env: environment,
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 3))
  })
}

async function main(given: readonly string[]): Promise<number> {
  if (given.includes('--help')) return run('support/cli/main.ts', ['run', '--help'], process.env)
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort(new Error(`Interrupted by ${signal}.`)))
  // A sandbox that was already running stays: this run must not stop what it did not start.
  const wasRunning = await status(() => {})
  if (!wasRunning) await up(readOptions({}), say, interruption.signal)
  try {
    const exitCode = await run('support/cli/main.ts', ['run', ...given], { ...process.env, ...environmentOf() })
    await run('support/cli/main.ts', ['report'], process.env)
    return exitCode
  } finally {
    if (!wasRunning) await down(say)
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(3)
  },
)
