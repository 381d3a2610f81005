/** The answers to queries, and the panels of a dashboard as its page shows them. */
import type { Page } from 'playwright-core'
import { z } from 'zod'

const cell = z.union([z.string(), z.number(), z.null()])
export const answered = z.object({
  results: z.record(
    z.string(),
    z.object({
      status: z.number(),
      error: z.string().optional(),
      frames: z.array(
        z.object({
          schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string() })) }),
          data: z.object({ values: z.array(z.array(cell)) }),
        }),
      ),
    }),
  ),
})
/** The values of a panel by field. */
export type Frames = Record<string, readonly (string | number | null)[]>

/** Opens a dashboard and returns its panels by title: the values that the page received and the text that it shows. */
export async function openedPanels(page: Page, url: string, received: ReadonlyMap<string, Frames>) {
  await page.goto(url)
  await page.waitForSelector('section.panel')
  await page.waitForFunction("document.querySelectorAll('.loading').length === 0")
  const panels = await page.$$eval('section.panel', (sections) =>
    sections.map((section) => ({
      id: section.getAttribute('data-viz-panel-key') ?? '',
      title: (section.getAttribute('data-testid') ?? '').replace('data-testid Panel header ', ''),
      text: section.querySelector('[data-testid="data-testid panel content"]')?.textContent ?? '',
      marks: section.querySelectorAll('svg rect, svg circle').length,
      failed: section.querySelector('[data-testid="data-testid Panel status error"]') !== null,
    })),
  )
  return new Map(panels.map(({ title, ...panel }) => [title, { ...panel, values: received.get(panel.id) }]))
}
