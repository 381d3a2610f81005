/** Text from a cluster is displayed by every report, and interpreted by none. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../support/platform/chromium'
import { changesBetween } from '../../../support/record/changes'
import type { ScenarioRun } from '../../../support/record/scenario-run'
import type { Verdict } from '../../../support/record/verdict'
import { renderAllureHtml } from '../../../support/report/allure/html'
import { renderSignOff } from '../../../support/report/sign-off/page'
import { writeReports } from '../../../support/report/write'
import { payload, poisoned } from '../../fixtures/markup'
import { platformWithFaults, soundPlatform } from '../../fixtures/platform-with-faults'
import { readJunit, temporaryDirectory } from '../../fixtures/reports'
import { item, judged, recordOf, scenarioRun, step, verdict } from '../../fixtures/verdict'
import { serveFiles, watchedPage } from '../../fixtures/watched-page'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const hostile = poisoned(platformWithFaults())
/** Resolved causes come from the record of the last run, which also contains text from a cluster. */
const changes = changesBetween({ ...hostile.verdict, items: soundPlatform().verdict.items }, hostile.verdict)

const answer = (mediaType: string, body: string, encoding: 'text' | 'base64' = 'text') => ({
  name: `${payload} ${mediaType}`,
  mediaType,
  body,
  encoding,
})
const answers = [
  answer('image/png"><script>alert(1)</script>', 'AAAA', 'base64'),
  answer('image/png', '"><script>alert(1)</script>', 'base64'),
  answer(
    'image/svg+xml',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('base64'),
    'base64',
  ),
  answer('text/html', payload),
  answer('text/csv', `name,value\n"${payload.replaceAll('"', '""')}",1`),
  answer('application/json', JSON.stringify({ [payload]: payload })),
  answer('text/uri-list', 'javascript:alert(1)'),
]
const answered = scenarioRun({ name: 'What was answered', steps: [step({ evidence: answers })] })

describe('a page that runs injected markup', () => {
  it('is noticed by these tests', async () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'index.html'), `<p title="${payload}">${payload}</p>`)
    const { page, asked, noticed } = await watchedPage(browser)
    await serveFiles(page, 'http://allure.test/', directory)
    await page.goto('http://allure.test/')
    await expect.poll(() => noticed).toEqual(expect.arrayContaining(['1', '2', '3']))
    expect(asked).toContain('http://allure.test/x')
    await page.close()
  })
})

describe('markup in any name or value', () => {
  async function openSignOff(of: { verdict: Verdict; runs: readonly ScenarioRun[] }, options: BrowserContextOptions) {
    const file = join(temporaryDirectory(), 'sign-off.html')
    writeFileSync(file, renderSignOff(of.verdict, of.runs, changes))
    const address = pathToFileURL(file).href
    const watched = await watchedPage(browser, options)
    await watched.page.goto(address)
    return { ...watched, address }
  }

  it.each([true, false])(
    'is displayed by the sign-off page, and never run (content policy lifted: %s)',
    async (bypassCSP) => {
      const { page, asked, noticed, address } = await openSignOff(hostile, { bypassCSP })
      expect(noticed).toEqual([])
      expect(asked.filter((url) => url !== address && !url.startsWith('data:image/png;base64,'))).toEqual([])
      expect(await page.locator('script, iframe, object, [onerror], [onload], a[href^="javascript"]').count()).toBe(0)
      const hrefs = await page.evaluate<string[]>('[...document.links].map((link) => link.getAttribute("href"))')
      for (const href of hrefs) expect(href).toMatch(/^(#[\w.-]+|https?:\/\/[^\s"<>]+)$/)
      const places = ['.brief', '.facts', '.cause', 'tbody', '.item', '.steps', '.problems', '.identity']
      for (const place of places) expect(await page.locator(place).first().textContent()).toContain(payload)
      await page.close()
    },
  )

  it('does not get into the sign-off page through an attachment', async () => {
    const record = verdict({ items: [item({ scenarios: [recordOf(answered)] })] })
    const { page, noticed } = await openSignOff({ verdict: record, runs: [answered] }, { bypassCSP: true })
    expect(noticed).toEqual([])
    expect(await page.locator('img, script').count()).toBe(0)
    expect(await page.getByText('Binary content, not shown.').count()).toBe(3)
    await page.close()
  })

  it('leaves junit.xml well formed, and is preserved in it', () => {
    const { cases } = readJunit(hostile.verdict, hostile.runs)
    expect(cases.length).toBeGreaterThan(30)
    for (const { name } of cases) expect(name).toContain(payload)
  })

  it('is displayed by every page of the Allure HTML, and never run', async () => {
    const reports = temporaryDirectory()
    writeReports(reports, judged(hostile.verdict, [...hostile.runs, answered]))
    await renderAllureHtml(reports)
    const allure = join(reports, 'allure')
    const address = 'http://allure.test/'
    const { page, asked, noticed } = await watchedPage(browser)
    await serveFiles(page, address, allure)
    const shows = async (path: string) => {
      await page.goto(`${address}#${path}`)
      await page.getByText('alert(1)').first().waitFor({ state: 'attached' })
    }
    for (const tab of ['', 'categories', 'suites', 'behaviors']) await shows(tab)
    for (const tab of ['graph', 'timeline', 'packages']) {
      await page.goto(`${address}#${tab}`)
      await page.waitForLoadState('networkidle')
    }
    const results = readdirSync(join(allure, 'data', 'test-cases')).map((name) => {
      const { uid, testStage } = JSON.parse(readFileSync(join(allure, 'data', 'test-cases', name), 'utf8'))
      return { uid, attachments: JSON.stringify(testStage ?? null).split('"source"').length - 1 }
    })
    for (const { uid, attachments } of results) {
      await shows(`testresult/${uid}`)
      await page.evaluate(
        "document.querySelectorAll('.step:not(.step_expanded) > .step__title').forEach((title) => title.click())",
      )
      await page.evaluate("document.querySelectorAll('.attachment-row').forEach((row) => row.click())")
      expect(await page.locator('.attachment-row').count(), uid).toBe(attachments)
      await page.waitForLoadState('networkidle')
    }
    expect(results.map(({ attachments }) => attachments)).toContain(answers.length)
    expect(noticed).toEqual([])
    const files = new Set(readdirSync(allure, { recursive: true, encoding: 'utf8' }).map((path) => `${address}${path}`))
    const strange = asked.filter(
      (url) => url.split('#')[0] !== address && !files.has(url.split('?')[0] ?? '') && !url.startsWith('data:image/'),
    )
    expect(strange).toEqual([])
    await page.close()
  }, 120_000)
})
