/** Types the commands that a run prints, as an operator would, while the platform is still broken. */
import { execa } from 'execa'
import type { Verdict } from '../../support/record/verdict'

/** A printed command that does not do what it promises. */
export interface FailedCommand {
  readonly command: string
  readonly why: string
}

/** A command that needs longer waits for something. */
const longestMs = 30_000

/** kubectl at the start of a line, of a substitution or behind a pipe, for whatever context is current. */
const withoutContext = /(?:^|\$\(|\| )kubectl (?!--context \S|config )/

/**
 * Runs the commands that only read, each once, and checks that all others name their context too.
 * @returns the commands that fail, print nothing or name no context
 */
export async function failedCommandsOf(
  { causes, rollback = [] }: Pick<Verdict, 'causes' | 'rollback'>,
  environment: Readonly<Record<string, string>>,
): Promise<FailedCommand[]> {
  const printed = [
    ...causes.flatMap(({ remedy, troubleshooting }) => [...remedy, ...(troubleshooting?.commands ?? [])]),
    ...rollback.flatMap(({ commands }) => commands),
  ]
  const failed = distinct(printed)
    .filter((command) => withoutContext.test(command))
    .map((command) => ({ command, why: 'it names no context' }))
  for (const command of distinct(causes.flatMap(({ remedy, reads = [] }) => reads.flatMap((at) => remedy[at] ?? [])))) {
    const why = await typed(command, environment)
    if (why !== undefined) failed.push({ command, why })
  }
  return failed
}

/** The reason why a command is no help, or undefined if it is. What it prints may hold secrets and is not kept. */
async function typed(command: string, environment: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { exitCode, stdout, stderr, timedOut } = await execa('bash', ['-o', 'pipefail', '-c', command], {
    env: environment,
    stdin: 'ignore',
    timeout: longestMs,
    reject: false,
  })
  if (timedOut) return `it does not end within ${longestMs / 1000} s`
  if (exitCode !== 0) return `it exits with code ${exitCode ?? 'unknown'}: ${stderr.split('\n')[0]}`
  return stdout === '' && stderr === '' ? 'it prints nothing' : undefined
}

const distinct = (commands: readonly string[]) => [...new Set(commands)]
