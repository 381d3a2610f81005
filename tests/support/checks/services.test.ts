/** Pings of the lake by ways of their own. */
import { expect, it } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { expectPongByPortForward } from '../../../support/checks/services'
import { configurationSchema } from '../../../support/configuration/schema'
import { devlake } from '../../../support/flavours/devlake/devlake'
import type { Platform } from '../../../support/platform/platform'

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
