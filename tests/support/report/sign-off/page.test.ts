/** The page as its readers use it: in a browser, on paper, by keyboard, with a screen reader. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../../support/platform/chromium'
import { type ChangesSinceLastRun, changesBetween } from '../../../../support/record/changes'
import type { ScenarioRun } from '../../../../support/record/scenario-run'
import type { Verdict } from '../../../../support/record/verdict'
import { renderSignOff } from '../../../../support/report/sign-off/page'
import { poisoned } from '../../../fixtures/markup'
import { earlierRuns, metricRecords } from '../../../fixtures/measured'
import { platformWithFaults, soundPlatform } from '../../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../../../fixtures/verdict'
import { watchedPage } from '../../../fixtures/watched-page'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const faults = platformWithFaults()
const sound = soundPlatform()
/** A run in its second attempt, with numbers and a history. */
const repeated = {
  ...sound,
  verdict: {
    ...sound.verdict,
    run: 'night',
    metrics: metricRecords(),
    history: {
      runs: earlierRuns(['accepted', 'rejected', 'blocked']).map((run, index) =>
        index < 2 ? run : { ...run, run: 'night' },
      ),
      unreadable: [],
    },
  },
}
const changesOf = (last: Verdict, now: Verdict): ChangesSinceLastRun => {
  const changes = changesBetween(last, now)
  if (typeof changes === 'string') throw new Error(changes)
  return changes
}
const sinceSound = changesOf(sound.verdict, faults.verdict)

/** Opens the page in a browser that records requests, dialogs, errors and console output. */
async function open(
  of: { verdict: Verdict; runs: readonly ScenarioRun[]; changes?: ChangesSinceLastRun },
  options: BrowserContextOptions = {},
) {
  const file = join(temporaryDirectory(), 'sign-off.html')
  writeFileSync(
    file,
    renderSignOff(of.verdict, of.runs, of.changes ?? 'There is no record of an earlier run to compare with.'),
  )
  const { page, asked, noticed } = await watchedPage(browser, options)
  await page.goto(pathToFileURL(file).href)
  return { page, asked, noticed, address: pathToFileURL(file).href }
}

/** The violations of axe-core's accessibility rules (WCAG A, AA and best practices). */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source })
  const { violations: found } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  )
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

/** The printable width of A4 between the page's margins: 180 mm in CSS pixels. */
const printable = 680

/** Elements that extend beyond the paper or whose content is clipped. */
const cutOff = `[...document.querySelectorAll('main *')]
  .filter((element) => {
    if (element.closest('.hidden, svg')) return false
    const { overflowX, overflowY } = getComputedStyle(element)
    const { left, right } = element.getBoundingClientRect()
    const hides = (overflow, whole, seen) => overflow !== 'visible' && whole > seen + 1
    return left < -1 || right > innerWidth + 1 ||
      hides(overflowX, element.scrollWidth, element.clientWidth) ||
      hides(overflowY, element.scrollHeight, element.clientHeight)
  })
  .map(({ outerHTML }) => outerHTML.slice(0, 200))`

describe('the sign-off page', () => {
  it('loads nothing and runs nothing, but its policy allows its own style', async () => {
    const { page, asked, noticed, address } = await open(faults)
    expect(asked.filter((url) => url !== address && !url.startsWith('data:image/png;base64,'))).toEqual([])
    expect(noticed).toEqual([])
    expect(await page.locator('script').count()).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).fontWeight')).toBe('600')
    await page.close()
  })

  it('shows the verdict, the scope, the remedies, and the waivers and attestations in this order', async () => {
    const { page } = await open({ ...faults, changes: sinceSound })
    const text = ((await page.locator('main').textContent()) ?? '').replace(/\s+/g, ' ')
    const order = [
      'Error with 1 waiver',
      'Scope: the whole checklist; read-only; namespace fawkes on https://127.0.0.1:6443',
      'The four metrics',
      'not proven: 18.3, 21.4 not run',
      'and who acts',
      'kubectl --context fawkes-dev -n fawkes logs devlake-lake-0 --previous',
      'The caller may not read Secrets in the namespace fawkes',
      'Since the last run',
      'newly failed: ',
      'no longer checked: ',
      'Waivers and attestations',
      '0.2 by Priya Natarajan',
      '19.1, 22.4 by Jonas Weber',
      'Waivers and attestations: reasons and dates',
      'Priya Natarajan',
      'Changes since the last run',
      'The lake answers a ping from inside the cluster',
      'The checklist',
      'Kubernetes is 1.28 or newer',
      'Scope and platform',
      'commit 0123456789ab, with 2 changed files',
      '3 differences from the checklist, of which 2 ask less',
      'fawkes-dev',
      'Inputs of the run',
      `The configuration file has the SHA-256 ${'a'.repeat(64)}`,
      'cluster.workers',
      'Asks less: the checklist asks 3 or more',
      'The effective configuration: 4 values',
      '2 files differ from the commit 0123456789abcdef0123456789abcdef01234567',
      'features/03-pods.feature',
      `Shard 1/2, signed by the key ${'b'.repeat(64)}`,
      'Shard 2/2, not signed',
      'Deployed by',
      'Verified by',
      faults.verdict.digest,
      'Appendix: evidence',
    ]
    let place = 0
    for (const part of order) {
      const at = text.indexOf(part, place)
      expect(at, `after what comes before it: ${part}`).toBeGreaterThanOrEqual(place)
      place = at + part.length
    }
    await page.close()
  })

  it('shows the evidence of a scenario once, open if it did not pass', async () => {
    const { page } = await open(faults)
    const opened = page.locator('details.scenario[open] > summary .scenario-name')
    expect(await opened.allTextContents()).toEqual([
      'Every pod of the service is running and ready',
      'The lake answers a ping from inside the cluster',
      'The table cicd_deployments has its documented columns',
    ])
    expect(await page.locator('#evidence-of-3\\.3').textContent()).toContain('see 3.1')
    expect(await page.locator('#evidence-of-16\\.1 img').getAttribute('src')).toMatch(/^data:image\/png;base64,/)
    await page.close()
  })

  it.each([
    ['rejected', { ...faults, changes: sinceSound }],
    ['accepted', sound],
  ])('shows on one screen the verdict, the scope and the metrics, and the first cause: %s', async (_, shown) => {
    const { page } = await open(shown, { viewport: { width: 1280, height: 900 } })
    const ends = async (selector: string) => {
      const box = await page.locator(selector).first().boundingBox()
      return box ? box.y + box.height : Number.NaN
    }
    for (const place of ['h1', '.when', '.counts', '.metrics']) expect(await ends(place), place).toBeLessThan(900)
    if (shown.verdict.causes.length > 0) expect(await ends('#causes')).toBeLessThan(900)
    expect(await page.locator('.metric h3').allInnerTexts()).toEqual([
      'Deployment frequency',
      'Lead time for changes',
      'Change failure rate',
      'Time to restore',
    ])
    await page.close()
  })

  it('filters by keyboard, and shows the number of items', async () => {
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

  it('prints the evidence of failed steps on demand only, even if it is folded', async () => {
    const { page } = await open(faults)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.evidence.wrong pre').first().isVisible()).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await page.locator('#print-evidence').check()
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.evidence.wrong pre').first().isVisible()).toBe(true)
    expect(await page.locator('.evidence:not(.wrong) pre').first().isVisible()).toBe(false)
    await page.close()
  })

  it.each([
    ['with causes', { ...faults, changes: sinceSound }],
    ['accepted', sound],
    ['with names that have no spaces', poisoned(faults, 'x'.repeat(200))],
  ])('prints on A4 without cutting anything off: %s', async (_, shown) => {
    const { page } = await open(shown, { viewport: { width: printable, height: 900 } })
    await page.emulateMedia({ media: 'print' })
    expect(await page.evaluate<string[]>(cutOff)).toEqual([])
    const sizes = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/MediaBox \[[^\]]*\]/g) ?? []
    expect(new Set(sizes)).toEqual(new Set(['/MediaBox [0 0 594.95996 841.91998]']))
    await page.close()
  })

  it('truncates long evidence and says how much is missing', async () => {
    const evidence = [{ name: 'A log', mediaType: 'text/plain', body: 'x'.repeat(50_000), encoding: 'text' as const }]
    const run = scenarioRun({ status: 'failed', steps: [step({ status: 'failed', evidence })] })
    const record = verdict({ verdict: 'rejected', items: [item({ status: 'failed', scenarios: [recordOf(run)] })] })
    const { page } = await open({ verdict: record, runs: [run] })
    expect((await page.locator('pre').textContent())?.length).toBe(20_000)
    await page.getByText('The scenarios of each section').click()
    await page.locator('.evidences > summary').click()
    expect(await page.getByText('30,000 more characters').isVisible()).toBe(true)
    await page.close()
  })

  it.each([
    ['wide and light', { viewport: { width: 1280, height: 900 } }],
    ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ] satisfies [string, BrowserContextOptions][])(
    'is accessible and needs no sideways scrolling, %s',
    async (_, options) => {
      for (const shown of [
        { ...faults, changes: sinceSound },
        { ...sound, changes: changesOf(faults.verdict, sound.verdict) },
        repeated,
      ]) {
        // The page's policy forbids all scripts, including axe-core's, so it is lifted for this check.
        const { page } = await open(shown, { ...options, bypassCSP: true })
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
        await page.close()
      }
    },
    // The rules check each element, which takes several seconds even on an idle machine.
    60_000,
  )
})
