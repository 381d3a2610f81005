import { beforeAll, describe, expect, it } from 'vitest'
import { cleanRuns } from '../../faults/clean/runs'
import { sandboxEnvironment } from '../../faults/runs/sandbox'

describe('a healthy platform with the real controllers', () => {
  let environment: Record<string, string>

  beforeAll(async () => {
    environment = await sandboxEnvironment()
  })

  it('is accepted, stories and pages included', async () => {
    const { runs } = await cleanRuns(environment, 1, () => undefined)
    expect(runs.map(({ verdict, reasons }) => ({ verdict, reasons }))).toEqual([{ verdict: 'accepted', reasons: [] }])
  })
})
