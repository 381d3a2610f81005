/** Evidence on the sign-off page: each response once, and no more than fits into a mail. */
import { describe, expect, it } from 'vitest'
import type { Evidence, ScenarioRun, StepStatus } from '../../../../support/record/scenario-run'
import { readSignOff } from '../../../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../../../fixtures/verdict'

const answer = (name: string, body: string, mediaType = 'text/plain'): Evidence => ({
  name,
  mediaType,
  body,
  encoding: mediaType.startsWith('image/') ? 'base64' : 'text',
})

const asking = (evidence: readonly Evidence[], name: string, status: StepStatus & ScenarioRun['status'] = 'passed') =>
  scenarioRun({ name, status, steps: [step({ status, evidence })] })

function pageOf(runs: readonly ScenarioRun[]): string {
  const items = [item({ scenarios: runs.map((run) => recordOf(run)) })]
  return readSignOff(verdict({ items }), runs).page
}

const times = (what: string, page: string) => page.split(what).length - 1

describe('evidence on the sign-off page', () => {
  const pods = answer('list pods', 'lake-0 is ready')

  it('is shown once, and linked where the same request got the same response', () => {
    const page = pageOf([asking([pods], 'one'), asking([pods, pods, answer('list pods', 'lake-0 is gone')], 'two')])
    expect(times('lake-0 is ready', page)).toBe(1)
    expect(times('lake-0 is gone', page)).toBe(1)
    const [, target] = /<a href="#([^"]*)">list pods<\/a> \(2 times\)/.exec(page) ?? []
    expect(times(`id="${target}"`, page)).toBe(1)
    expect(page.indexOf(`id="${target}"`)).toBeLessThan(page.indexOf('lake-0 is ready'))
  })

  it('is shown again for a failed step, because only that is printed', () => {
    const page = pageOf([asking([pods], 'one'), asking([pods], 'two', 'failed')])
    expect(times('lake-0 is ready', page)).toBe(2)
    expect(page).not.toContain('Repeated requests')
  })

  it('fits into a mail, however much there is, with failed steps first and omissions named', () => {
    const bodies = Array.from({ length: 900 }, (_, index) => answer('a log', `${index} "${'x"'.repeat(20_000)}`))
    const image = 'A'.repeat(400_000)
    const pictures = Array.from({ length: 20 }, (_, index) =>
      answer(`picture ${index}`, `${image}${index + 10}`, 'image/png'),
    )
    const page = pageOf([asking([...bodies, ...pictures], 'one'), asking([pods, ...bodies], 'two', 'failed')])
    // Most mail servers accept ten megabytes; base64 makes an attachment a third larger.
    expect(Buffer.byteLength(page)).toBeLessThan(7_500_000)
    expect(page).toContain('lake-0 is ready')
    expect(page).toContain(
      'Omitted to keep this page small enough to mail. All 40,004 characters are in messages.ndjson.',
    )
    expect(times('The image is in messages.ndjson', page)).toBe(14)
  })
})
