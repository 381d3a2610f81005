/** `dora-acceptance list` against an API server: what does not apply on a cluster, and which rights are missing there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { outcomeOf } from '../../../support/cli/commands'
import { writeKubeconfig } from '../../fixtures/cluster-access'

let directory: string
let server: Server
let printed = ''
let isDown = false
const asked: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'list-'))
  server = createServer(async (request, response) => {
    if (isDown) request.socket.destroy()
    const { method, url = '' } = request
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${method} ${url.replace(/\?.*/, '')}`)
    const review = url.includes('selfsubjectaccessreviews')
    const resource = review ? JSON.parse(body).spec.resourceAttributes?.resource : undefined
    const isList = /\/(workloads|deployments|statefulsets|daemonsets|certificates|services)(\?|$)/.test(url)
    const isKnown = review || isList || url === '/version' || /\/namespaces\/fawkes$/.test(url)
    response.statusCode = isKnown ? (review ? 201 : 200) : 404
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        gitVersion: 'v1.35.4',
        metadata: { name: 'fawkes' },
        items: [],
        status: { allowed: resource !== 'nodes', phase: 'Active' },
        ...(isKnown ? {} : { kind: 'Status', reason: 'NotFound', message: 'not found' }),
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const configuration = join(directory, 'acceptance.yaml')
  writeFileSync(
    configuration,
    'absent: { certManager: our certificates come from elsewhere }\ngrafana: { namespace: dashboards }\n',
  )
  vi.stubEnv('KUBECONFIG', writeKubeconfig(directory, `http://127.0.0.1:${port}`, { context: 'here' }))
  vi.stubEnv('ACCEPTANCE_CONFIG', configuration)
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
})
afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('list', () => {
  it('asks nothing without --cluster', async () => {
    printed = ''
    expect(await outcomeOf(['list', '0', '13'])).toEqual({ exitCode: 0 })
    expect(asked).toEqual([])
    expect(printed).toContain('does not apply: cert-manager is declared absent: our certificates come from elsewhere')
    expect(printed).toContain('Optional parts are judged by what the cluster has.')
  })

  it('refuses a selection that no scenario fits', async () => {
    printed = ''
    expect(await outcomeOf(['list', '-t', '@nosuch'])).toEqual({ exitCode: 3 })
    expect(printed).toContain('No scenario fits this selection.')
  })

  it('shows the rights in the namespace of Grafana', async () => {
    printed = ''
    expect(await outcomeOf(['list', '4'])).toEqual({ exitCode: 0 })
    expect(printed).toContain('get services in dashboards')
  })

  it('says with --cluster what does not apply there and which rights are missing, and only reads', async () => {
    printed = ''
    expect(await outcomeOf(['list', '--cluster', '0', '13'])).toEqual({ exitCode: 0 })
    expect(printed).toContain('The cluster of the context here runs Kubernetes v1.35.4.')
    expect(printed).toContain('does not apply: There is no trace of Jenkins')
    expect(printed).toContain('does not apply: cert-manager is declared absent')
    printed = ''
    expect(await outcomeOf(['list', '--cluster', '--json', '0', '13'])).toEqual({ exitCode: 0 })
    expect(JSON.parse(printed).cluster.missingRights).toEqual([expect.stringContaining('nodes')])
    expect(asked.filter((one) => !one.startsWith('GET ') && !one.includes('selfsubjectaccessreviews'))).toEqual([])
  })

  it('says with --cluster what was found and what to type where the cluster does not answer', async () => {
    isDown = true
    printed = ''
    // The answers of the cluster stay known in a process.
    vi.resetModules()
    const anew = await import('../../../support/cli/commands')
    expect(await anew.outcomeOf(['list', '--cluster', '0.1'])).toEqual({ exitCode: 2 })
    expect(printed).toMatch(/The Kubernetes API server cannot be reached\. No scenario would run\.\n {2}found: \S/)
    expect(printed).toContain('\n  kubectl --context here get --raw /version\n')
    expect(printed).toContain('1 item, 1 scenario.')
  })
})
