/** What `npm run faults` is told, and what it says where it does not understand. */
import { describe, expect, it } from 'vitest'
import { readCommand } from '../../../faults/command/options'
import { fault } from '../../fixtures/faults'

const faults = [fault('one', ['1.1']), fault('two', ['2.1'])]
const read = (...given: string[]) => readCommand(given, faults)

describe('npm run faults', () => {
  it.each([
    [[], { kind: 'matrix', faults, whole: true }],
    [['--only', 'two'], { kind: 'matrix', faults: [faults[1]], whole: false }],
    [['--only', 'two', '--only', 'one'], { kind: 'matrix', faults, whole: false }],
    [['--representative'], { kind: 'matrix', faults, whole: false }],
    [['--clean', '20'], { kind: 'clean', runs: 20 }],
    [['--page'], { kind: 'page' }],
  ])('understands %j', (given, command) => {
    expect(read(...given)).toEqual(command)
  })

  it.each([
    [['--only', 'three'], 'There is no fault three. There are:\n  one\n  two'],
    [['--only', 'one', '--representative'], '--only and --representative do not go together.'],
    [['--clean', '0'], '--clean takes how many runs, such as --clean 20; 0 was given.'],
    [['--clean', 'many'], '--clean takes how many runs, such as --clean 20; many was given.'],
    [['--clean'], 'npm run faults -- --clean 20'],
    [['--all'], 'npm run faults -- --only ID'],
    [['one'], 'npm run faults -- --only ID'],
  ])('refuses %j', (given, sentence) => {
    expect(() => read(...given)).toThrow(sentence)
  })
})
