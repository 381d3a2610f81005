/** A token that the service shows is masked from then on, whichever request revealed it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { Http } from '../../../support/platform/http'
import { Rest } from '../../../support/platform/rest'
import type { Routes } from '../../../support/platform/routes'

const seen: string[] = []
const http = new Http({
  deadlineMs: 5000,
  writes: true,
  witness: (_, answer) => void seen.push(redaction.redactForeign(String(answer))),
})
const server = createServer((request, response) => {
  request.resume()
  const token = `token-${request.method}-of-a-connection`
  response.end(JSON.stringify({ projects: [{ settings: { apiToken: token } }], note: `it is ${token}` }))
})
let rest: Rest

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const routes = { to: async () => ({ base }), directTo: async () => ({ base }) } as unknown as Routes
  rest = new Rest(http, routes, (body) =>
    connectionsUnder('/api')
      .secretsIn(body)
      .map(({ value }) => value),
  )
})
afterAll(async () => {
  await http.close()
  await new Promise((resolve) => server.close(resolve))
})

it.each([
  ['GET', () => rest.get('/projects')],
  ['POST', () => rest.query('/test', '{}', {})],
  ['PATCH', () => rest.change('PATCH', '/projects/1', '{}')],
  ['DELETE', () => rest.remove('/projects/1', 'x')],
])('in an answer to %s', async (method, send) => {
  const { body } = await send()
  expect(body).toContain(`token-${method}-of-a-connection`)
  expect(seen.at(-1)).toContain('[redacted]')
  expect(seen.at(-1)).not.toContain(`token-${method}`)
  expect(redaction.redactForeign(`token-${method}-of-a-connection`)).toBe('[redacted]')
})
