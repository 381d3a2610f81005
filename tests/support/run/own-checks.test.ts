/** The scenarios and steps of a team's own checks in a run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkout } from '../../../support/basis/checkout'
import { ConfigurationError } from '../../../support/configuration/error'
import { loadSettings } from '../../../support/configuration/load'
import type { OwnCheckFiles } from '../../../support/configuration/own-checks'
import { contracts } from '../../../support/flavours/flavours'
import { runConfigurationOf } from '../../../support/run/command-line'
import {
  allScenarios,
  checkOwnScenarios,
  loadedWith,
  wholeChecklist,
  withOwnFiles,
} from '../../../support/run/own-checks'
import { type Files, ownFiles, writeFiles } from '../../fixtures/own-checks'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'own-checks-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function own(files: Files = ownFiles): OwnCheckFiles {
  writeFiles(directory, { ...files, 'acceptance.yaml': 'checklist: [team/list.yaml]' })
  return loadSettings(contracts, {}, directory).ownChecks ?? expect.unreachable()
}

const feature = 'team/features/team.feature'
const list = 'team/list.yaml'
const tagged = (tags: string) => ({ ...ownFiles, [feature]: ownFiles[feature].replace('@checklist:100.1', tags) })

const selected = (paths: string[]) =>
  runConfigurationOf({
    cucumber: paths.length > 0 ? { paths } : {},
    context: undefined,
    profiles: [],
    configurationFile: undefined,
    ownFormat: false,
    failFast: false,
  })

describe('own checks', () => {
  it('stand behind the sections of the checklist, whose digest stays', () => {
    const [without, whole] = [wholeChecklist(undefined), wholeChecklist(own())]
    expect(whole.sections.slice(0, -1)).toEqual(without.sections)
    expect(whole.sections.at(-1)).toMatchObject({ id: '100' })
    expect(whole.items.slice(without.items.length).map(({ id }) => id)).toEqual(['100.1', '100.10'])
    expect(whole.sha256).toBe(without.sha256)
  })

  it('require their scenarios beside those of the suite', () => {
    const further = allScenarios(own()).filter(({ items }) => items.includes('100.1'))
    expect(further).toMatchObject([
      { name: 'Every pod of the lake names its team', uri: relative(checkout, join(directory, feature)), line: 4 },
    ])
  })

  it('are run unless the operator chose files, and their steps always', async () => {
    const checks = own()
    const all = withOwnFiles(await selected([]), checks)
    expect(all.sources.paths).toEqual(['features', relative(checkout, join(directory, feature))])
    const some = withOwnFiles(await selected(['features/03-pods.feature']), checks)
    expect(some.sources.paths).toEqual(['features/03-pods.feature'])
    for (const { support } of [all, some]) expect(support.requirePaths).toContain(join(directory, 'team/steps/team.js'))
  })

  it('import the steps that are modules', async () => {
    const checks = own({ ...ownFiles, 'team/steps/module.mjs': '' })
    const { support } = withOwnFiles(await selected([]), checks)
    expect(support.importPaths).toEqual([join(directory, 'team/steps/module.mjs')])
    expect(support.requirePaths).not.toContain(join(directory, 'team/steps/module.mjs'))
  })

  it.each([
    ['without an item', tagged('@team'), /team\.feature:4 names no item: tag it with one of @checklist:100\.1, /],
    [
      'of an item of the checklist',
      tagged('@checklist:100.1 @checklist:3.1'),
      /has the tag @checklist:3\.1, which is no item of your own/,
    ],
    [
      'of an item that a person attests',
      tagged('@checklist:100.1 @checklist:100.10'),
      /has the tag @checklist:100\.10, but a person attests this item: remove the tag, or set how: automated/,
    ],
    [
      'that would change the platform in a read-only run',
      { ...ownFiles, [list]: ownFiles[list].replace('automated', 'mutating') },
      /proves the mutating item 100\.1 without the tag @writes: add it/,
    ],
    [
      'that leaves a read-only run without a proof',
      tagged('@checklist:100.1 @writes'),
      /^Each scenario of the item 100\.1 has the tag @writes: set how: mutating/,
    ],
    ['of an unknown item', tagged('@checklist:100.2'), /has the tag @checklist:100\.2, which is no item of your own/],
  ])('refuse a scenario %s', (_, files, message) => {
    expect(() => checkOwnScenarios(own(files))).toThrow(ConfigurationError)
    expect(() => checkOwnScenarios(own(files))).toThrow(message)
  })

  it('of a mutating item may change the platform', () => {
    const files = tagged('@checklist:100.1 @writes')
    expect(() =>
      checkOwnScenarios(own({ ...files, [list]: ownFiles[list].replace('automated', 'mutating') })),
    ).not.toThrow()
  })

  it('name the file with steps that cannot be loaded, and leave other errors as they are', async () => {
    const checks = own()
    const failed = (stack: string) => Promise.reject(Object.assign(new Error('Unexpected token'), { stack }))
    const file = join(directory, 'team/steps/team.js')
    await expect(loadedWith(checks, failed(`${file}:1\nSyntaxError`))).rejects.toThrow(
      new ConfigurationError(`${file}, with steps of your own, cannot be loaded: Unexpected token`),
    )
    await expect(loadedWith(checks, failed('step-definitions/rest.ts:1'))).rejects.not.toBeInstanceOf(
      ConfigurationError,
    )
  })
})
