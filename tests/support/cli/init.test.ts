/** `dora-acceptance init` against an API server: what it writes, what it asks for, and what it leaves alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { outcomeOf } from '../../../support/cli/commands'
import { writeKubeconfig } from '../../fixtures/cluster-access'

const lake = { 'app.kubernetes.io/component': 'lake' }
const lists: Readonly<Record<string, object[]>> = {
  pods: [{ metadata: { name: 'a', namespace: 'dora', labels: lake }, spec: { containers: [{ image: 'devlake:1' }] } }],
  services: [
    { metadata: { name: 'devlake-lake', namespace: 'dora' }, spec: { selector: lake, ports: [{ port: 8080 }] } },
  ],
  applications: [{ metadata: { name: 'devlake', namespace: 'argocd' }, spec: { destination: { namespace: 'dora' } } }],
}

let directory: string
let server: Server
let asked: string[]
let refused: ReadonlySet<string>
let printed: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'init-'))
  asked = []
  refused = new Set()
  printed = ''
  server = createServer(({ method, url = '' }, response) => {
    asked.push(`${method} ${url.replace(/\?.*/, '')}`)
    const resource = /([a-z]+)(\?.*)?$/.exec(url)?.[1] ?? ''
    const isRefused = refused.has(resource) && !url.includes('/namespaces/')
    response.statusCode = isRefused ? 403 : url === '/api/v1/namespaces/doar' ? 404 : 200
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify(
        isRefused
          ? { kind: 'Status', reason: 'Forbidden', message: `${resource} is forbidden` }
          : {
              gitVersion: 'v1.35.4',
              items: lists[resource] ?? [],
              metadata: url.includes('/secrets/') ? { name: 'devlake-db' } : {},
            },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  vi.stubEnv('KUBECONFIG', writeKubeconfig(directory, `http://127.0.0.1:${port}`, { context: 'here' }))
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('init', () => {
  it('writes the keys that differ, and the schema that the first line names', async () => {
    const file = join(directory, 'acceptance.yaml')
    expect(await outcomeOf(['init', '--output', file])).toEqual({ exitCode: 0 })
    const text = readFileSync(file, 'utf8')
    expect(text.split('\n', 1)[0]).toBe('# yaml-language-server: $schema=acceptance.schema.json')
    expect(parse(text)).toMatchObject({ namespace: 'dora', application: { namespace: 'argocd' } })
    expect(text).toContain('# The Application argocd/devlake deploys to dora.\n')
    expect(JSON.parse(readFileSync(join(directory, 'acceptance.schema.json'), 'utf8'))).toHaveProperty('properties')
  })

  it('only reads, and of the Secrets only those with which it asks the service', async () => {
    await outcomeOf(['init', '--output', '-'])
    expect(asked.filter((request) => !request.startsWith('GET '))).toEqual([])
    const secrets = asked.filter((request) => /\/secrets\b/.test(request))
    expect([...new Set(secrets)].sort()).toEqual(
      ['devlake-api-token', 'devlake-db', 'devlake-grafana-secrets'].map(
        (name) => `GET /api/v1/namespaces/dora/secrets/${name}`,
      ),
    )
    expect(printed).toContain('namespace: dora')
    expect(printed).toContain('# events: The tables of the database could not be read: Secret dora/devlake-db')
    expect(printed).toContain(
      '#   - events: { deploymentCommits: { table: TABLE, deployment: COLUMN, commit: COLUMN } }',
    )
  })

  it('reads no Secret with --no-database, and leaves the tables of events open', async () => {
    await outcomeOf(['init', '--output', '-', '--no-database'])
    expect(asked.filter((request) => /\/secrets\b/.test(request))).toEqual([])
    expect(printed).toContain('# events: The database was not read.')
  })

  it('replaces a file only with --force', async () => {
    const file = join(directory, 'acceptance.yaml')
    writeFileSync(file, 'namespace: mine\n')
    expect(await outcomeOf(['init', '--output', file])).toEqual({ exitCode: 3 })
    expect(printed).toContain(`${file} exists. Add --force to replace it`)
    expect(readFileSync(file, 'utf8')).toBe('namespace: mine\n')
    expect(asked).toEqual([])
    expect(await outcomeOf(['init', '--output', file, '--force'])).toEqual({ exitCode: 0 })
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ namespace: 'dora' })
  })

  it('lists a namespace where the caller may not list the cluster, and says so', async () => {
    refused = new Set(['pods', 'services'])
    await outcomeOf(['init', '--output', '-', '--namespace', 'dora'])
    expect(asked).toContain('GET /api/v1/namespaces/dora/services')
    expect(printed).toContain('namespace: dora')
    expect(printed).toContain('Not all services are known')
  })

  it('names a file that cannot be written', async () => {
    expect(await outcomeOf(['init', '--output', join(directory, 'none', 'acceptance.yaml')])).toEqual({ exitCode: 3 })
    expect(printed).toBe(
      `The folder ${join(directory, 'none')} does not exist. Type: mkdir -p ${join(directory, 'none')}\n`,
    )
    expect(asked).toEqual([])
  })

  it('names a file in the place of the folder, before anything is asked', async () => {
    writeFileSync(join(directory, 'file'), '')
    expect(await outcomeOf(['init', '--output', join(directory, 'file', 'acceptance.yaml')])).toEqual({ exitCode: 3 })
    expect(printed).toContain(`${join(directory, 'file')} is a file. Name a file in a folder with --output`)
    expect(asked).toEqual([])
  })

  it('names a namespace that does not exist', async () => {
    expect(await outcomeOf(['init', '--output', '-', '--namespace', 'doar'])).toEqual({ exitCode: 3 })
    expect(printed).toContain('The namespace doar does not exist in this cluster.')
    expect(printed).toContain('kubectl --context here get namespaces')
  })

  it('names a directory in the place of the file', async () => {
    expect(await outcomeOf(['init', '--force', '--output', directory])).toEqual({ exitCode: 3 })
    expect(printed).toBe(`${directory} is a directory. Name a file in it with --output.\n`)
  })

  it('writes a context that was named, and says how a run finds the file', async () => {
    const file = join(directory, 'acceptance.yaml')
    await outcomeOf(['init', '--output', file])
    expect(parse(readFileSync(file, 'utf8'))).not.toHaveProperty('context')
    await outcomeOf(['init', '--output', file, '--force', '--context', 'here'])
    expect(readFileSync(file, 'utf8')).toContain('# The context that was named.\ncontext: here\n')
    expect(printed).toContain(`Judge the cluster with: ACCEPTANCE_CONFIG=${file} npx dora-acceptance run\n`)
    vi.stubEnv('ACCEPTANCE_CONFIG', file)
    printed = ''
    await outcomeOf(['init', '--output', file, '--force'])
    expect(printed).toContain('Judge the cluster with: npx dora-acceptance run\n')
  })
})
