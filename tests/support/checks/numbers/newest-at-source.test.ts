/** Deployments that a source has and the service has not stored. */
import { describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { missedAtSource } from '../../../../support/checks/numbers/at-source'
import { deploymentAtSource, lastChange } from '../../../../support/checks/numbers/newest-at-source'

const minute = 60_000
const now = Date.UTC(2026, 2, 8, 12)
const deadlines = { collection: 5 * minute, schedule: 60 * minute }
const known = (project: string, age: number, storedAge: number | null, source = "ArgoCD's Application checkout") =>
  deploymentAtSource(
    { project, source, at: now - age * minute, command: command`kubectl get application` },
    storedAge === null ? null : now - storedAge * minute,
  )
const finding = (...newest: ReturnType<typeof known>[]) => missedAtSource(newest, now, deadlines)

describe('the newest deployment at its source', () => {
  it('is stored, whatever its age, or is too young to be', () => {
    expect(finding(known('checkout', 300, 300), known('payments', 300, 20))).toBeUndefined()
    expect(finding(known('checkout', 64, 4000), known('payments', 3, null))).toBeUndefined()
    expect(finding()).toBeUndefined()
  })

  it('is missed if the service stores only earlier ones, or none', () => {
    expect(finding(known('checkout', 180, 4000))).toMatchObject({
      summary:
        "The service has not stored a deployment of checkout that ArgoCD's Application checkout has had for 3 h.",
      object: 'deployments of checkout',
      found: 'the newest stored one: 2026-03-05T17:20:00.000Z',
    })
    expect(finding(known('checkout', 180, null))?.found).toBe('the newest stored one: none')
  })

  it('is named for the project that waits longest, with the others below', () => {
    const found = finding(known('payments', 70, 90), known('checkout', 300, 301 + 60, 'the table cicd_deployments'))
    expect(found?.object).toBe('deployments of checkout')
    expect(found?.found).toContain(
      "a deployment of payments: 2026-03-08T10:50:00.000Z in ArgoCD's Application checkout",
    )
  })
})

describe('the last change of an Application', () => {
  const entry = (revision: string, hour: string) => ({ revision, deployedAt: `2026-03-08T${hour}:00:00Z` })

  it('is the first sync of its present revision', () => {
    const history = [entry('a', '01'), entry('b', '02'), entry('a', '03'), entry('a', '04')]
    expect(lastChange(history)).toBe(Date.parse('2026-03-08T03:00:00Z'))
    expect(lastChange([entry('a', '01')])).toBe(Date.parse('2026-03-08T01:00:00Z'))
  })

  it('is unknown without a history, or without a time', () => {
    expect(lastChange([])).toBeUndefined()
    expect(lastChange([{ revision: 'a', deployedAt: '' }])).toBeUndefined()
  })
})
