/** The Chromium of this machine, and the switches with which it runs without a display and without calling home. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { Blocked } from '../basis/expectation'
import { reasonOf } from './exchange'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** Where it lies when it is not on the PATH. */
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

const install = ['apt-get install chromium', '# one that is elsewhere: export CHROMIUM_PATH=/path/to/chromium']

/** CHROMIUM_PATH, else the first on the PATH, else in the usual places. @throws Blocked where there is none */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string {
  const { CHROMIUM_PATH: named, PATH: path = '' } = environment
  const onPath = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const found = (named ? [named] : [...onPath, ...usualPlaces]).find(isExecutable)
  if (found !== undefined) return found
  throw new Blocked({
    summary: named
      ? `CHROMIUM_PATH names ${named}, which cannot be run.`
      : 'There is no Chromium on this machine, so no page can be opened.',
    object: 'Chromium',
    expected: 'a Chromium or Chrome that can be run',
    found: named ?? 'none on the PATH and in the usual places',
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

/** Starts it. The library is loaded here: most runs open no page. @throws Blocked where there is none, or it does not start */
export async function launchChromium(given: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumPath()
  const { chromium } = await import('playwright-core')
  try {
    // Playwright would end the process on a signal, and the run has reports to write.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
    return await chromium.launch({ executablePath, args: [...switches, ...given], ...signals })
  } catch (error) {
    throw new Blocked({
      summary: 'Chromium does not start.',
      object: executablePath,
      expected: 'a browser without a display',
      found: reasonOf(error),
      remedy: [`${executablePath} --headless --dump-dom about:blank`],
    })
  }
}
