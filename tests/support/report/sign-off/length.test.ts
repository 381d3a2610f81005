/** The length of the page for the whole checklist: sheets of A4, and screens of a phone. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../../support/basis/checklist'
import { launchChromium } from '../../../../support/platform/chromium'
import type { Cause, ItemRecord, Verdict } from '../../../../support/record/verdict'
import { renderSignOff } from '../../../../support/report/sign-off/page'
import { metricRecords } from '../../../fixtures/measured'
import { temporaryDirectory } from '../../../fixtures/reports'
import { lakeNotReady } from '../../../fixtures/scenarios-with-faults'
import { item, recordOf, scenarioRun, step, verdict } from '../../../fixtures/verdict'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const vouched = { date: '2026-11-29T02:20:27.287Z', expires: '2026-12-29T02:20:27.287Z' }

/** The whole checklist as a run leaves it that passed what applies. @param absent the reason of the items that do not apply */
const passed = (absent: string): ItemRecord[] =>
  loadChecklist().items.map(({ id, text, how }, index) => {
    const attestation = {
      item: id,
      by: 'Jonas Weber',
      evidence: 'The runbook of the platform team, section 4',
      ...vouched,
    }
    const { by, date, expires, evidence } = attestation
    if (how === 'attested')
      return item({
        ...{ id, text, how, status: 'attested', attestation },
        reason: `Attested by ${by} on ${date}, valid until ${expires}; evidence: ${evidence}`,
      })
    return index % 8 === 0 ? item({ id, text, how, status: 'not applicable', reason: absent }) : item({ id, text, how })
  })

/** 12 causes with long commands that stop a third of the checklist; the rest was not run. */
function rejected(absent: string): Verdict {
  const items = passed(absent).map((one, index) =>
    index % 3 === 0
      ? { ...one, status: 'failed' as const, reason: `The object ${index} differs from what the checklist asks.` }
      : {
          ...one,
          status: 'not run' as const,
          reason: 'Not selected by the filter of this run (@section:21 or @section:18).',
        },
  )
  const failed = items.filter(({ status }) => status === 'failed')
  const causes = Array.from(
    { length: 12 },
    (_, index): Cause => ({
      ...lakeNotReady,
      id: `cause-${index}`,
      summary: `${lakeNotReady.summary}, in the container ${index}`,
      owner: 'the platform team',
      remedy: lakeNotReady.remedy.flatMap((command) => [command, `${command} # ${'and what it says '.repeat(8)}`]),
      items: failed.slice(index * 3, index * 3 + 3).map(({ id }) => id),
    }),
  )
  return verdict({ verdict: 'rejected', items, causes, metrics: metricRecords() })
}

const notThere = 'ArgoCD is declared absent: no pod runs argocd, and the cluster has none of its objects.'
const stock = 'Stock DevLake has no windows, stages or severities that a project could set.'
const shown: readonly (readonly [string, Verdict, number])[] = [
  ['accepted', verdict({ items: passed(notThere), metrics: metricRecords() }), 4],
  ['accepted, stock DevLake', verdict({ items: passed(stock), metrics: metricRecords() }), 4],
  ['rejected', rejected(notThere), 6],
  ['rejected, stock DevLake', rejected(stock), 6],
]

/** Fonts of other machines: those installed here, and letters that are wider. DejaVu, the fonts of Debian, are wide already. */
const letters = [
  ['as installed', '0'],
  ['of a wider font', '0.01em'],
] as const
/** The most screens of 10, so that another browser does not break the promise, and the height that the last sheet has left. */
const room = { screens: 9.5, sheet: '27mm' }

describe.each(letters)('a page with the whole checklist and letters %s', (_, spacing) => {
  it.each(shown)('%s prints on few sheets, and is short on a phone, with room to spare', async (_, record, sheets) => {
    const evidence = [{ name: 'A log', mediaType: 'text/plain', body: 'x\n'.repeat(5000), encoding: 'text' as const }]
    const runs = record.items.map(({ id, text, status }) =>
      scenarioRun({ name: text, items: [id], steps: [step({ evidence })], ...(status === 'failed' ? { status } : {}) }),
    )
    const items = record.items.map((one, index) => {
      const run = runs[index]
      return run === undefined ? one : { ...one, scenarios: [recordOf(run)] }
    })
    const file = join(temporaryDirectory(), 'sign-off.html')
    writeFileSync(file, renderSignOff({ ...record, items }, runs, 'There is no record of an earlier run.'))
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await page.goto(pathToFileURL(file).href)
    await page.evaluate(`document.body.style.letterSpacing = '${spacing}'`)
    expect(await page.evaluate<number>('document.documentElement.scrollHeight / innerHeight')).toBeLessThanOrEqual(
      room.screens,
    )
    await page.evaluate(`document.querySelector('main').style.paddingBottom = '${room.sheet}'`)
    const printed = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    expect(printed.match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(sheets)
    await page.close()
  })
})
