/** A client for the GraphQL API of the service, over the route to the lake. */
import { z } from 'zod'
import { applicable } from '../basis/expectation'
import type { Contract } from '../contracts/contract'
import type { HttpAnswer } from './http'
import { jsonOf, type Rest } from './rest'

export interface GraphQLAnswer {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>> | null
  /** The messages of the errors; empty if there are none. */
  readonly errors: readonly string[]
  /** The paths of the fields that failed, such as "doraMetrics.project"; absent if no error names one. */
  readonly failed?: readonly string[] | undefined
  readonly answer: HttpAnswer
}

const response = z.looseObject({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        path: z
          .array(z.union([z.string(), z.number()]))
          .nullish()
          .catch(null),
      }),
    )
    .default([]),
})

export class GraphQL {
  constructor(
    private readonly rest: Rest,
    private readonly contract: Contract['graphql'],
  ) {}

  /**
   * Sends a query, which may be invalid.
   * @throws NotApplicable if the contract has no GraphQL; Unmet if the response is incomplete or not a GraphQL response
   */
  async query(
    document: string,
    token?: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<GraphQLAnswer> {
    const { path } = applicable(this.contract)
    let answer: HttpAnswer | undefined
    const { GraphQLClient } = await import('graphql-request')
    const client = new GraphQLClient(`http://lake${path}`, {
      errorPolicy: 'all',
      fetch: async (_url, { body, headers } = {}) => {
        const sent = Object.fromEntries(new Headers(headers).entries())
        answer = await this.rest.query(path, String(body), sent, token)
        jsonOf(answer)
        return new Response(answer.body, { status: answer.status, headers: { 'content-type': 'application/json' } })
      },
    })
    // graphql-request throws on responses that the caller checks (a refusal with its status), so the raw response is read here.
    await client.rawRequest(document, variables).catch((error: unknown) => {
      if (answer === undefined || !(error instanceof Error) || !('response' in error)) throw error
    })
    if (answer === undefined) throw new Error('the GraphQL client sent nothing')
    const { data = null, errors } = response.parse(jsonOf(answer))
    const failed = errors.flatMap(({ path }) => path?.join('.') || [])
    return { status: answer.status, data, errors: errors.map(({ message }) => message), failed, answer }
  }
}
