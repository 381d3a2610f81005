/**
 * Finds the Chromium of this machine and starts it without a display, with an environment and a profile of its own, in its
 * sandbox where the system allows it, and without background requests to its vendor.
 */

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { command, comment } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { messageOf } from '../basis/message'
import { reasonOf, type Witness } from './exchange'

/** The builds that only run without a display go first: they open the same pages in two thirds of the processor time. */
const names = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
]

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
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--no-pings',
  '--metrics-recording-only',
  // The default of a Chromium with a display: a frame of another site gets a process of its own.
  '--site-per-process',
  // The routes of the run are direct connections, and UDP would bypass the rules for host names.
  '--no-proxy-server',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
]

/** The variables that Chromium needs. All others stay here: KUBECONFIG, tokens and passwords are of no use to a browser. */
const passedOn = ['PATH', 'LANG', 'LC_ALL', 'DISPLAY', 'TZ'] as const

function environmentFor(home: string): Record<string, string> {
  const known = passedOn.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(known), HOME: home, TMPDIR: home }
}

const install = [
  command`apt-get install chromium`,
  comment`if it is installed elsewhere: export CHROMIUM_PATH=/path/to/chromium`,
]

/** The command that opens an empty page as the suite does. */
export const openingChromium = (path: string) => command`${path} --headless --dump-dom about:blank`

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

/** Chromium refuses to start its sandbox as root. */
const isRoot = () => process.getuid?.() === 0

/** The words of Chromium where the system gives it no sandbox, such as in a container without user namespaces. */
const withoutSandbox =
  /No usable sandbox|setuid sandbox|sandbox_host_linux|zygote_host_impl_linux|Failed to move to new namespace/i

/**
 * Starts Chromium in its sandbox. As root, and where the system allows no sandbox, it runs without one and the witness records
 * that. Playwright is loaded only here, because most runs open no page.
 * @throws Blocked if Chromium is not found or does not start
 */
export async function launchChromium(given: readonly string[] = [], witness: Witness = () => {}): Promise<Browser> {
  const executablePath = chromiumPath()
  const home = newHome()
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  try {
    const browser = await startSandboxed(executablePath, home, given, witness)
    browser.on('disconnected', remove)
    return browser
  } catch (error) {
    remove()
    throw new Blocked({
      summary: 'Chromium does not start.',
      object: executablePath,
      expected: 'a headless browser that starts',
      found: reasonOf(error),
      remedy: [openingChromium(executablePath)],
    })
  }
}

function newHome(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'chromium-'))
  } catch (error) {
    throw new Blocked({
      summary: 'Chromium has no directory for its profile.',
      object: tmpdir(),
      expected: 'a directory that this user can write to',
      found: reasonOf(error),
      remedy: [command`ls -ld ${tmpdir()}`, command`export TMPDIR=DIRECTORY`],
    })
  }
}

async function startSandboxed(
  executablePath: string,
  home: string,
  given: readonly string[],
  witness: Witness,
): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath,
      chromiumSandbox,
      args: [...switches, ...given],
      env: environmentFor(home),
      // By default Playwright exits the process on a signal, but the run still has to write its reports.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    })
  if (isRoot()) {
    witness(executablePath, 'runs without its sandbox, because the run is root')
    return start(false)
  }
  try {
    return await start(true)
  } catch (error) {
    if (!withoutSandbox.test(messageOf(error))) throw error
    witness(executablePath, 'runs without its sandbox, because the system does not allow it')
    return start(false)
  }
}
