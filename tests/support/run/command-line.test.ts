/** Profiles of a file of the operator's own choose what the suite runs, with the steps of the suite. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../../support/configuration/error'
import { runConfigurationOf } from '../../../support/run/command-line'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

function combined(name: string, text: string, profiles: readonly string[] = []) {
  const configurationFile = join(directory, name)
  writeFileSync(configurationFile, text)
  const cucumber = { tags: 'not @writes' }
  return runConfigurationOf({
    ...{ cucumber, profiles, configurationFile },
    ...{ context: undefined, ownFormat: false, failFast: false },
  })
}

const profiles = { default: { tags: '@section:3' }, nightly: { tags: '@section:4' } }

describe('a file with profiles', () => {
  it.each([
    ['profiles.cjs', `module.exports = ${JSON.stringify(profiles)}`],
    [
      'profiles.mjs',
      `export default ${JSON.stringify(profiles.default)}; export const nightly = ${JSON.stringify(profiles.nightly)}`,
    ],
    ['profiles.json', JSON.stringify(profiles)],
    ['profiles.yaml', 'default: { tags: "@section:3" }\nnightly: { tags: "@section:4" }'],
  ])('is found anywhere, and keeps the steps of the suite: %s', async (name, text) => {
    const usual = await runConfigurationOf({
      ...{ cucumber: {}, profiles: [], configurationFile: undefined },
      ...{ context: undefined, ownFormat: false, failFast: false },
    })
    for (const [chosen, section] of [[[], 3] as const, [['nightly'], 4] as const]) {
      const { sources, support } = await combined(name, text, chosen)
      expect(sources.tagExpression).toBe(`(@section:${section}) and (not @writes)`)
      expect(support.requirePaths).toEqual(usual.support.requirePaths)
      expect(support.requireModules).toEqual(usual.support.requireModules)
    }
  })

  it('is not the configuration of the suite', async () => {
    const refused = combined('acceptance.yaml', 'namespace: dora')
    await expect(refused).rejects.toThrow(ConfigurationError)
    const file = join(directory, 'acceptance.yaml')
    await expect(refused).rejects.toThrow(
      `${file} has no profile "default" of Cucumber, and --profile names no other one. The configuration of the suite is another file: ACCEPTANCE_CONFIG names it, else it is acceptance.yaml. If it is that file, type: ACCEPTANCE_CONFIG=${file} npx dora-acceptance run`,
    )
  })

  it.each([
    ['a mistake in it', 'profiles.cjs', 'module.exports = {', [], 'Unexpected end of input'],
    [
      'no such profile',
      'profiles.json',
      '{ "default": {} }',
      ['nightly'],
      'Requested profile "nightly" doesn\'t exist',
    ],
    ['no format that Cucumber reads', 'profiles.toml', '', [], 'Unsupported configuration file extension ".toml"'],
  ])('is refused with the reason: %s', async (_, name, text, chosen, reason) => {
    await expect(combined(name, text, chosen)).rejects.toThrow(
      new RegExp(`^The file with Cucumber's profiles, .*/${name}, cannot be used: ${reason}`),
    )
  })
})
