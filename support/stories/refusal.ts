/** An unexpected answer of the service as a finding. */
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { HttpAnswer } from '../platform/http'

export const unexpectedAnswer = ({ url, status, body, reliesOn }: HttpAnswer, summary: string) =>
  new Unmet({
    summary: `${summary}: status ${status}.`,
    object: url,
    expected: 'status 200',
    found: `status ${status}: ${excerpt(body, 300)}`,
    remedy: [command`curl -i -X POST '${url}'`],
    ...(reliesOn ? { reliesOn } : {}),
  })
