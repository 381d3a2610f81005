/** The names of columns after the transformations of a panel, and the overrides that use them. */
import { describe, expect, it } from 'vitest'
import { fieldConfig, optionsOfField } from '../../../support/platform/panel-fields'
import { withShownNames } from '../../../support/platform/shown-names'

const columns = [
  { name: 'avg_minutes', isNumber: true, values: [90] },
  { name: 'day', isNumber: false, values: ['Monday'] },
]
const shown = (...transformations: { id: string; disabled?: boolean; options?: unknown }[]) =>
  withShownNames(
    columns,
    transformations.map((one) => ({ disabled: false, ...one })),
  ).map(({ name, shownAs = name }) => shownAs)

const renamed = { id: 'organize', disabled: false, options: { renameByName: { avg_minutes: 'Lead time' } } }

describe('a column', () => {
  it.each([
    ['by its name', [renamed], ['Lead time', 'day']],
    [
      'by a pattern',
      [{ id: 'renameByRegex', options: { regex: '/^avg_(.*)/', renamePattern: '$1' } }],
      ['minutes', 'day'],
    ],
    [
      'by a whole text',
      [{ id: 'renameByRegex', options: { regex: 'avg', renamePattern: 'x' } }],
      ['avg_minutes', 'day'],
    ],
    [
      'by one after the other',
      [renamed, { id: 'renameByRegex', options: { regex: '/ time/', renamePattern: '' } }],
      ['Lead', 'day'],
    ],
    [
      'at each match of a pattern',
      [{ id: 'renameByRegex', options: { regex: '/[A-Z_]/gi', renamePattern: 'x' } }],
      ['xxxxxxxxxxx', 'xxx'],
    ],
  ])('is renamed %s', (_, transformations, names) => {
    expect(shown(...transformations)).toEqual(names)
  })

  it.each([
    { ...renamed, disabled: true },
    { id: 'organize', options: { renameByName: { avg_minutes: '' } } },
    { id: 'organize', options: { renameByName: ['avg_minutes'] } },
    { id: 'renameByRegex', options: { regex: '/(/', renamePattern: 'x' } },
    { id: 'renameByRegex' },
    { id: 'constructor' },
  ])('keeps its name after %j', (transformation) => {
    expect(shown(transformation)).toEqual(['avg_minutes', 'day'])
  })
})

it('an override matches the name that a transformation gives, and replaces it', () => {
  const [column = columns[0]] = withShownNames(columns, [renamed])
  const overrides = (matched: string) =>
    fieldConfig.parse({
      defaults: { displayName: 'Of all' },
      overrides: [{ matcher: { id: 'byName', options: matched }, properties: [{ id: 'unit', value: 'h' }] }],
    })
  const optionsBy = (matched: string) => column && optionsOfField(overrides(matched), column)
  expect(optionsBy('Lead time')).toMatchObject({ unit: 'h', displayName: 'Lead time' })
  expect(optionsBy('avg_minutes')).toMatchObject({ unit: 'h' })
  expect(optionsBy('Of all')).not.toHaveProperty('unit')
})
