/** Cookies of logins are hidden from the answer on that sets them; others are shown. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { Http } from '../../../support/platform/http'

it('a session that an answer sets is masked, and a setting is not', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('set-cookie', [
      'grafana_session=0f1e2d3c4b5a6978aabb; Path=/; HttpOnly',
      'theme=dark-and-very-blue-one',
    ])
    response.end('your session is 0f1e2d3c4b5a6978aabb in dark-and-very-blue-one')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const shown: string[] = []
  const http = new Http({
    deadlineMs: 5000,
    witness: (_, answer) => void shown.push(redaction.redactForeign(String(answer))),
  })
  await http.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await http.close()
  server.close()
  expect(shown).toEqual(['200\nyour session is [redacted] in dark-and-very-blue-one'])
})
