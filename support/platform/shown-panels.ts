/** Reads the panels that a dashboard page shows. */
import type { Page } from 'playwright-core'

export interface ShownPanel {
  readonly title: string
  readonly text: string
  /** The labels of the error icons. */
  readonly marks: readonly string[]
}

/** Expressions to evaluate in the page: no panel is loading any more, and the next two frames have been drawn. */
export const nothingLoads = `document.querySelector('[aria-label="Panel loading bar"]') === null`
export const nextFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))'

/** The interval between checks in milliseconds. Polling by frame would be slow, because a background tab draws few frames. */
export const pollingMs = 50

/** Finds the panels by the data-testid attributes that Grafana's own tests use. */
export function shownPanels(page: Page): Promise<ShownPanel[]> {
  return page.$$eval('[data-testid^="data-testid Panel header "]', (panels) =>
    panels.map((panel) => ({
      title: (panel.getAttribute('data-testid') ?? '').replace('data-testid Panel header ', ''),
      text: panel.querySelector('[data-testid="data-testid panel content"]')?.textContent ?? '',
      marks: [...panel.querySelectorAll('[data-testid="data-testid Panel status error"]')].map(
        (mark) => mark.getAttribute('aria-label') ?? 'an error icon without a label',
      ),
    })),
  )
}

/** Checks whether a drawn title matches the title in the model, with any values for its variables. */
export function isTitled(drawn: string, title: string): boolean {
  const [first = '', ...rest] = title.split(/\$\{[^}$]*\}|\$\w+/)
  const last = rest.pop()
  if (last === undefined) return drawn === title
  if (!drawn.startsWith(first)) return false
  // The first place of each part is the best one, because it leaves most of the title to the parts that follow.
  let at = first.length
  for (const part of rest) {
    const found = drawn.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return drawn.length - last.length >= at && drawn.endsWith(last)
}
