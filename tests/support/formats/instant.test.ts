/** An instant is text, whatever number an answer holds in its place. */
import { expect, it } from 'vitest'
import { isoText } from '../../../support/formats/instant'

it.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [8.64e15, '+275760-09-13T00:00:00.000Z'],
  [1e300, '1e+300 ms since 1970'],
  [-1e16, '-10000000000000000 ms since 1970'],
  [Number.NaN, 'NaN ms since 1970'],
  [Number.POSITIVE_INFINITY, 'Infinity ms since 1970'],
])('%d is %s', (time, text) => {
  expect(isoText(time)).toBe(text)
})
