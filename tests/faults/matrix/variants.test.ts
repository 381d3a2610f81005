/** Healthy variants: those that change different objects share a run, and a red run is taken apart. */
import { describe, expect, it } from 'vitest'
import type { Scope } from '../../../faults/matrix/groups'
import { independentGroups, VariantRuns } from '../../../faults/matrix/variants'
import type { SuiteRun } from '../../../faults/runs/suite'
import { variants } from '../../../faults/variants'
import type { Variant } from '../../../faults/variants/variant'
import { fault, noDoors, runUnder, variant } from '../../fixtures/faults'

/** A platform on which the suite turns red for some variants, and stays so after some of them. */
class Judged {
  private readonly inForce = new Set<string>()
  readonly runs: string[] = []

  constructor(
    private readonly falselyRed: readonly string[],
    private readonly lasting: readonly string[] = [],
  ) {}

  readonly changing = (one: Variant): Variant => ({
    ...one,
    apply: async () => {
      this.inForce.add(one.id)
      return async () => {
        if (!this.lasting.includes(one.id)) this.inForce.delete(one.id)
      }
    },
  })

  readonly run = async (scope: Scope, environment: Variant['environment'] = {}): Promise<SuiteRun> => {
    this.runs.push([...this.inForce, ...Object.keys(environment), scope === 'plain' ? [] : scope].flat().join(' '))
    const red = [...this.inForce].filter((id) => this.falselyRed.includes(id))
    return runUnder(red.map((id) => fault(id, ['3.1'])))
  }
}

async function outcome(platform: Judged, given: readonly Variant[]) {
  const runs = new VariantRuns(noDoors, platform.run, () => undefined)
  const stopped = await runs.judge(given.map(platform.changing)).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  return {
    stopped,
    accepted: Object.fromEntries(runs.found.map(({ id, accepted }) => [id, accepted])),
    found: runs.found,
  }
}

describe('healthy variants', () => {
  it('share a run if they change different objects, and one more run proves that they were undone', async () => {
    const platform = new Judged([])
    const { accepted } = await outcome(platform, [variant('a'), variant('b'), variant('c', { changes: ['Part a'] })])
    expect(platform.runs).toEqual(['a b', 'c', ''])
    expect(accepted).toEqual({ a: true, b: true, c: true })
  })

  it('with variables for the suite have a run of their own', async () => {
    const platform = new Judged([])
    await outcome(platform, [variant('a'), variant('b', { environment: { CLOCK: '1' } })])
    expect(platform.runs).toEqual(['a', 'b CLOCK', ''])
  })

  it('that only pages show are judged with pages, together with the others of their run', async () => {
    const platform = new Judged([])
    await outcome(platform, [variant('a'), variant('b', { pages: true }), variant('c', { changes: ['Part a'] })])
    expect(platform.runs).toEqual(['a b pages', 'c', ''])
  })

  it('that turn red are found by halves, and named with the red items', async () => {
    const platform = new Judged(['c'])
    const { accepted, found } = await outcome(
      platform,
      ['a', 'b', 'c'].map((id) => variant(id)),
    )
    expect(platform.runs).toEqual(['a b c', '', 'a b', 'c', ''])
    expect(accepted).toEqual({ a: true, b: true, c: false })
    expect(found[2]?.red[0]).toMatch(/^3\.1 failed/)
  })

  it('that cannot be applied are red, with the error', async () => {
    const stuck = variant('stuck', { apply: () => Promise.reject(new Error('connection refused')) })
    const runs = new VariantRuns(noDoors, new Judged([]).run, () => undefined)
    await runs.judge([stuck])
    expect(runs.found).toMatchObject([{ accepted: false, red: ['stuck cannot be applied: connection refused'] }])
  })

  it('that leave something red behind end the runs', async () => {
    const { stopped } = await outcome(new Judged(['a'], ['a']), [variant('a'), variant('b')])
    expect(stopped).toMatch(/The platform is not healthy after a, b: 3\.1 failed/)
  })
})

describe('the variants of the sandbox', () => {
  it('are at least 40, each with its own id in kebab case, a title, and the objects that it changes', () => {
    expect(variants.length).toBeGreaterThanOrEqual(40)
    expect(new Set(variants.map(({ id }) => id)).size).toBe(variants.length)
    for (const { id, title, changes } of variants) {
      expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      expect(title.trim()).not.toBe('')
      expect(changes).not.toEqual([])
    }
  })

  it('need few runs', () => {
    expect(independentGroups(variants).length).toBeLessThan(variants.length / 4)
  })
})
