/** The command line of `npm run faults`, and its errors. */
import { describe, expect, it } from 'vitest'
import { readCommand } from '../../../faults/command/options'
import { fault } from '../../fixtures/faults'

const faults = [fault('one', ['1.1']), fault('two', ['2.1'])]
const read = (...given: string[]) => readCommand(given, faults)

describe('npm run faults', () => {
  it.each([
    [[], { kind: 'matrix', faults, isComplete: true }],
    [['--only', 'two'], { kind: 'matrix', faults: [faults[1]], isComplete: false }],
    [['--only', 'two', '--only', 'one'], { kind: 'matrix', faults, isComplete: false }],
    [['--representative'], { kind: 'matrix', faults, isComplete: false }],
    [['--clean', '20'], { kind: 'clean', runs: 20 }],
    [['--list'], { kind: 'list' }],
  ])('accepts %j', (given, command) => {
    expect(read(...given)).toEqual(command)
  })

  it.each([
    [['--only', 'three'], 'Unknown fault: three. Known faults:\n  one\n  two'],
    [['--only', 'one', '--representative'], '--only and --representative cannot be combined.'],
    [['--clean', '0'], '--clean needs a number of runs, at least 1, such as --clean 20. Found: 0'],
    [['--clean', 'many'], '--clean needs a number of runs, at least 1, such as --clean 20. Found: many'],
    [['--clean'], 'npm run faults -- --clean 20'],
    [['--all'], 'npm run faults -- --only ID'],
    [['one'], 'npm run faults -- --only ID'],
  ])('rejects %j', (given, sentence) => {
    expect(() => read(...given)).toThrow(sentence)
  })
})
