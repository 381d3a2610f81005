/**
 * reports/allure: the Allure HTML, rendered from reports/allure-results by allure-commandline, which needs Java.
 * The history of the last report is copied into the new results, so that the trend grows. Each set of results gets it
 * only once, so that rendering the same run again does not count it twice.
 */

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../../basis/message'

/** Rendering takes about 3 s; after this time it is assumed to hang. */
const deadlineMs = 120_000

/** Thrown if no report could be rendered. The message says what to do. */
export class AllureNotRendered extends Error {
  override readonly name = 'AllureNotRendered'
}

/**
 * Renders reports/allure and returns the path of its first page.
 * @throws AllureNotRendered if there are no results, Java is missing, or Allure fails
 */
export async function renderAllureHtml(reports: string, signal?: AbortSignal): Promise<string> {
  const results = join(reports, 'allure-results')
  const report = join(reports, 'allure')
  const fresh = join(reports, 'allure.new')
  if (!existsSync(results) || !readdirSync(results).some((name) => name.endsWith('-result.json'))) {
    throw new AllureNotRendered(
      `There are no Allure results in ${results}. Run the suite first: npx dora-acceptance run`,
    )
  }
  await requireJava(signal)

  copyHistory(join(report, 'history'), join(results, 'history'))
  try {
    // Rendered next to the last report, which is replaced only on success: a failure must not lose the history.
    await run(allureProgram(), ['generate', '--clean', '-o', fresh, results], signal)
    rmSync(report, { recursive: true, force: true })
    renameSync(fresh, report)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return join(report, 'index.html')
}

/**
 * Copies the history once for each set of results. Without an earlier history it leaves an empty directory, so that a
 * second rendering does not add the run to its own history.
 */
function copyHistory(from: string, to: string): void {
  if (existsSync(to)) return
  if (existsSync(from)) cpSync(from, to, { recursive: true })
  else mkdirSync(to)
}

/** The script that allure-commandline's launcher starts. It is called directly, so that the deadline stops Java itself and not only the launcher. */
function allureProgram(): string {
  return join(dirname(require.resolve('allure-commandline')), 'dist', 'bin', 'allure')
}

async function requireJava(signal?: AbortSignal): Promise<void> {
  const home = process.env.JAVA_HOME
  const java = home ? join(home, 'bin', 'java') : 'java'
  try {
    await promisify(execFile)(java, ['-version'], { timeout: deadlineMs, ...(signal ? { signal } : {}) })
  } catch (error) {
    signal?.throwIfAborted()
    const where = home ? `JAVA_HOME (${home})` : 'PATH'
    throw new AllureNotRendered(
      `The Allure HTML needs Java, which was not found in ${where}. Install it (on Debian: apt-get install default-jre-headless) and run: npx dora-acceptance report`,
      { cause: error },
    )
  }
}

async function run(program: string, parameters: readonly string[], signal?: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(program, parameters, {
      timeout: deadlineMs,
      // Only the value "true" keeps the tracking script out of the page.
      env: { ...process.env, ALLURE_NO_ANALYTICS: 'true' },
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new AllureNotRendered(`Allure could not render the report: ${lastLineOf(error)}`, { cause: error })
  }
}

function lastLineOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error)
  if ('killed' in error && error.killed === true) return `it did not finish within ${deadlineMs / 1000} s.`
  const output = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  return output.split('\n').findLast((line) => line.trim() !== '') ?? error.message
}
