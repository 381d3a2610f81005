/** A printed page, whose links nobody can follow: each item has what a reader needs beside it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../../support/platform/chromium'
import type { ItemRecord } from '../../../../support/record/verdict'
import { renderSignOff } from '../../../../support/report/sign-off/page'
import { temporaryDirectory } from '../../../fixtures/reports'
import { lakeNotReady } from '../../../fixtures/scenarios-with-faults'
import { item, verdict } from '../../../fixtures/verdict'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** The text that a printout shows for an item. */
async function printed(items: readonly ItemRecord[], id: string): Promise<string> {
  const causes = [{ ...lakeNotReady, items: items.map((one) => one.id) }]
  const file = join(temporaryDirectory(), 'sign-off.html')
  writeFileSync(file, renderSignOff(verdict({ verdict: 'rejected', items: [...items], causes }), [], 'nothing'))
  const page = await browser.newPage()
  await page.emulateMedia({ media: 'print' })
  await page.goto(pathToFileURL(file).href)
  const text = await page.evaluate<string>(`document.getElementById('item-${id}').innerText`)
  await page.close()
  return text.replace(/\s+/g, ' ')
}

const waiver = {
  item: '3.1',
  owner: 'Ada Okafor',
  reason: 'The lake moves to a new node on Friday.',
  expires: '2026-12-24',
}
const failed = item({ id: '3.2', status: 'failed', reason: 'The pod is not ready after 120 s.' })

describe('a printed item', () => {
  it.each([
    [
      'the words of the record',
      `Waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason} (Without the waiver: failed.)`,
    ],
    ['another reason', 'The pod is not ready after 120 s.'],
  ])('that is waived has the owner and the reason of its waiver, also with a cause and %s', async (_, reason) => {
    const waived = item({ id: '3.1', status: 'waived', reason, waiver })
    expect(await printed([waived, failed], '3.1')).toMatch(
      /Waived by Ada Okafor until .*: The lake moves to a new node on Friday\..*Cause: /,
    )
  })

  it('that failed has its cause, which replaces the reason', async () => {
    const text = await printed([failed], '3.2')
    expect(text).toContain(`Cause: ${lakeNotReady.summary}`)
    expect(text).not.toContain('after 120 s')
  })

  it('with the reason of another item names that item', async () => {
    const reason = 'ArgoCD is declared absent: no pod runs argocd, and the cluster has none of its objects.'
    const absent = ['2.1', '2.2'].map((id) => item({ id, status: 'not applicable', reason }))
    expect(await printed([failed, ...absent], '2.2')).toContain('Same reason as 2.1.')
  })
})
