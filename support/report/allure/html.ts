/**
 * reports/allure: the Allure HTML, rendered from reports/allure-results with the earlier runs of the archive. allure-commandline
 * renders it where Java is, and Allure 3, which needs none, elsewhere. Both show the same pages.
 */

import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { command } from '../../basis/command'
import { within } from '../../basis/eventually'
import { messageOf } from '../../basis/message'
import { currentPoint, earlierPoints, historyOfAllure3, writeHistoryOfAllure2 } from './history'

/** Rendering takes about 3 s; after this time it is assumed to hang. */
const deadlineMs = 120_000

/** Thrown if no report could be rendered. The message says what to do. */
export class AllureNotRendered extends Error {
  override readonly name = 'AllureNotRendered'
}

interface Rendered {
  readonly page: string
  readonly program: string
  readonly open: string
}

/**
 * Renders reports/allure.
 * @returns the path of its first page, the program that rendered it, and what to do to open it
 * @throws AllureNotRendered if there are no results, or Allure fails
 */
export async function renderAllureHtml(reports: string): Promise<Rendered> {
  const results = join(reports, 'allure-results')
  const report = join(reports, 'allure')
  const fresh = join(reports, 'allure.new')
  if (!existsSync(results) || !readdirSync(results).some((name) => name.endsWith('-result.json'))) {
    throw new AllureNotRendered(
      `There are no Allure results in ${results}. Run the suite first: npx dora-acceptance run`,
    )
  }
  const hasJava = await findsJava()
  try {
    // Rendered next to the last report, which is replaced only on success.
    await (hasJava ? renderWithJava : renderWithoutJava)(reports, results, fresh)
    rmSync(report, { recursive: true, force: true })
    renameSync(fresh, report)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  const page = join(report, 'index.html')
  // The pages of allure-commandline fetch their data, which browsers refuse to pages opened from a file.
  return hasJava
    ? { page, program: 'allure-commandline', open: `Open it with: ${command`npx allure open ${report}`}` }
    : { page, program: 'Allure 3, because there is no Java', open: 'Open the file in a browser: it holds everything.' }
}

async function findsJava(): Promise<boolean> {
  const home = process.env.JAVA_HOME
  try {
    await promisify(execFile)(home ? join(home, 'bin', 'java') : 'java', ['-version'], { timeout: deadlineMs })
    return true
  } catch {
    return false
  }
}

async function renderWithJava(reports: string, results: string, into: string): Promise<void> {
  writeHistoryOfAllure2(earlierPoints(reports), results)
  try {
    await promisify(execFile)(allureProgram(), ['generate', '--clean', '-o', into, results], {
      timeout: deadlineMs,
      // Only the value "true" keeps the tracking script out of the page.
      env: { ...process.env, ALLURE_NO_ANALYTICS: 'true' },
    })
  } catch (error) {
    throw new AllureNotRendered(`Allure could not render the report: ${lastLineOf(error)}`, { cause: error })
  }
}

/** The script that allure-commandline's launcher starts. It is called directly, so that the deadline stops Java itself and not only the launcher. */
function allureProgram(): string {
  return join(dirname(require.resolve('allure-commandline')), 'dist', 'bin', 'allure')
}

async function renderWithoutJava(reports: string, results: string, into: string): Promise<void> {
  process.env.ALLURE_NO_ANALYTICS = 'true'
  const scratch = mkdtempSync(join(reports, '.allure-'))
  const historyPath = join(scratch, 'history.jsonl')
  try {
    writeFileSync(historyPath, historyOfAllure3(earlierPoints(reports)))
    const name = currentPoint(reports)?.title ?? 'Deployment checklist'
    await within(generate(results, { name, output: resolve(into), historyPath }), deadlineMs, hanging)
  } catch (error) {
    if (error instanceof AllureNotRendered) throw error
    throw new AllureNotRendered(`Allure could not render the report: ${messageOf(error)}`, { cause: error })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Settings {
  readonly name: string
  readonly output: string
  readonly historyPath: string
}

async function generate(results: string, settings: Settings): Promise<void> {
  const { AllureReport, resolveConfig } = await import('@allurereport/core')
  const plugins = { '@allurereport/plugin-allure2': { options: { singleFile: true } } }
  const report = new AllureReport(await resolveConfig({ ...settings, appendHistory: false, plugins }))
  await report.start()
  await report.readDirectory(results)
  await report.done()
}

const hanging = () => new AllureNotRendered(`Allure did not render the report within ${deadlineMs / 1000} s.`)

function lastLineOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error)
  if ('killed' in error && error.killed === true) return `it did not finish within ${deadlineMs / 1000} s.`
  const output = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  return output.split('\n').findLast((line) => line.trim() !== '') ?? error.message
}
