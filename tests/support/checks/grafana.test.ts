/** Section 15: an answer of Grafana that is no refusal is an acceptance only if it says so. */
import { describe, expect, it } from 'vitest'
import { expectStrangerRefused } from '../../../support/checks/grafana'
import type { HttpAnswer } from '../../../support/platform/http'
import type { Platform } from '../../../support/platform/platform'
import { findingOf } from '../../fixtures/platform-of-objects'

/** A Grafana that answers a login by password, and one by token, with these statuses. */
function answering(byPassword: number, byToken: number, tokenKey?: string): Platform {
  const answer = (path: string, status: number): HttpAnswer => ({
    url: `http://grafana.test${path}`,
    status,
    headers: {},
    body: '{}',
  })
  const grafana = {
    user: async () => answer('/api/user', byPassword),
    search: async () => answer('/api/search', byToken),
  }
  return { grafana, configuration: { grafana: { tokenKey } } } as unknown as Platform
}

describe('a login of a stranger', () => {
  it('holds if it is refused', () => expectStrangerRefused(answering(401, 401, 'token')))

  it.each<[string, number, number, string]>([
    ['by password that succeeds', 200, 401, 'Grafana accepts a login with an unknown user and a wrong password.'],
    ['by token that succeeds', 401, 200, 'Grafana accepts an unknown token.'],
    ['by password while Grafana is broken', 500, 401, 'Grafana answers /api/user with status 500.'],
    ['by token while Grafana is broken', 401, 500, 'Grafana answers /api/search with status 500.'],
  ])('%s is named as what it is', async (_what, byPassword, byToken, summary) => {
    const finding = await findingOf(expectStrangerRefused(answering(byPassword, byToken, 'token')))
    expect(finding).toMatchObject({ summary, expected: 'status 401' })
  })
})
