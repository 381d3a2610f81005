/**
 * reports/allure: the Allure HTML made from reports/allure-results by allure-commandline, which needs Java.
 * The trend grows by handing the history of the last report to the next. Each set of results takes it once, so that
 * rendering the same run again does not count it twice.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Rendering takes about 3 s; whoever waits for this long waits in vain. */
const deadlineMs = 120_000

/** No report could be rendered; the message says what to do. */
export class AllureNotRendered extends Error {
  override readonly name = 'AllureNotRendered'
}

/**
 * Renders reports/allure and answers the path of its first page.
 * @throws AllureNotRendered when there are no results, no Java, or Allure fails
 */
export async function renderAllureHtml(reports: string, signal?: AbortSignal): Promise<string> {
  const results = join(reports, 'allure-results')
  const report = join(reports, 'allure')
  const fresh = join(reports, 'allure.new')
  if (!existsSync(results) || !readdirSync(results).some((name) => name.endsWith('-result.json'))) {
    throw new AllureNotRendered(`There are no Allure results in ${results}. Run the suite first: npm run acceptance`)
  }
  await requireJava(signal)

  handOnHistory(join(report, 'history'), join(results, 'history'))
  try {
    // Rendered beside the last report and then put in its place: a failure must not cost the history.
    await run(allureProgram(), ['generate', '--clean', '-o', fresh, results], signal)
    rmSync(report, { recursive: true, force: true })
    renameSync(fresh, report)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return join(report, 'index.html')
}

/** The results keep what they were given, also when that was nothing: a second rendering must not add the run to itself. */
function handOnHistory(of: string, to: string): void {
  if (existsSync(to)) return
  if (existsSync(of)) cpSync(of, to, { recursive: true })
  else mkdirSync(to)
}

/** The script that allure-commandline's own launcher starts; called directly, a deadline ends Java and not a parent of it. */
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
      `The Allure HTML needs Java, and none was found by ${where}. Install one (on Debian: apt-get install default-jre-headless) and run: npm run report`,
      { cause: error },
    )
  }
}

async function run(program: string, parameters: readonly string[], signal?: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(program, parameters, {
      timeout: deadlineMs,
      // Only the word "true" keeps the tracking script out of the page.
      env: { ...process.env, ALLURE_NO_ANALYTICS: 'true' },
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new AllureNotRendered(`Allure could not render the report: ${lastWords(error)}`, { cause: error })
  }
}

function lastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('killed' in error && error.killed === true) return `it had not finished after ${deadlineMs / 1000} s.`
  const output = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  return output.split('\n').findLast((line) => line.trim() !== '') ?? error.message
}
