/** Where the browser is looked for, and what is said when there is none. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { chromiumPath } from '../../../support/platform/chromium'

describe('the browser', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chromium-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const program = (name: string, mode = 0o755) => {
    const path = join(folder, name)
    writeFileSync(path, '')
    chmodSync(path, mode)
    return path
  }

  it('is the one that CHROMIUM_PATH names, and else the first on the PATH', () => {
    const [own, known] = [program('my-browser'), program('chromium')]
    expect(chromiumPath({ CHROMIUM_PATH: own, PATH: folder })).toBe(own)
    expect(chromiumPath({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(known)
  })

  it('is not replaced by another one where CHROMIUM_PATH names one that cannot be run', () => {
    program('chromium')
    const path = program('a-text', 0o644)
    const look = () => chromiumPath({ CHROMIUM_PATH: path, PATH: folder })
    expect(look).toThrow(Blocked)
    expect(look).toThrow(`CHROMIUM_PATH names ${path}, which cannot be run.`)
  })
})
