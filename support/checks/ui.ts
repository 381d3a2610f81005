/** Section 11.1: the DevLake UI as a person opens it. */
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { rememberOutcome } from '../basis/memo'
import type { Visited } from '../platform/browser'
import type { Picture } from '../platform/picture'
import type { Platform } from '../platform/platform'
import { expectSilence } from './browser-console'

/** 11.1: the page opens within the deadline and shows text. Returns a picture of it. */
export async function expectUiOpens(platform: Platform): Promise<Picture | null> {
  const { value: texts, picture } = await uiOf(platform)
  if (texts > 0) return picture
  throw new Unmet({
    summary: 'The page of the DevLake UI is empty.',
    object: 'DevLake UI',
    expected: 'visible text',
    found: 'no visible text',
    remedy: [command`curl -v '${(await platform.routes.to('ui')).base}/'`],
  })
}

/** 11.1: the page logs no errors in the browser console. */
export async function expectSilentUi(platform: Platform): Promise<void> {
  const { complaints } = await uiOf(platform)
  const { base } = await platform.routes.to('ui')
  expectSilence('The DevLake UI', 'DevLake UI', complaints, [command`curl -v '${base}/'`])
}

/** The page, opened once per run, and the number of visible texts on it. */
const uiOf = rememberOutcome(openUi)

async function openUi({ routes, browser, configuration }: Platform): Promise<Visited<number>> {
  const url = `${(await routes.to('ui')).base}/`
  const deadlineMs = configuration.deadlines.dashboard
  return browser.visit(await browser.window({ viewport: { width: 1400, height: 900 } }), {
    url,
    deadlineMs,
    pictured: true,
    shown: async (page) => {
      await page.waitForLoadState('networkidle')
      return page.getByText(/\S/).filter({ visible: true }).count()
    },
    late: () => ({
      summary: `The DevLake UI does not open within ${deadlineMs / 1000} s.`,
      object: 'DevLake UI',
      expected: 'a loaded page',
      found: 'a page that is still loading',
      remedy: [command`curl -v '${url}'`],
    }),
  })
}
