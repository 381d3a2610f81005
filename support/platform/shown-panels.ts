/** Reads the panels that a dashboard page shows. */
import type { Page } from 'playwright-core'

export interface ShownPanel {
  /** The id in the model; null if the page does not say it. */
  readonly id: number | null
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

/**
 * Finds the panels by the data-testid attributes that Grafana's own tests use. Their ids are in the keys around them, such as
 * "panel-4" or "panel-4-clone-1", and were attributes of their own before Grafana 11.
 */
export async function shownPanels(page: Page): Promise<ShownPanel[]> {
  const found = await page.$$eval('[data-testid^="data-testid Panel header "]', (panels) =>
    panels.map((panel) => ({
      key:
        panel.closest('[data-viz-panel-key]')?.getAttribute('data-viz-panel-key') ??
        panel.closest('[data-panelid]')?.getAttribute('data-panelid') ??
        '',
      title: (panel.getAttribute('data-testid') ?? '').replace('data-testid Panel header ', ''),
      text: panel.querySelector('[data-testid="data-testid panel content"]')?.textContent ?? '',
      marks: [...panel.querySelectorAll('[data-testid="data-testid Panel status error"]')].map(
        (mark) => mark.getAttribute('aria-label') ?? 'an error icon without a label',
      ),
    })),
  )
  return found.map(({ key, ...panel }) => ({ ...panel, id: idIn(key) }))
}

function idIn(key: string): number | null {
  const id = /^\d+$/.test(key) ? key : [...key.matchAll(/panel-(\d+)/g)].at(-1)?.[1]
  return id === undefined ? null : Number(id)
}

/** The drawn copies of a panel of the model: by their ids, or by their titles where the page does not say the ids. */
export function copiesOf({ id, title }: { readonly id: number; readonly title: string }, all: readonly ShownPanel[]) {
  const byId = all.filter((one) => one.id === id)
  return byId.length > 0 ? byId : all.filter((one) => one.id === null && isTitled(one.title, title))
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
