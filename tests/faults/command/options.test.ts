/** The command line of `npm run faults`, and its errors. */
import { describe, expect, it } from 'vitest'
import { readCommand } from '../../../faults/command/options'
import { fault, variant } from '../../fixtures/faults'

const faults = [fault('one', ['1.1']), fault('two', ['2.1'])]
const variants = [variant('other'), variant('another')]
const read = (...given: string[]) => readCommand(given, { faults, variants })

describe('npm run faults', () => {
  it.each([
    [[], { kind: 'matrix', faults, variants, isComplete: true }],
    [['--resume'], { kind: 'matrix', faults, variants, isComplete: true, isResumed: true }],
    [['--shards', '2'], { kind: 'shards', shards: 2 }],
    [['--shard', '2/2'], { kind: 'matrix', faults: [], variants: [], isComplete: true, shard: { number: 2, of: 2 } }],
    [['--only', 'two'], { kind: 'matrix', faults: [faults[1]], variants: [], isComplete: false }],
    [['--only', 'two', '--only', 'one'], { kind: 'matrix', faults, variants: [], isComplete: false }],
    [
      ['--only', 'two', '--only', 'other'],
      { kind: 'matrix', faults: [faults[1]], variants: [variants[0]], isComplete: false },
    ],
    [['--variants'], { kind: 'matrix', faults: [], variants, isComplete: false }],
    [['--representative'], { kind: 'matrix', faults, variants: [], isComplete: false }],
    [['--clean', '20'], { kind: 'clean', runs: 20 }],
    [['--traces', '50'], { kind: 'traces', runs: 50 }],
    [['--list'], { kind: 'list' }],
    [['--help'], { kind: 'help' }],
    [['-h', '--list'], { kind: 'help' }],
  ])('accepts %j', (given, command) => {
    expect(read(...given)).toEqual(command)
  })

  it.each([
    [['--only', 'three'], 'Unknown fault or variant: three. Known ones:\n  one\n  two\n  other\n  another'],
    [['--only', 'one', '--representative'], '--only and --representative cannot be combined.'],
    [['--clean', '0'], '--clean needs a number of runs, at least 1, such as --clean 20. Found: 0'],
    [['--shards', 'two'], '--shards needs a number of shards, at least 1, such as --shards 20. Found: two'],
    [['--shard', '3/2'], '--shard needs a part such as 1/2. Found: 3/2'],
    [['--clean', 'many'], '--clean needs a number of runs, at least 1, such as --clean 20. Found: many'],
    [['--clean'], 'npm run faults -- --clean 20'],
    [['--traces', '0'], '--traces needs a number of runs, at least 1, such as --traces 20. Found: 0'],
    [['--all'], 'npm run faults -- --only ID'],
    [['--onyl', 'one'], /^There is no option --onyl\. Did you mean --only\?\nnpm run faults /],
    [['--only', 'ohter'], 'Unknown fault or variant: ohter. Did you mean other? Known'],
    [['one'], 'npm run faults -- --only ID'],
  ])('rejects %j', (given, sentence) => {
    expect(() => read(...given)).toThrow(sentence)
  })
})
