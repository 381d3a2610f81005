/** The lists of a team's own checks are read whole, or refused with the mistake, its place, and what is expected. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../support/configuration/error'
import { loadSettings } from '../../../support/configuration/load'
import { contracts } from '../../../support/flavours/flavours'
import { type Files, ownFiles, writeFiles } from '../../fixtures/own-checks'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'own-checks-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** The own checks of a configuration that names lists. */
function own(files: Files, lists = ['team/list.yaml']) {
  writeFiles(directory, { ...files, 'acceptance.yaml': `checklist: [${lists.join(', ')}]` })
  return loadSettings(contracts, {}, directory).ownChecks
}

function refusal(files: Files, lists?: string[]): string {
  try {
    own(files, lists)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return (error as ConfigurationError).message.replaceAll(directory, '')
  }
  return expect.unreachable('The lists were taken.')
}

const list = 'team/list.yaml'
const edited = (from: string, to: string) => ({ ...ownFiles, [list]: ownFiles[list].replace(from, to) })

describe('own checks', () => {
  it('are none without a list', () => {
    expect(own({}, [])).toBeUndefined()
  })

  it('keep their numbers as they are written: 100.10 is not 100.1', () => {
    const { checks, features, steps } = own(ownFiles) ?? expect.unreachable()
    expect(checks.sections).toEqual([
      {
        id: '100',
        title: 'Rules of the payments team',
        meaning: 'Without them nobody answers for a failed deployment.',
      },
    ])
    expect(checks.items.map(({ id, section, how }) => `${id} of ${section}, ${how}`)).toEqual([
      '100.1 of 100, automated',
      '100.10 of 100, attested',
    ])
    expect(features).toEqual([join(directory, 'team/features/team.feature')])
    expect(steps).toEqual([join(directory, 'team/steps/team.js')])
  })

  it('have a digest that changes with the list, a feature and a step, and not with the place', () => {
    const digest = () => own(ownFiles)?.checks.sha256
    const first = digest()
    for (const path of Object.keys(ownFiles)) {
      writeFiles(directory, ownFiles)
      expect(
        own({ ...ownFiles, [path]: `${ownFiles[path as keyof typeof ownFiles]}\n# changed\n` })?.checks.sha256,
      ).not.toBe(first)
    }
    rmSync(directory, { recursive: true })
    directory = mkdtempSync(join(tmpdir(), 'own-checks-elsewhere-'))
    expect(digest()).toBe(first)
  })

  it('come from several lists, which may share a folder', () => {
    const second = ownFiles[list].replaceAll('100', '101')
    const checks = own({ ...ownFiles, 'team/second.yaml': second }, [list, 'team/second.yaml'])
    expect(checks?.checks.items.map(({ id }) => id)).toEqual(['100.1', '100.10', '101.1', '101.10'])
    expect(checks?.features).toHaveLength(1)
  })

  it.each<[string, Files, string]>([
    ['a list that does not exist', {}, 'checklist names /team/list.yaml, which cannot be read: it does not exist.'],
    [
      'an empty list',
      { [list]: '# nothing yet\n' },
      '/team/list.yaml cannot be used:\n  sections: expected a list of sections',
    ],
    ['an unknown key', edited('steps:', 'step:'), '  step (line 2): there is no such key. Did you mean steps?'],
    [
      'a number of the checklist',
      edited('id: 100\n', 'id: 3\n'),
      '/team/list.yaml has the section 3: expected a number from 100 on',
    ],
    [
      'an item of another section',
      edited('100.10', '101.1'),
      '/team/list.yaml has the item 101.1 in section 100: expected 100.<number>.',
    ],
    [
      'a number twice',
      edited('100.10', '100.1'),
      '/team/list.yaml uses the number 100.1 again (first in /team/list.yaml).',
    ],
    [
      'a derived item',
      edited('attested', 'derived'),
      '  sections.0.items.1.how (line 9): expected automated, mutating or attested, found "derived". Example: how: automated',
    ],
    [
      'a folder that does not exist',
      edited('features: features', 'features: feature'),
      '/team/list.yaml names the folder feature (features), which cannot be read: it does not exist. Create it, or correct its name.',
    ],
    [
      'a folder without features',
      edited('features: features', 'features: steps'),
      '/team/list.yaml names the folder /team/steps (features), which has no file that ends in .feature.',
    ],
    ['no YAML', { ...ownFiles, [list]: 'sections: [' }, '/team/list.yaml is not YAML: '],
  ])('are refused with %s', (_, files, message) => {
    expect(refusal(files)).toContain(message)
  })

  it('are refused with the same number in two lists', () => {
    const message = refusal({ ...ownFiles, 'team/second.yaml': ownFiles[list] }, [list, 'team/second.yaml'])
    expect(message).toBe('/team/second.yaml uses the number 100 again (first in /team/list.yaml).')
  })
})
