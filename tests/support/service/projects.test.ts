/** Tokens and passwords with white space around them, which is hard to see in a Secret. */
import { expect, it } from 'vitest'
import { expectAdminLetIn } from '../../../support/checks/grafana'
import { expectProjects } from '../../../support/service/projects'
import { cluster, findingOf } from '../../fixtures/cluster'

const secret = (name: string, key: string, value: string) => ({
  metadata: { name, namespace: 'fawkes' },
  data: { [key]: Buffer.from(value).toString('base64') },
})

const refused = async () => ({ url: 'http://platform.test/api/projects', status: 401, headers: {}, body: 'no' })

it.each([
  ['token', ''],
  ['token\n', ', which ends with a line break'],
  [' token', ', which has leading or trailing spaces'],
])('a refused API token %j is named with its white space', async (value, oddity) => {
  const platform = await cluster({ secrets: [secret('devlake-api-token', 'token', value)] })
  const asking = Object.create(platform, { rest: { value: { get: refused } } })
  expect((await findingOf(expectProjects(asking))).summary).toBe(
    `The service does not accept the token in Secret fawkes/devlake-api-token, key token${oddity}.`,
  )
})

it("a refused password of Grafana's admin is named with its line break", async () => {
  const platform = await cluster({ secrets: [secret('devlake-grafana-secrets', 'admin-password', 'x\r\n')] })
  const asking = Object.create(platform, { grafana: { value: { user: refused } } })
  expect((await findingOf(expectAdminLetIn(asking))).summary).toBe(
    'Grafana does not accept the password that the Secret holds for admin, which ends with a line break.',
  )
})
