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

/** The exit code of timeout(1) for a command that it ended. */
const timedOut = 124

/** Exit codes of curl for the faults of a server that it reached. Source: EXIT CODES in curl(1). */
const shownByCurl = new Set([18, 28, 35, 51, 52, 56, 60])

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
  const reading = new Map(
    causes.flatMap(({ remedy, reads = [] }) => reads.map((at) => [remedy[at] ?? '', portForward(remedy, at)] as const)),
  )
  const judged = async ([command, forward]: readonly [string, string | undefined]): Promise<FailedCommand[]> => {
    const why = await beside(forward, environment, () => typed(command, environment))
    return why === undefined ? [] : [{ command, why }]
  }
  // Port-forwards may need the same port of this machine.
  const alone = [...reading].filter(([, forward]) => forward !== undefined)
  const others = [...reading].filter(([, forward]) => forward === undefined)
  const found = await Promise.all([
    inTurn(alone, judged),
    ...Array.from({ length: atOnce }, (_, first) =>
      inTurn(
        others.filter((_, at) => at % atOnce === first),
        judged,
      ),
    ),
  ])
  return [...failed, ...found.flat()]
}

/** Commands that are typed side by side: most of them wait for the API server. */
const atOnce = 4

async function inTurn<T, R>(list: readonly T[], act: (one: T) => Promise<readonly R[]>): Promise<R[]> {
  const results: R[] = []
  for (const one of list) results.push(...(await act(one)))
  return results
}

/** The port-forward that a `curl` to this machine needs: the last one before it for its port. */
function portForward(remedy: readonly string[], at: number): string | undefined {
  const port = /^curl .*\/\/localhost:(\d+)/.exec(remedy[at] ?? '')?.[1]
  return (
    port &&
    remedy.slice(0, at).findLast((line) => / port-forward /.test(line) && new RegExp(` ${port}(:|$)`).test(line))
  )
}

/** Does something while a port-forward is open, as an operator does in two terminals. */
async function beside(
  forward: string | undefined,
  environment: Readonly<Record<string, string>>,
  act: () => Promise<string | undefined>,
): Promise<string | undefined> {
  if (forward === undefined) return act()
  // `exec` makes the shell the program, which a signal then ends.
  const open = execa('bash', ['-c', `exec ${forward}`], { env: environment, stdin: 'ignore', reject: false })
  try {
    const forwarding = new Promise((resolve) => open.stdout.once('data', resolve))
    await Promise.race([forwarding, open])
    return await act()
  } finally {
    open.kill()
    await open
  }
}

/** The reason why a command is no help, or undefined if it is. What it prints may hold secrets and is not kept. */
async function typed(command: string, environment: Readonly<Record<string, string>>): Promise<string | undefined> {
  // Behind a pipe, the answer of a program such as `promtool check` may be its exit code.
  const script = `${command}\nexit "\${PIPESTATUS[0]}"`
  // `timeout` ends the programs of a pipe, too, which would keep the output open for good.
  const bounded = ['--kill-after=2', String(longestMs / 1000), 'bash', '-c', script]
  const { exitCode, stdout, stderr } = await execa('timeout', bounded, {
    env: environment,
    stdin: 'ignore',
    reject: false,
  })
  if (exitCode === timedOut) return `it does not end within ${longestMs / 1000} s`
  // A transfer that the service cuts or never ends, or a certificate that it does not prove, is what such a command shows.
  if (command.startsWith('curl ') && shownByCurl.has(exitCode ?? -1)) return undefined
  if (exitCode !== 0) return `it exits with code ${exitCode ?? 'unknown'}: ${stderr.split('\n')[0]}`
  // The client of MySQL shows by nothing that a query has no rows.
  const isQuery = / mysql .* -e '?SELECT /s.test(command)
  return stdout === '' && stderr === '' && !isQuery ? 'it prints nothing' : undefined
}

const distinct = (commands: readonly string[]) => [...new Set(commands)]
