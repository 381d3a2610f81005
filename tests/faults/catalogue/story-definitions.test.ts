/** The documentation names every wrong computation that only stories find. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { storyDefinitionFaults } from '../../../faults/catalogue/story-definitions'
import { root } from '../../fixtures/features'

it('docs/dora.md lists the faults that only stories show', () => {
  const text = readFileSync(join(root, 'docs/dora.md'), 'utf8')
  const [, list = ''] = /story-definitions\.ts`:\n\n((?:- .*\n)+)/.exec(text) ?? []
  expect(list.trim().split('\n')).toEqual(storyDefinitionFaults.map(({ title }) => `- ${title}.`))
})
