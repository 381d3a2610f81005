import { beforeAll, describe, expect, it } from 'vitest'
import { Doors } from '../../faults/doors/doors'
import type { VariantResult } from '../../faults/matrix/record'
import { runScopeIn } from '../../faults/matrix/scopes'
import { VariantRuns } from '../../faults/matrix/variants'
import { realVariants } from '../../faults/real/variants'
import { sandboxEnvironment } from '../../faults/runs/sandbox'

describe('a healthy variant with the real controllers', () => {
  const results = new Map<string, VariantResult>()
  let stopped: unknown

  beforeAll(async () => {
    const environment = await sandboxEnvironment()
    const runs = new VariantRuns(new Doors(environment), runScopeIn(environment), (result) => {
      results.set(result.id, result)
      console.log(`${result.accepted ? '✓' : '✗'} ${result.id} ${result.red.join('; ')}`)
    })
    // The results until then still count.
    await runs.judge(realVariants).catch((error: unknown) => {
      stopped = error
    })
  })

  it.each(realVariants)('$id turns nothing red: $title', ({ id }) => {
    expect(results.get(id)).toMatchObject({ red: [], accepted: true })
  })

  it('leaves a healthy platform behind', () => expect(stopped).toBeUndefined())
})
