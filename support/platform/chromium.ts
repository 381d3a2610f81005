/** Finds the Chromium of this machine and starts it without a display and without background requests to its vendor. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { command, comment } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { reasonOf } from './exchange'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** Installation paths to try when no browser is on the PATH. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const switches = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const install = [
  command`apt-get install chromium`,
  comment`if it is installed elsewhere: export CHROMIUM_PATH=/path/to/chromium`,
]

/**
 * Returns CHROMIUM_PATH, else the first browser on the PATH, else one at the usual installation paths.
 * @throws Blocked if no browser is found
 */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string {
  const { CHROMIUM_PATH: named, PATH: path = '' } = environment
  const onPath = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const found = (named ? [named] : [...onPath, ...usualPlaces]).find(isExecutable)
  if (found !== undefined) return found
  throw new Blocked({
    summary: named
      ? `CHROMIUM_PATH is set to ${named}, which is not an executable file.`
      : 'No Chromium was found on this machine, so no page can be opened.',
    object: 'Chromium',
    expected: 'an executable Chromium or Chrome',
    found: named ?? 'none on the PATH or at the usual installation paths',
    remedy: install,
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Starts Chromium. Playwright is loaded only here, because most runs open no page.
 * @throws Blocked if Chromium is not found or does not start
 */
export async function launchChromium(given: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumPath()
  const { chromium } = await import('playwright-core')
  try {
    // By default Playwright exits the process on a signal, but the run still has to write its reports.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
    return await chromium.launch({ executablePath, args: [...switches, ...given], ...signals })
  } catch (error) {
    throw new Blocked({
      summary: 'Chromium does not start.',
      object: executablePath,
      expected: 'a headless browser that starts',
      found: reasonOf(error),
      remedy: [command`${executablePath} --headless --dump-dom about:blank`],
    })
  }
}
