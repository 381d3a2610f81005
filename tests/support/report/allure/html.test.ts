/** The Allure HTML, rendered by allure-commandline, which needs Java. */
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { AllureNotRendered, renderAllureHtml } from '../../../../support/report/allure/html'
import { writeReports } from '../../../../support/report/write'
import { platformWithFaults, soundPlatform } from '../../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../../fixtures/reports'
import { judged } from '../../../fixtures/verdict'

afterEach(() => vi.unstubAllEnvs())

const faults = platformWithFaults()
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'))

describe('the Allure HTML', () => {
  it('shows the results, sorts them by cause, and extends its trend once for each run', async () => {
    const reports = temporaryDirectory()
    writeReports(reports, judged(faults.verdict, faults.runs))
    const index = await renderAllureHtml(reports)
    expect(readFileSync(index, 'utf8'), 'nothing is loaded from elsewhere').not.toMatch(/src="https?:/)

    const statistic = z.object({ statistic: z.record(z.string(), z.number()) })
    const { failed, broken, skipped, passed } = statistic.parse(
      read(reports, 'allure', 'widgets', 'summary.json'),
    ).statistic
    expect({ failed, broken, skipped, passed }).toEqual({ failed: 3, broken: 6, skipped: 6, passed: 16 })

    const tree = z.object({ children: z.array(z.object({ name: z.string(), children: z.array(z.unknown()) })) })
    const categories = tree.parse(read(reports, 'allure', 'data', 'categories.json')).children.map(({ name }) => name)
    for (const { summary, object } of faults.verdict.causes) expect(categories).toContain(`${summary} (${object})`)
    const sections = tree.parse(read(reports, 'allure', 'data', 'behaviors.json')).children.map(({ name }) => name)
    expect(sections.sort().slice(0, 3)).toEqual(['00 Prerequisites', '01 Secrets', '02 ArgoCD application'])

    const trend = () => z.array(z.unknown()).parse(read(reports, 'allure', 'widgets', 'history-trend.json')).length
    expect(trend()).toBe(1)
    await renderAllureHtml(reports)
    expect(trend()).toBe(1)
    const sound = soundPlatform()
    writeReports(reports, judged(sound.verdict, sound.runs))
    await renderAllureHtml(reports)
    expect(trend()).toBe(2)
    await renderAllureHtml(reports)
    expect(trend()).toBe(2)
  }, 240_000)

  it('without Java says what to do, and keeps the last report', async () => {
    const reports = temporaryDirectory()
    writeReports(reports, judged(faults.verdict, faults.runs))
    const last = join(reports, 'allure', 'history')
    cpSync(join(reports, 'allure-results'), last, { recursive: true })
    vi.stubEnv('JAVA_HOME', join(reports, 'no-java'))
    await expect(renderAllureHtml(reports)).rejects.toThrow(AllureNotRendered)
    await expect(renderAllureHtml(reports)).rejects.toThrow(
      /^The Allure HTML needs Java, which was not found in JAVA_HOME \(.*\)\. Install it .* and run: npx dora-acceptance report$/,
    )
    expect(readdirSync(last).length).toBeGreaterThan(0)
  })

  it('without results says to run the suite first', async () => {
    await expect(renderAllureHtml(temporaryDirectory())).rejects.toThrow(
      /no Allure results in .*npx dora-acceptance run/,
    )
  })
})
