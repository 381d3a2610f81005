/** GraphQL must give no data to callers without a valid token. */
import { describe, expect, it } from 'vitest'
import { expectGraphQLRefused } from '../../../support/checks/graphql'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import type { Platform } from '../../../support/platform/platform'

/** A service that answers callers without a token with 401, and those with a wrong token in another way. */
function service(toWrong: { readonly data: object | null; readonly errors: readonly string[] }): Platform {
  const answerOf = (status: number) => ({ url: 'http://lake/api/graphql', status, body: '', headers: {} })
  const refused = { status: 401, data: null, errors: ['missing token'], answer: answerOf(401) }
  return {
    contract: fawkes,
    kubernetes: { namespace: 'fawkes', secret: async () => undefined },
    configuration: configurationSchema(fawkes.names).parse({}),
    graphql: {
      query: async (_query: string, token?: string) =>
        token === undefined ? refused : { status: 200, answer: answerOf(200), ...toWrong },
    },
  } as unknown as Platform
}

describe('a query with a wrong token', () => {
  it('may be refused', async () => {
    await expectGraphQLRefused(service({ data: null, errors: ['invalid token'] }))
    await expectGraphQLRefused(service({ data: { incidents: null }, errors: ['invalid token'] }))
  })

  it('must not return data of any field', async () => {
    const open = service({ data: { projects: null, incidents: [] }, errors: ['invalid token'] })
    await expect(expectGraphQLRefused(open)).rejects.toThrow('data is returned for a wrong token: incidents')
  })
})
