/** The page as its readers meet it: in a browser, on paper, by keyboard, with a screen reader. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../support/platform/chromium'
import type { ScenarioRun } from '../../support/report/scenario-run'
import { renderSignOff } from '../../support/report/sign-off'
import type { Verdict } from '../../support/report/verdict'
import { payload, poisoned } from '../fixtures/markup'
import { platformWithFaults, soundPlatform } from '../fixtures/platform-with-faults'
import { temporaryDirectory } from '../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../fixtures/verdict'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const faults = platformWithFaults()

/** The page in a browser, with what it asked for and what it ran. */
async function open(of: { verdict: Verdict; runs: readonly ScenarioRun[] }, options: BrowserContextOptions = {}) {
  const file = join(temporaryDirectory(), 'sign-off.html')
  writeFileSync(file, renderSignOff(of.verdict, of.runs))
  const page = await browser.newPage(options)
  const asked: string[] = []
  const noticed: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('dialog', (dialog) => {
    noticed.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('console', (message) => noticed.push(message.text()))
  page.on('pageerror', (error) => noticed.push(error.message))
  await page.goto(pathToFileURL(file).href)
  return { page, asked, noticed, address: pathToFileURL(file).href }
}

/** What the accessibility rules of axe-core (WCAG A, AA and best practices) say against the page. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source })
  const { violations: found } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  )
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

describe('the sign-off page', () => {
  it('loads nothing, runs nothing, and its own style is allowed by its policy', async () => {
    const { page, asked, noticed, address } = await open(faults)
    expect(asked.filter((url) => url !== address && !url.startsWith('data:image/png;base64,'))).toEqual([])
    expect(noticed).toEqual([])
    expect(await page.locator('script').count()).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).fontWeight')).toBe('600')
    await page.close()
  })

  it('tells the verdict, what it covers, what to do and who vouched on the way down', async () => {
    const { page } = await open(faults)
    const text = (await page.locator('main').textContent()) ?? ''
    const order = [
      'Error with 1 waiver',
      'fawkes-dev',
      'Causes, and what to do',
      'kubectl --context fawkes-dev -n fawkes logs devlake-lake-0 --previous',
      'By the word of a person',
      'Priya Natarajan',
      'The checklist',
      'Kubernetes is 1.28 or newer',
      'Deployed by',
      'Verified by',
      faults.verdict.digest,
    ]
    const places = order.map((part) => text.indexOf(part))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((one, other) => one - other))
    await page.close()
  })

  it('shows the evidence of a scenario once, opened where it did not pass', async () => {
    const { page } = await open(faults)
    const opened = page.locator('details.scenario[open] > summary .scenario-name')
    expect(await opened.allInnerTexts()).toEqual([
      'Every pod of the service is running and ready',
      'The lake answers a ping from inside the cluster',
      'The table cicd_deployments has its documented columns',
    ])
    expect(await page.locator('#item-3\\.3').textContent()).toContain('shown at 3.1')
    expect(await page.locator('#item-16\\.1 img').getAttribute('src')).toMatch(/^data:image\/png;base64,/)
    await page.close()
  })

  it('filters by keyboard, and says how many', async () => {
    const { page } = await open(faults)
    const everything = page.getByRole('radio', { name: 'Everything 32' })
    await everything.focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('radio', { name: 'Needs attention 10' }).isChecked()).toBe(true)
    expect(await page.locator('.item:visible').count()).toBe(10)
    expect(await page.locator('.section:visible h3').allInnerTexts()).not.toContain('5 Ingress')
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.item:visible').count()).toBe(32)
    await page.close()
  })

  it('puts what went wrong onto paper, also where its reader had closed it', async () => {
    const { page } = await open(faults)
    await page.locator('details.scenario[open] > summary').first().click()
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.evidence.wrong pre').first().isVisible()).toBe(true)
    await page.close()
  })

  it('caps long evidence and says how much was left out', async () => {
    const evidence = [{ name: 'A log', mediaType: 'text/plain', body: 'x'.repeat(50_000), encoding: 'text' as const }]
    const run = scenarioRun({ status: 'failed', steps: [step({ status: 'failed', evidence })] })
    const record = verdict({ verdict: 'rejected', items: [item({ status: 'failed', scenarios: [recordOf(run)] })] })
    const { page } = await open({ verdict: record, runs: [run] })
    expect((await page.locator('pre').textContent())?.length).toBe(20_000)
    expect(await page.getByText('30,000 more characters').isVisible()).toBe(true)
    await page.close()
  })

  it.each([
    ['wide and light', { viewport: { width: 1280, height: 900 } }],
    ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ] satisfies [string, BrowserContextOptions][])(
    'is accessible and needs no sideways scrolling, %s',
    async (_, options) => {
      for (const shown of [faults, soundPlatform()]) {
        // The page's policy forbids scripts, and so axe-core's too: it is lifted for the check.
        const { page } = await open(shown, { ...options, bypassCSP: true })
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
        await page.close()
      }
    },
  )
})

describe('markup in any name or value', () => {
  it.each([true, false])('is shown and never run (content policy lifted: %s)', async (bypassCSP) => {
    const { page, asked, noticed, address } = await open(poisoned(faults), { bypassCSP })
    expect(noticed).toEqual([])
    expect(asked.filter((url) => url !== address && !url.startsWith('data:image/png;base64,'))).toEqual([])
    expect(await page.locator('script, iframe, object, [onerror], [onload], a[href^="javascript"]').count()).toBe(0)
    const hrefs = await page.evaluate<string[]>('[...document.links].map((link) => link.getAttribute("href"))')
    for (const href of hrefs) expect(href).toMatch(/^(#[\w.-]+|https?:\/\/[^\s"<>]+)$/)
    for (const place of ['.facts', '.cause', 'tbody', '.item', '.steps', '.problems', '.identity']) {
      expect(await page.locator(place).first().textContent()).toContain(payload)
    }
    await page.close()
  })

  it('does not come in by way of an attachment', async () => {
    const hostile = (mediaType: string, body: string, encoding: 'text' | 'base64') => ({
      name: payload,
      mediaType,
      body,
      encoding,
    })
    const evidence = [
      hostile('image/png"><script>alert(1)</script>', 'AAAA', 'base64'),
      hostile('image/png', '"><script>alert(1)</script>', 'base64'),
      hostile('image/svg+xml', Buffer.from('<svg onload="alert(1)"/>').toString('base64'), 'base64'),
      hostile('text/html', payload, 'text'),
    ]
    const run = scenarioRun({ steps: [step({ evidence })] })
    const { page, noticed } = await open(
      { verdict: verdict({ items: [item({ scenarios: [recordOf(run)] })] }), runs: [run] },
      { bypassCSP: true },
    )
    expect(noticed).toEqual([])
    expect(await page.locator('img, script').count()).toBe(0)
    expect(await page.getByText('Binary content, not shown here.').count()).toBe(3)
    await page.close()
  })
})
