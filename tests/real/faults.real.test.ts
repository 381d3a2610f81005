import { beforeAll, describe, expect, it } from 'vitest'
import { Doors } from '../../faults/doors/doors'
import { FaultMatrix } from '../../faults/matrix/matrix'
import type { FaultResult } from '../../faults/matrix/record'
import { runScopeIn } from '../../faults/matrix/scopes'
import { realFaults } from '../../faults/real/faults'
import { sandboxEnvironment } from '../../faults/runs/sandbox'

const sorted = (ids: readonly string[] = []) => [...ids].sort()

describe('a fault with the real controllers', () => {
  const results = new Map<string, FaultResult>()
  let stopped: unknown

  beforeAll(async () => {
    const environment = await sandboxEnvironment()
    const matrix = new FaultMatrix(new Doors(environment), runScopeIn(environment), (result) => {
      results.set(result.id, result)
      console.log(`${result.killed ? '✓' : '✗'} ${result.id}`)
    })
    // The results until then still count.
    await matrix.run(realFaults).catch((error: unknown) => {
      stopped = error
    })
  })

  it.each(realFaults)('$id turns exactly its items red, and is named: $title', ({ id, expects }) => {
    const { found, killed, collateral, failedCommands, namedCause } = results.get(id) ?? {}
    expect({ failed: sorted(found?.failed), blocked: sorted(found?.blocked), collateral, failedCommands }).toEqual({
      failed: sorted(expects.failed),
      blocked: sorted(expects.blocked),
      collateral: [],
      failedCommands: [],
    })
    expect(killed, namedCause).toBe(true)
  })

  it('leaves a healthy platform behind', () => expect(stopped).toBeUndefined())
})
