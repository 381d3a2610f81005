/** The stand-in of the Prometheus Operator rejects a ServiceMonitor that the real one rejects. */
import { describe, expect, it } from 'vitest'
import { rejectionOf } from '../../../sandbox/controllers/monitor-validation'

describe('the validation of a ServiceMonitor', () => {
  it('rejects a malformed expression, and says where it is', () => {
    const relabelings = [{ regex: 'devlake-.*' }, { regex: '(' }]
    expect(rejectionOf([{}, { relabelings }])).toBe(
      'endpoints[1]: relabelConfigs: [1]: invalid regex ( for relabel configuration',
    )
  })

  it('accepts well-formed expressions', () => {
    const metricRelabelings = [{ regex: 'dora_.*_bucket' }, {}]
    expect(rejectionOf([{ metricRelabelings }])).toBeUndefined()
  })
})
