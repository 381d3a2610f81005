/** Units that draw a number as something else. */
import { expect, it } from 'vitest'
import { isForeign } from '../../../../support/checks/numbers/drawn-unit'

it.each([
  ['minutes', ['m', 'dtdurationm', 'suffix: min', 'minutes']],
  ['percent', ['percent', '%', 'suffix:%']],
  ['count', ['none', 'short', 'sishort', 'locale', 'suffix: deployments', 'releases', 'Deployments']],
  ['series', ['none', 'short', 'deployments / day', 'suffix:/ day']],
  ['perDay', ['none', 'short', 'suffix: / day', 'deployments per day']],
] as const)('%s may have the units %j', (kind, units) => {
  for (const unit of units) expect([unit, isForeign(unit, kind)]).toEqual([unit, false])
})

it.each([
  ['minutes', ['h', 's', 'none', 'percent', 'suffix: h']],
  ['percent', ['percentunit', 'none', 'suffix: ratio']],
  ['count', ['h', 'percent', 'suffix: %', 'suffix: h', 'cpm', 'ops', 'reqps', 'bytes', 'currencyUSD', 'bool_yes_no']],
  ['count', ['deployments / day', 'deployments per week', 'dateTimeAsIso', 'deckbytes', 'KBs', 'bps']],
  ['series', ['h', 'percent', 'deployments / week', 'per hour', 'cpm', '/ month']],
  ['perDay', ['/ week', 'percent', 'cps', 's']],
] as const)('%s may not have the units %j', (kind, units) => {
  for (const unit of units) expect([unit, isForeign(unit, kind)]).toEqual([unit, true])
})
