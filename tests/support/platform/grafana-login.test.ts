import { describe, expect, it } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { Grafana } from '../../../support/platform/grafana'
import type { Http } from '../../../support/platform/http'
import type { Routes } from '../../../support/platform/routes'

const routes = { to: async () => ({ base: 'http://grafana.test' }) } as unknown as Routes

describe('the login with which Grafana is read', () => {
  it('sends the token of a service account', async () => {
    const sent: unknown[] = []
    const http = {
      get: async (url: string, { headers }: { headers: object }) => {
        sent.push(headers)
        return { status: 200, url, headers: {}, body: '[]' }
      },
    } as unknown as Http
    await new Grafana(http, routes).search({ token: 'glsa_1' })
    await new Grafana(http, routes).search({ user: 'admin', password: 'secret' })
    expect(sent).toEqual([{ authorization: 'Bearer glsa_1' }, { authorization: 'Basic YWRtaW46c2VjcmV0' }])
  })

  it('is named as the cause where it may not read', async () => {
    const http = {
      get: async (url: string) => ({ status: 403, url, headers: {}, body: '{"message":"Access denied"}' }),
    } as unknown as Http
    const error = await new Grafana(http, routes).datasources({ token: 'glsa_1' }).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(Unmet)
    expect((error as Unmet).finding).toMatchObject({
      summary: 'The login with which the suite reads Grafana may not read /api/datasources.',
      expected: 'the role Admin',
    })
  })
})
