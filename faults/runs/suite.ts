/** Runs the suite on the sandbox as an operator would, and reads the verdict that it wrote. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { Verdict } from '../../support/record/verdict'
import type { FailedCommand } from './commands'

const root = resolve(__dirname, '../..')

export interface SuiteRun {
  readonly verdict: Verdict
  readonly exitCode: number
  /** Standard output and standard error, interleaved. */
  readonly output: string
  readonly durationMs: number
  /** Printed commands that are no help; absent if they were not tried. */
  readonly failedCommands?: readonly FailedCommand[]
}

/**
 * Runs `npm run acceptance` with the environment of a sandbox.
 * @param directory keeps the reports; without it they are removed once the verdict is read
 * @throws Error when the run writes no verdict, for example because it was killed after 10 minutes
 */
export async function runSuite(
  environment: Readonly<Record<string, string>>,
  given: readonly string[] = [],
  directory?: string,
): Promise<SuiteRun> {
  const reports = directory ?? mkdtempSync(join(tmpdir(), 'acceptance-'))
  const begin = performance.now()
  try {
    const { exitCode, all } = await execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', ...given], {
      cwd: root,
      env: { ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
      all: true,
      reject: false,
      timeout: 600_000,
    })
    const verdict = JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')) as Verdict
    return { verdict, exitCode: exitCode ?? -1, output: all, durationMs: performance.now() - begin }
  } finally {
    if (directory === undefined) rmSync(reports, { recursive: true, force: true })
  }
}
