/** GraphQL must give no data to callers without a valid token. */
import { describe, expect, it } from 'vitest'
import { expectGraphQLRefused } from '../../../support/checks/graphql'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import type { HttpAnswer } from '../../../support/platform/http'
import type { Platform } from '../../../support/platform/platform'

/** A service that answers callers without a token with 401, and those with a wrong token in another way. */
function service(
  toWrong: { readonly data: object | null; readonly errors: readonly string[] },
  toGet: Partial<HttpAnswer> = {},
): Platform {
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
    rest: { get: async (path: string) => ({ ...answerOf(404), url: `http://lake${path}`, ...toGet }) },
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

describe('a query in the URL, which some services answer too', () => {
  const refusal = { data: null, errors: ['invalid token'] }
  const answered = (status: number, body: unknown) =>
    expectGraphQLRefused(service(refusal, { status, body: typeof body === 'string' ? body : JSON.stringify(body) }))

  it('must not return data without a token', async () => {
    const error = await answered(200, { data: { projects: [{ name: 'checkout' }], doraMetrics: null } }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      finding: {
        summary: 'GraphQL: data is returned without a token to a GET: projects.',
        object: expect.stringMatching(/^http:\/\/lake\/api\/graphql\?query=query/),
        remedy: [expect.stringMatching(/^curl -s 'http:\/\/lake\/api\/graphql\?query=/)],
      },
    })
  })

  it('may be refused, unknown, or answered with a page or without data', async () => {
    await answered(401, { data: null, errors: [{ message: 'no token' }] })
    await answered(404, 'not found')
    await answered(200, '<!doctype html><title>GraphiQL</title>')
    await answered(200, { data: { projects: null }, errors: [{ message: 'no token' }] })
  })
})
