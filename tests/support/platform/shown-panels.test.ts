/** The panels of a page are those of the model, by their ids or else by their titles. */
import { expect, it } from 'vitest'
import { copiesOf, type ShownPanel } from '../../../support/platform/shown-panels'

const shown = (id: number | null, title: string): ShownPanel => ({ id, title, text: `${id} ${title}`, marks: [] })
const texts = (id: number, title: string, all: readonly ShownPanel[]) =>
  copiesOf({ id, title }, all).map(({ text }) => text)

it('panels of the same title are told apart by their ids', () => {
  const page = [shown(1, 'Frequency'), shown(2, 'Frequency'), shown(3, 'of checkout')]
  expect(texts(2, 'Frequency', page)).toEqual(['2 Frequency'])
  expect(texts(3, 'of $project', page)).toEqual(['3 of checkout'])
  expect(texts(4, '$project', page)).toEqual([])
})

it('a repeated panel has several copies', () => {
  expect(texts(1, 'Frequency', [shown(1, 'Frequency'), shown(1, 'Frequency')])).toHaveLength(2)
})

it('panels without an id are found by their titles', () => {
  expect(texts(7, 'of $project', [shown(null, 'Frequency'), shown(null, 'of checkout')])).toEqual(['null of checkout'])
})
