/** The services of the components, and pings of the lake by ways of their own. */
import { expect, it } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { expectPongByPortForward, expectService } from '../../../support/checks/services'
import { configurationSchema } from '../../../support/configuration/schema'
import { devlake } from '../../../support/flavours/devlake/devlake'
import type { Platform } from '../../../support/platform/platform'
import { findingOf, platformOf } from '../../fixtures/platform-of-objects'

const refused = new Unmet({ summary: '', object: '', expected: '', found: 'the connection was closed', remedy: [] })

/** A lake that a port-forward leads to. */
const lakeWith = (get: () => Promise<{ readonly body: string }>) =>
  ({
    configuration: configurationSchema(devlake.names).parse({}),
    contract: devlake,
    kubernetes: { namespace: 'devlake' },
    routes: { forward: async () => ({ port: 1, lastError: 'connect: connection refused' }) },
    http: { get },
  }) as unknown as Platform

it('A service has its port for TCP, also beside the same one for another protocol', async () => {
  const serviceWith = (...protocols: readonly (string | undefined)[]) =>
    platformOf({
      objects: [
        {
          resource: 'services',
          metadata: { name: 'devlake-mysql' },
          spec: { ports: protocols.map((protocol) => ({ port: 3306, protocol })) },
        },
      ],
    })
  await expectService(serviceWith(undefined), 'mysql')
  await expectService(serviceWith('UDP', 'TCP'), 'mysql')
  expect(await findingOf(expectService(serviceWith('UDP'), 'mysql'))).toMatchObject({
    summary: 'Service fawkes/devlake-mysql has no port 3306 for TCP.',
    found: '3306 (UDP)',
  })
})

it('A ping without an answer may follow from the pod behind the service', async () => {
  const ping = expectPongByPortForward(lakeWith(() => Promise.reject(refused)))
  await expect(ping).rejects.toMatchObject({
    finding: { reliesOn: ['Service devlake/devlake-lake'], found: 'connect: connection refused' },
  })
})

it('A ping with a wrong answer is a cause of its own', async () => {
  const ping = expectPongByPortForward(lakeWith(async () => ({ body: '<html>' })))
  await expect(ping).rejects.toMatchObject({ finding: { reliesOn: [], found: '<html>' } })
  await expectPongByPortForward(lakeWith(async () => ({ body: '' })))
})
