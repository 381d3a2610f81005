/** What the matrix makes of faults that share a run, of those that survive, and of those that are not healed. */
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../faults/catalogue/fault'
import type { Scope } from '../../../faults/matrix/groups'
import { FaultMatrix } from '../../../faults/matrix/matrix'
import type { FaultResult } from '../../../faults/matrix/record'
import type { SuiteRun } from '../../../faults/runs/suite'
import { fault, noDoors, runUnder } from '../../fixtures/faults'

/** A platform on which faults are in force from when they are applied until they are healed. */
class Broken {
  readonly inForce: Fault[] = []
  readonly looked: string[] = []

  /** @param shows what is really broken when the fault is applied, itself unless told otherwise */
  breaking(one: Fault, { shows = one, heals = true }: { shows?: Fault; heals?: boolean } = {}): Fault {
    return {
      ...one,
      apply: async () => {
        this.inForce.push(shows)
        return async () => {
          expect(this.inForce.at(-1), 'healed the other way round').toBe(shows)
          if (heals) this.inForce.pop()
        }
      },
    }
  }

  readonly look = async (scope: Scope): Promise<SuiteRun> => {
    this.looked.push(`${scope}: ${this.inForce.map(({ id }) => id).join(' ')}`.trim())
    return runUnder(this.inForce)
  }
}

async function outcome(platform: Broken, faults: readonly Fault[]) {
  const told: FaultResult[] = []
  const matrix = new FaultMatrix(noDoors, platform.look, (result) => told.push(result), undefined, 20)
  const stopped = await matrix.run(faults).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { results: Object.fromEntries(matrix.found.map((result) => [result.id, result])), told, stopped }
}

describe('faults that do not touch each other', () => {
  it('share a run in which each is killed, and one more proves them healed', async () => {
    const platform = new Broken()
    const faults = [fault('a', ['1.1']), fault('b', ['2.1'])].map((one) => platform.breaking(one))
    const { results } = await outcome(platform, faults)
    expect(platform.looked).toEqual(['plain: a b', 'plain:'])
    expect(results.a).toMatchObject({ killed: true, attempts: 1, sharedWith: ['b'], found: { failed: ['1.1'] } })
    expect(results.b).toMatchObject({ killed: true, attempts: 1, sharedWith: ['a'], found: { failed: ['2.1'] } })
    expect(results.a?.scenarios).toEqual([{ name: 'Scenario of 1.1', uri: '1.1.feature', line: 1, status: 'failed' }])
  })

  it('are tried one by one when the run is not the union of what they expect', async () => {
    const platform = new Broken()
    const wrong = platform.breaking(fault('a', ['1.1']), { shows: fault('a', ['1.1', '3.1']) })
    const { results } = await outcome(platform, [wrong, platform.breaking(fault('b', ['2.1']))])
    expect(platform.looked).toEqual(['plain: a b', 'plain:', 'plain: a', 'plain:', 'plain: b', 'plain:'])
    expect(results.a).toMatchObject({ killed: false, attempts: 2, sharedWith: [], collateral: ['3.1'] })
    expect(results.b).toMatchObject({ killed: true, attempts: 2, sharedWith: [], collateral: [] })
  })

  it('are tried one by one when one of them cannot be applied, and the others are healed', async () => {
    const platform = new Broken()
    const stuck = fault('stuck', ['2.1'], { apply: () => Promise.reject(new Error('the door is shut')) })
    const { results } = await outcome(platform, [platform.breaking(fault('a', ['1.1'])), stuck])
    expect(results.a).toMatchObject({ killed: true, attempts: 2 })
    expect(results.stuck).toMatchObject({
      killed: false,
      attempts: 2,
      collateral: ['stuck cannot be applied: the door is shut'],
    })
  })
})

describe('faults that touch the same item', () => {
  it('have a run each, and the next run that shows the item green proves the ones before', async () => {
    const platform = new Broken()
    const faults = [fault('a', ['1.1']), fault('b', ['1.1']), fault('c', ['2.1'])]
    const { results } = await outcome(
      platform,
      faults.map((one) => platform.breaking(one)),
    )
    expect(platform.looked).toEqual(['plain: a c', 'plain: b', 'plain:'])
    expect(Object.values(results).map(({ killed }) => killed)).toEqual([true, true, true])
  })
})

describe('a fault that the suite does not see', () => {
  it.each([
    ['nothing is red', fault('unseen', [])],
    ['another item is red', fault('unseen', ['2.1'])],
    ['more is red', fault('unseen', ['1.1', '2.1'])],
    ['another cause is named', fault('unseen', ['1.1'], { cause: { object: 'Part x', summary: 'is x' } })],
    ['the item is blocked only', fault('unseen', [], { expects: { failed: [], blocked: ['1.1'] } })],
  ])('survives two attempts when %s', async (_, shows) => {
    const platform = new Broken()
    const { results, stopped } = await outcome(platform, [platform.breaking(fault('unseen', ['1.1']), { shows })])
    expect(stopped).toBeUndefined()
    expect(results.unseen).toMatchObject({ killed: false, attempts: 2 })
  })

  it('survives when the suite broke on it', async () => {
    const platform = new Broken()
    const broken = async (scope: Scope) => {
      const run = await platform.look(scope)
      return run.exitCode === 0 ? run : { ...run, exitCode: 3, verdict: { ...run.verdict, verdict: 'error' as const } }
    }
    const matrix = new FaultMatrix(noDoors, broken, () => undefined, undefined, 20)
    await matrix.run([platform.breaking(fault('a', ['1.1']))])
    expect(matrix.found).toMatchObject([{ killed: false, found: { failed: ['1.1'] } }])
  })
})

describe('a fault that leaves something behind', () => {
  it('is blamed by its cause, ends the matrix, and is told once more', async () => {
    const platform = new Broken()
    const stays = platform.breaking(fault('stays', ['1.1']), { heals: false })
    const faults = [stays, platform.breaking(fault('next', ['1.1'])), platform.breaking(fault('last', ['1.1']))]
    const { results, told, stopped } = await outcome(platform, faults)
    expect(stopped).toEqual(new Error('The platform is not whole again after stays: 1.1.'))
    expect(results.stays).toMatchObject({ killed: false, collateral: ['not healed: 1.1'] })
    expect(told.filter(({ id }) => id === 'stays').map(({ killed }) => killed)).toEqual([true, false])
  })

  it('is found by the run of the next, which is not what that one expects', async () => {
    const platform = new Broken()
    const stays = platform.breaking(fault('stays', ['1.1', '3.1']), { heals: false })
    const { results, stopped } = await outcome(platform, [stays, platform.breaking(fault('next', ['1.1']))])
    expect(String(stopped)).toContain('not whole again after stays')
    expect(results.stays?.killed).toBe(false)
    expect(results.next).toBeUndefined()
  })
})
