/** Libraries that were patched after npm installed them take part in a run, and no commit shows it. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { changedLibraries } from '../../../support/basis/libraries'
import { temporaryDirectory } from '../../fixtures/reports'

const installed = new Date('2026-11-23T09:00:00Z')
const seconds = (after: number) => new Date(installed.getTime() + after * 1000)

/** Lists the changes of an installation. @param files each with the seconds after the end of the installation at which it was written */
function changes(files: Readonly<Record<string, number>>, loaded: readonly string[]) {
  const directory = temporaryDirectory()
  for (const [path, after] of Object.entries({ ...files, '.package-lock.json': 0 })) {
    const file = join(directory, 'node_modules', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
    utimesSync(file, seconds(after), seconds(after))
  }
  return changedLibraries(
    directory,
    loaded.map((path) => join(directory, path)),
  )
}

const whole = { 'yaml/index.js': -9, 'yaml/lib/a.js': -9, 'yaml/lib/b.js': -9, '@cucumber/gherkin/index.mjs': -8 }
const loaded = ['node_modules/yaml/index.js', 'node_modules/@cucumber/gherkin/index.mjs', 'support/cli/main.ts']

it('lists files that were changed or added after the installation', async () => {
  expect(await changes({ ...whole, 'yaml/lib/a.js': 60 }, loaded)).toEqual(['node_modules/yaml/lib/a.js'])
  expect(await changes({ ...whole, '@cucumber/gherkin/patch.cjs': 3600 }, loaded)).toEqual([
    'node_modules/@cucumber/gherkin/patch.cjs',
  ])
})

it.each<[string, Readonly<Record<string, number>>]>([
  ['an untouched installation', whole],
  ['a library that was written in the last moment', { ...whole, 'yaml/lib/a.js': 1 }],
  ['a library that is not loaded', { ...whole, 'vite/index.js': 60 }],
  ['a cache', { ...whole, '.cache/transpiled/a.js': 60 }],
  ['a README', { ...whole, 'yaml/README.md': 60 }],
  ['a copy without times', { 'yaml/index.js': 60, 'yaml/lib/a.js': 60, '@cucumber/gherkin/index.mjs': 60 }],
])('lists nothing of %s', async (_, files) => {
  expect(await changes(files, loaded)).toEqual([])
})

it('lists nothing without an installation by npm', async () => {
  expect(await changedLibraries(temporaryDirectory(), loaded)).toEqual([])
})
