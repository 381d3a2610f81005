/** The matrix with faults that share a run, faults that survive, and faults that cannot be undone. */
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../faults/catalogue/fault'
import type { Scope } from '../../../faults/matrix/groups'
import { FaultMatrix } from '../../../faults/matrix/matrix'
import type { FaultResult } from '../../../faults/matrix/record'
import type { SuiteRun } from '../../../faults/runs/suite'
import { fault, noDoors, runUnder } from '../../fixtures/faults'

/** A platform on which each fault is in force from when it is applied until it is undone. */
class Broken {
  readonly inForce: Fault[] = []
  /** The scope of each run, with the ids of the faults in force. */
  readonly runs: string[] = []

  /**
   * @param shows the fault that is really in force once this one is applied
   * @param isUndone false for a fault that stays in force
   */
  breaking(one: Fault, { shows = one, isUndone = true }: { shows?: Fault; isUndone?: boolean } = {}): Fault {
    return {
      ...one,
      apply: async () => {
        this.inForce.push(shows)
        return async () => {
          expect(this.inForce.at(-1), 'undone in reverse order').toBe(shows)
          if (isUndone) this.inForce.pop()
        }
      },
    }
  }

  readonly runScope = async (scope: Scope): Promise<SuiteRun> => {
    this.runs.push(`${scope}: ${this.inForce.map(({ id }) => id).join(' ')}`.trim())
    return runUnder(this.inForce)
  }
}

async function outcome(platform: Broken, faults: readonly Fault[]) {
  const reported: FaultResult[] = []
  const matrix = new FaultMatrix(noDoors, platform.runScope, (result) => reported.push(result), undefined, 20)
  const stopped = await matrix.run(faults).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { results: Object.fromEntries(matrix.found.map((result) => [result.id, result])), reported, stopped }
}

describe('independent faults', () => {
  it('are killed in a shared run, and one more run proves that they were undone', async () => {
    const platform = new Broken()
    const faults = [fault('a', ['1.1']), fault('b', ['2.1'])].map((one) => platform.breaking(one))
    const { results } = await outcome(platform, faults)
    expect(platform.runs).toEqual(['plain: a b', 'plain:'])
    expect(results.a).toMatchObject({ killed: true, attempts: 1, sharedWith: ['b'], found: { failed: ['1.1'] } })
    expect(results.b).toMatchObject({ killed: true, attempts: 1, sharedWith: ['a'], found: { failed: ['2.1'] } })
    expect(results.a?.scenarios).toEqual([{ name: 'Scenario of 1.1', uri: '1.1.feature', line: 1, status: 'failed' }])
  })

  it('of one item are killed in a shared run that names both, and retried alone where it does not', async () => {
    const beside = { beside: ['1.1'] }
    const platform = new Broken()
    const named = [fault('a', ['1.1'], beside), fault('b', ['1.1', '2.1'], beside)].map((one) => platform.breaking(one))
    const { results } = await outcome(platform, named)
    expect(platform.runs).toEqual(['plain: b a', 'plain:'])
    expect(results.a).toMatchObject({ killed: true, attempts: 1, sharedWith: ['b'], found: { failed: ['1.1'] } })
    expect(results.b).toMatchObject({ killed: true, attempts: 1, found: { failed: ['1.1', '2.1'] } })
    const other = new Broken()
    const hidden = other.breaking(fault('c', ['1.1', '2.1'], beside), { shows: fault('c', ['2.1']) })
    const shared = await outcome(other, [other.breaking(fault('a', ['1.1'], beside)), hidden])
    expect(shared.results.a).toMatchObject({ killed: true, attempts: 1 })
    expect(shared.results.c).toMatchObject({ killed: false, attempts: 2 })
  })

  it('are retried one by one when the shared run does not show the union of what they expect', async () => {
    const platform = new Broken()
    const wrong = platform.breaking(fault('a', ['1.1']), { shows: fault('a', ['1.1', '3.1']) })
    const { results } = await outcome(platform, [wrong, platform.breaking(fault('b', ['2.1']))])
    expect(platform.runs).toEqual(['plain: a b', 'plain:', 'plain: a', 'plain:', 'plain: b', 'plain:'])
    expect(results.a).toMatchObject({ killed: false, attempts: 2, sharedWith: [], collateral: ['3.1'] })
    expect(results.b).toMatchObject({ killed: true, attempts: 2, sharedWith: [], collateral: [] })
  })

  it('are not retried where the shared run shows exactly what they expect, and nothing else', async () => {
    const platform = new Broken()
    const unseen = platform.breaking(fault('unseen', ['1.1', '3.1']), { shows: fault('unseen', ['1.1']) })
    const { results } = await outcome(platform, [unseen, platform.breaking(fault('b', ['2.1']))])
    expect(platform.runs).toEqual(['plain: unseen b', 'plain: unseen', 'plain:'])
    expect(results.b).toMatchObject({ killed: true, attempts: 1, sharedWith: ['unseen'] })
    expect(results.unseen).toMatchObject({ killed: false, attempts: 2, sharedWith: [], found: { failed: ['1.1'] } })
  })

  it('are retried one by one when one of them cannot be applied, after the others were undone', async () => {
    const platform = new Broken()
    const stuck = fault('stuck', ['2.1'], { apply: () => Promise.reject(new Error('connection refused')) })
    const { results } = await outcome(platform, [platform.breaking(fault('a', ['1.1'])), stuck])
    expect(results.a).toMatchObject({ killed: true, attempts: 2 })
    expect(results.stuck).toMatchObject({
      killed: false,
      attempts: 2,
      collateral: ['stuck cannot be applied: connection refused'],
    })
  })
})

describe('a fault that only blocks', () => {
  const blocking = (id: string, blocked: readonly string[]) => fault(id, [], { expects: { failed: [], blocked } })

  it('is killed by a blocked verdict', async () => {
    const platform = new Broken()
    const { results } = await outcome(platform, [platform.breaking(blocking('a', ['1.1']))])
    expect(results.a).toMatchObject({ killed: true, found: { failed: [], blocked: ['1.1'] } })
  })

  it('shares a run with one that fails an item', async () => {
    const platform = new Broken()
    const faults = [blocking('a', ['1.1']), fault('b', ['2.1'])].map((one) => platform.breaking(one))
    const { results } = await outcome(platform, faults)
    expect(platform.runs).toEqual(['plain: a b', 'plain:'])
    expect(Object.values(results).map(({ killed }) => killed)).toEqual([true, true])
  })

  it('survives where its item fails', async () => {
    const platform = new Broken()
    const { results } = await outcome(platform, [
      platform.breaking(blocking('a', ['1.1']), { shows: fault('a', ['1.1']) }),
    ])
    expect(results.a).toMatchObject({ killed: false, found: { failed: ['1.1'], blocked: [] } })
  })
})

describe('faults of the same item', () => {
  it('each have their own run, and a later run in which the item passes proves that they were undone', async () => {
    const platform = new Broken()
    const faults = [fault('a', ['1.1']), fault('b', ['1.1']), fault('c', ['2.1'])]
    const { results } = await outcome(
      platform,
      faults.map((one) => platform.breaking(one)),
    )
    expect(platform.runs).toEqual(['plain: a c', 'plain: b', 'plain:'])
    expect(Object.values(results).map(({ killed }) => killed)).toEqual([true, true, true])
  })
})

describe('a fault that the suite does not report as expected', () => {
  it.each([
    ['nothing is red', fault('unseen', [])],
    ['another item is red', fault('unseen', ['2.1'])],
    ['more is red', fault('unseen', ['1.1', '2.1'])],
    ['the wrong cause is named', fault('unseen', ['1.1'], { cause: { object: 'Part x', summary: 'is x' } })],
    ['the item is only blocked', fault('unseen', [], { expects: { failed: [], blocked: ['1.1'] } })],
  ])('survives two attempts when %s', async (_, shows) => {
    const platform = new Broken()
    const { results, stopped } = await outcome(platform, [platform.breaking(fault('unseen', ['1.1']), { shows })])
    expect(stopped).toBeUndefined()
    expect(results.unseen).toMatchObject({ killed: false, attempts: 2 })
  })

  it('survives when the suite itself breaks', async () => {
    const platform = new Broken()
    const broken = async (scope: Scope) => {
      const run = await platform.runScope(scope)
      return run.exitCode === 0 ? run : { ...run, exitCode: 3, verdict: { ...run.verdict, verdict: 'error' as const } }
    }
    const matrix = new FaultMatrix(noDoors, broken, () => undefined, undefined, 20)
    await matrix.run([platform.breaking(fault('a', ['1.1']))])
    expect(matrix.found).toMatchObject([{ killed: false, found: { failed: ['1.1'] } }])
  })
})

describe('a fault that leaves something behind', () => {
  it('is blamed by its cause, ends the matrix, and is reported again', async () => {
    const platform = new Broken()
    const stays = platform.breaking(fault('stays', ['1.1']), { isUndone: false })
    const faults = [stays, platform.breaking(fault('next', ['1.1'])), platform.breaking(fault('last', ['1.1']))]
    const { results, reported, stopped } = await outcome(platform, faults)
    expect(stopped).toEqual(new Error('The platform did not recover after stays. Still red: 1.1.'))
    expect(results.stays).toMatchObject({ killed: false, collateral: ['not undone: 1.1'] })
    expect(reported.filter(({ id }) => id === 'stays').map(({ killed }) => killed)).toEqual([true, false])
  })

  it('is found when the run of the next fault shows more than that fault expects', async () => {
    const platform = new Broken()
    const stays = platform.breaking(fault('stays', ['1.1', '3.1']), { isUndone: false })
    const { results, stopped } = await outcome(platform, [stays, platform.breaking(fault('next', ['1.1']))])
    expect(String(stopped)).toContain('did not recover after stays')
    expect(results.stays?.killed).toBe(false)
    expect(results.next).toBeUndefined()
  })
})
