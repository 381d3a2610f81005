/** The answers of hosts from outside the cluster, and the commands that are printed for wrong ones. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { addressCommands } from '../../../support/basis/command'
import { expectAnswerFromOutside, expectNoOpenRoute } from '../../../support/checks/outside-answers'
import { devlake } from '../../../support/flavours/devlake/devlake'
import { Http } from '../../../support/platform/http'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** An HTTPRoute of the service, and its Gateway with the given listeners. */
function gatewayWith(listeners: readonly object[]): ClusterObject[] {
  const holding = (...types: readonly string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) })
  const parentRef = { name: 'public' }
  return [
    {
      resource: 'httproutes',
      metadata: { name: configuration.ingresses.service.name, namespace: 'fawkes' },
      spec: { parentRefs: [parentRef] },
      status: { parents: [{ parentRef, ...holding('Accepted', 'ResolvedRefs') }] },
    },
    {
      resource: 'gateways',
      metadata: { name: 'public', namespace: 'fawkes' },
      spec: { gatewayClassName: 'shared', listeners },
      status: holding('Accepted', 'Programmed'),
    },
    { resource: 'gatewayclasses', metadata: { name: 'shared' }, status: holding('Accepted') },
  ]
}

/** A platform whose host answers with a status. */
async function answering(status: number) {
  const server = createServer((_, response) => response.writeHead(status).end('not here'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const http = new Http({ deadlineMs: 5000, parallelRequests: 2, witness: () => {} })
  closing.push(() => http.close())
  const { port } = server.address() as AddressInfo
  const at = { host: '127.0.0.1', port }
  const routes = {
    ingressAddress: () => at,
    ingressUrl: (scheme: string, host: string, path: string) => `${scheme}://${host}${path}`,
  }
  const ingress = { resource: 'ingresses', metadata: { name: configuration.ingresses.service.name }, spec: {} }
  return platformOf({ objects: [ingress] }, { http, routes })
}

it('name the context of the run in each command for the cluster', async () => {
  const platform = await answering(404)
  addressCommands('production')
  closing.push(() => addressCommands(null))
  const { summary, remedy } = await findingOf(expectAnswerFromOutside(platform, 'service'))
  expect(summary).toMatch(/ answers 404 from outside\.$/)
  const lines = remedy.filter((line) => line.startsWith('kubectl'))
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).toMatch(/^kubectl --context production /)
})

it.each([
  [503, ['Service fawkes/devlake-lake']],
  [504, ['Service fawkes/devlake-lake', 'connections of ingress controller to Service fawkes/devlake-lake']],
  [404, []],
])('%i may follow from what is behind the controller', async (status, reliesOn) => {
  const found = await findingOf(expectAnswerFromOutside(await answering(status), 'service'))
  expect(found.reliesOn).toEqual(reliesOn)
})

it.each<[readonly string[], string]>([
  [['HTTPS'], 'https:'],
  [['HTTP'], 'http:'],
])('asks a Gateway with listeners for %j by %s', async (protocols, scheme) => {
  const asked: string[] = []
  const query = async (url: string) => {
    asked.push(new URL(url).protocol)
    return { url, status: 401, headers: {}, body: '{"message":"token is missing"}' }
  }
  const at = { host: '127.0.0.1', port: 1 }
  const ingressUrl = (scheme: string, host: string) => `${scheme}://${host}`
  const objects = gatewayWith(protocols.map((protocol) => ({ name: protocol, port: 1, protocol })))
  const kind = { ingresses: { service: { kind: 'HTTPRoute' } } }
  const routes = { ingressAddress: () => at, ingressUrl }
  await expectNoOpenRoute(platformOf({ objects, configuration: kind }, { contract: devlake, http: { query }, routes }))
  expect(asked).toEqual([scheme])
})
