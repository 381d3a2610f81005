/** A Service that is open outside the cluster is judged in place of the Ingress. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { expectIngressClassOf, expectRouting } from '../../../support/checks/ingresses'
import { expectAnswerFromOutside } from '../../../support/checks/outside-answers'
import { Http } from '../../../support/platform/http'
import { declaredAbsent } from '../../../support/run/absent-parts'
import { type ClusterObject, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const labels = { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'lake' }
const pod: ClusterObject = { resource: 'pods', metadata: { name: 'devlake-lake-0', labels }, spec: { containers: [] } }
const service = (spec: object, addresses: readonly object[] = [{ ip: '127.0.0.1' }]): ClusterObject => ({
  resource: 'services',
  metadata: { name: 'public' },
  spec: { type: 'LoadBalancer', selector: labels, ports: [{ name: 'http', port: 80 }], ...spec },
  status: { loadBalancer: { ingress: addresses } },
})
const configuration = {
  absent: { ingress: 'a load balancer leads to the service' },
  ingresses: { service: { kind: 'Service', name: 'public', host: '127.0.0.1' } },
}

async function judged(...objects: readonly ClusterObject[]): Promise<void> {
  const platform = platformOf({ objects: [pod, ...objects], configuration })
  await expectIngressClassOf(platform, 'service')
  await expectRouting(platform, 'service')
}

describe('a Service that is open outside', () => {
  it('holds with an address and the pods of a component', () => judged(service({})))

  it('is refused if it selects other pods too', async () => {
    const shared = { 'app.kubernetes.io/name': 'devlake' }
    const grafana = {
      resource: 'pods',
      metadata: { name: 'devlake-grafana-0', labels: { ...shared, 'app.kubernetes.io/component': 'grafana' } },
      spec: { containers: [] },
      status: { phase: 'Running' },
    }
    expect(await findingOf(judged(service({ selector: shared }), grafana))).toMatchObject({
      summary: 'Service fawkes/public sends connections to pods that do not belong to ui or lake.',
      found: 'devlake-grafana-0',
    })
  })

  it('holds with a node port, which has no address of its own', () => judged(service({ type: 'NodePort' }, [])))

  it.each<[string, readonly ClusterObject[], string]>([
    ['that does not exist', [], 'Service fawkes/public does not exist.'],
    [
      'that only the cluster reaches',
      [service({ type: 'ClusterIP' })],
      'Service fawkes/public cannot be reached from outside the cluster: its type is ClusterIP.',
    ],
    [
      'that no load balancer serves',
      [service({}, [])],
      'Service fawkes/public has no address: no load balancer serves it.',
    ],
    [
      'that selects other pods',
      [service({ selector: { app: 'shop' } })],
      'Service fawkes/public selects no pod of ui or lake.',
    ],
    ['that selects nothing', [service({ selector: {} })], 'Service fawkes/public selects no pod of ui or lake.'],
  ])('is refused if it is one %s', async (_, objects, summary) => {
    expect((await findingOf(judged(...objects))).summary).toBe(summary)
  })

  it('is judged in the place of the Ingress, and does not make its controller required', () => {
    const { configuration: given } = platformOf({ objects: [], configuration })
    expect([...declaredAbsent(given).keys()]).toEqual(['ingress'])
  })
})

describe('the answer of a Service from outside', () => {
  async function answering(status: number): Promise<void> {
    const server = createServer((_, response) => response.writeHead(status).end('pong'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const http = new Http({ deadlineMs: 5000, parallelRequests: 2, witness: () => {} })
    closing.push(() => http.close())
    const routes = { ingressAddress: () => undefined, note: () => {} }
    const platform = platformOf(
      { objects: [service({ ports: [{ name: 'http', port }] })], configuration },
      { http, routes },
    )
    return expectAnswerFromOutside(platform, 'service')
  }

  it('comes from the port of the Service, not from that of an ingress', () => answering(200))

  it('is refused if the probe fails', async () => {
    const { summary, remedy } = await findingOf(answering(404))
    expect(summary).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/ping answers 404 from outside\.$/)
    expect(remedy.map(String)).not.toContain('kubectl get ingressclass')
  })
})
