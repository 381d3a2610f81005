/** The Allure HTML: the same pages by allure-commandline, which needs Java, and by Allure 3, which does not. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { renderAllureHtml } from '../../../../support/report/allure/html'
import { writeReports } from '../../../../support/report/write'
import { platformWithFaults, soundPlatform } from '../../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../../fixtures/reports'
import { judged, verdict } from '../../../fixtures/verdict'

afterEach(() => vi.unstubAllEnvs())

const faults = platformWithFaults()
const sound = soundPlatform()

/** A file of the rendered report: beside the page, or in the page itself. */
function fileOf(reports: string, path: string): unknown {
  const file = join(reports, 'allure', path)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const page = readFileSync(join(reports, 'allure', 'index.html'), 'utf8')
  const [, encoded] = new RegExp(`d\\("${path}",\\s*"([^"]*)"`).exec(page) ?? expect.unreachable(`no ${path}`)
  return JSON.parse(Buffer.from(encoded ?? '', 'base64').toString('utf8'))
}

const tree = z.object({ children: z.array(z.object({ name: z.string(), children: z.array(z.unknown()) })) })
const namesIn = (reports: string, path: string) => tree.parse(fileOf(reports, path)).children.map(({ name }) => name)
const statistic = z.object({ failed: z.number(), broken: z.number(), skipped: z.number(), passed: z.number() })
const trendOf = (reports: string) =>
  z
    .array(z.object({ reportName: z.string(), data: statistic }))
    .parse(fileOf(reports, 'widgets/history-trend.json'))
    .map(({ reportName, data }) => `${reportName} ${data.failed} ${data.broken} ${data.skipped} ${data.passed}`)

const withoutJava = () => vi.stubEnv('JAVA_HOME', '/nowhere')
const renderers = [
  ['allure-commandline', () => {}],
  ['Allure 3, because there is no Java', withoutJava],
] as const

describe.each(renderers)('the Allure HTML by %s', (program, choose) => {
  it('shows the results, sorts them by cause, and loads nothing from elsewhere', async () => {
    choose()
    const reports = temporaryDirectory()
    writeReports(reports, judged(faults.verdict, faults.runs))
    const rendered = await renderAllureHtml(reports)
    expect(rendered).toMatchObject({ program, page: join(reports, 'allure', 'index.html') })
    expect(readFileSync(rendered.page, 'utf8')).not.toMatch(/src="https?:|googletagmanager/)
    expect(trendOf(reports)).toEqual(['Deployment checklist: error 3 6 6 16'])
    const categories = namesIn(reports, 'data/categories.json')
    for (const { summary, object } of faults.verdict.causes) expect(categories).toContain(`${summary} (${object})`)
    expect(categories).toEqual(expect.arrayContaining(['Attested', 'Not applicable']))
    const sections = namesIn(reports, 'data/behaviors.json')
    expect(sections.sort().slice(0, 3)).toEqual(['00 Prerequisites', '01 Secrets', '02 ArgoCD application'])
  }, 240_000)

  it('shows the earlier runs of the archive, whatever rendered them, if anything did', async () => {
    const reports = temporaryDirectory()
    writeReports(reports, judged(faults.verdict, faults.runs))
    writeReports(reports, judged(sound.verdict, sound.runs))
    choose()
    await renderAllureHtml(reports)
    const [newest = '', ...earlier] = trendOf(reports)
    expect(newest).toMatch(/^Deployment checklist: accepted 0 0 /)
    expect(earlier).toEqual(['Deployment checklist: error 3 6 6 16'])
    // Rendering again adds nothing, and a lost report loses nothing.
    rmSync(join(reports, 'allure'), { recursive: true })
    await renderAllureHtml(reports)
    expect(trendOf(reports)).toEqual([newest, ...earlier])
  }, 240_000)

  it('shows under a test how it ended in earlier runs', async () => {
    const reports = temporaryDirectory()
    writeReports(reports, judged(faults.verdict, faults.runs))
    writeReports(reports, judged(sound.verdict, sound.runs))
    choose()
    await renderAllureHtml(reports)
    const name = 'Every pod of the service is running and ready'
    const test = z.object({
      name: z.literal(name),
      extra: z.object({ history: z.object({ items: z.array(z.object({ status: z.string() })) }) }),
    })
    const cases = join(reports, 'allure', 'data', 'test-cases')
    const tests = existsSync(cases)
      ? readdirSync(cases).map((file) => JSON.parse(readFileSync(join(cases, file), 'utf8')) as unknown)
      : casesInPage(reports)
    const shown = tests.flatMap((one) => test.safeParse(one).data ?? [])
    expect(shown.map(({ extra }) => extra.history.items.map(({ status }) => status))).toEqual([['failed']])
  }, 240_000)
})

/** The test cases in a page that holds everything. */
function casesInPage(reports: string): unknown[] {
  const page = readFileSync(join(reports, 'allure', 'index.html'), 'utf8')
  return [...page.matchAll(/d\("data\/test-cases\/[^"]+",\s*"([^"]*)"/g)].map(([, encoded = '']): unknown =>
    JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')),
  )
}

describe('the history of Allure', () => {
  it('leaves out the runs of other platforms', async () => {
    const reports = temporaryDirectory()
    const { platform } = verdict()
    writeReports(reports, judged(verdict({ platform: { ...platform, server: 'https://elsewhere' } }), []))
    writeReports(reports, judged(sound.verdict, sound.runs))
    withoutJava()
    await renderAllureHtml(reports)
    expect(trendOf(reports)).toHaveLength(1)
  }, 240_000)
})

describe('the Allure HTML', () => {
  it('without results says to run the suite first', async () => {
    await expect(renderAllureHtml(temporaryDirectory())).rejects.toThrow(
      /no Allure results in .*npx dora-acceptance run/,
    )
  })
})
