/** The reads that are sent before the scenarios ask for them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { readAhead } from '../../../support/platform/first-reads'
import { Kubernetes } from '../../../support/platform/kubernetes'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { Recent } from '../../../support/platform/recent'
import { accessTo } from '../../fixtures/cluster-access'
import { soonMs } from '../../fixtures/deadlines'

const closing: (() => void)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

const answers = {
  '/version': { gitVersion: 'v1.35.4' },
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: { allowed: true } },
}

/** A platform whose API server allows everything and has no objects, with what it was asked and the evidence of scenarios. */
async function platform() {
  const asked: string[] = []
  const evidence: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://api')
    asked.push(pathname)
    request.resume()
    response.statusCode = request.method === 'POST' ? 201 : 200
    response.end(JSON.stringify(answers[pathname as keyof typeof answers] ?? { items: [], metadata: {} }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const access = accessTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const api = new KubernetesApi(access, { writes: false, requestMs: soonMs, witness: (one) => void evidence.push(one) })
  const configuration = configurationSchema(fawkes.names).parse({})
  return { asked, evidence, kubernetes: new Kubernetes(api, configuration), configuration, contract: fawkes }
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: soonMs })

describe('what is read ahead', () => {
  it('is asked once, and is evidence only of the scenario that reads it', async () => {
    const { asked, evidence, ...parts } = await platform()
    readAhead(parts, new Set(['0']))
    const nodes = await parts.kubernetes.nodes()
    expect(nodes).toEqual([])
    expect(asked.filter((path) => path === '/api/v1/nodes')).toHaveLength(1)
    await until(() => expect(asked).toContain('/apis/coordination.k8s.io/v1/leases'))
    await parts.kubernetes.leases()
    expect(evidence).toEqual(['list nodes', 'list leases.coordination.k8s.io in all namespaces'])
  })

  it('is no command in a pod, unless the section of the ping is selected', async () => {
    const rights = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const { asked, evidence: _, ...parts } = await platform()
    readAhead(parts, new Set(['3']))
    await until(() => expect(asked.filter((path) => path.endsWith('/pods'))).not.toEqual([]))
    expect(asked).not.toContain(rights)
    readAhead(parts, new Set(['4']))
    await until(() => expect(asked).toContain(rights))
  })
})

it('rights are asked once within a moment', async () => {
  const { asked, kubernetes } = await platform()
  const exec = { verb: 'get', resource: 'pods', subresource: 'exec' }
  expect(await Promise.all([kubernetes.api.mayI(exec), kubernetes.api.mayI(exec)])).toEqual([true, true])
  expect(await kubernetes.api.mayI({ ...exec, verb: 'create' })).toBe(true)
  expect(asked).toHaveLength(2)
})

it('an answer is kept for a second after it came, however long it took', async () => {
  vi.useFakeTimers()
  const recent = new Recent<number>()
  let asked = 0
  const slowly = () => new Promise<number>((resolve) => setTimeout(resolve, 5000, ++asked))
  const first = recent.read('/slow', slowly)
  await vi.advanceTimersByTimeAsync(4000)
  const second = recent.read('/slow', slowly)
  await vi.advanceTimersByTimeAsync(1900)
  const third = recent.read('/slow', slowly)
  expect(await Promise.all([first, second, third])).toEqual([1, 1, 1])
  await vi.advanceTimersByTimeAsync(200)
  void recent.read('/slow', slowly)
  expect(asked).toBe(2)
})
