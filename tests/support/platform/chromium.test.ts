/** The search for Chromium, and the finding if there is none. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { chromiumPath, launchChromium } from '../../../support/platform/chromium'

describe('the browser', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chromium-'))
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  const program = (name: string, mode = 0o755) => {
    const path = join(folder, name)
    writeFileSync(path, '')
    chmodSync(path, mode)
    return path
  }

  it('is the one that CHROMIUM_PATH names, otherwise the first on the PATH', () => {
    const [own, known] = [program('my-browser'), program('chromium')]
    expect(chromiumPath({ CHROMIUM_PATH: own, PATH: folder })).toBe(own)
    expect(chromiumPath({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(known)
  })

  it('is the one without a display where a folder has several', () => {
    program('chromium')
    expect(chromiumPath({ PATH: folder })).toBe(join(folder, 'chromium'))
    const headless = program('chromium-headless-shell')
    expect(chromiumPath({ PATH: folder })).toBe(headless)
  })

  it('blocks where its profile cannot be written, as on a read-only file system', async () => {
    vi.stubEnv('CHROMIUM_PATH', program('my-browser'))
    vi.stubEnv('TMPDIR', join(folder, 'nosuch'))
    await expect(launchChromium()).rejects.toMatchObject({
      finding: { summary: 'Chromium has no directory for its profile.', object: join(folder, 'nosuch') },
    })
  })

  it('is not replaced by another if CHROMIUM_PATH names a file that is not executable', () => {
    program('chromium')
    const path = program('a-text', 0o644)
    const search = () => chromiumPath({ CHROMIUM_PATH: path, PATH: folder })
    expect(search).toThrow(Blocked)
    expect(search).toThrow(`CHROMIUM_PATH is set to ${path}, which is not an executable file.`)
  })
})
