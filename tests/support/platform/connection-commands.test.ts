/** Each cause that keeps a run from the cluster has a command that runs, for the context of the run. */
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addressCommands } from '../../../support/basis/command'
import { Blocked } from '../../../support/basis/expectation'
import type { Finding } from '../../../support/basis/finding'
import { askFromInside } from '../../../support/platform/exec'
import { ClusterAccess } from '../../../support/platform/kubeconfig/access'
import { chooseCluster } from '../../../support/platform/kubeconfig/choice'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { operations } from '../../../support/platform/operations'
import { newAuthority } from '../../fixtures/certificates'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
const closing: (() => void)[] = []
beforeEach(() => {
  directory = temporaryDirectory()
  addressCommands('here')
})
afterEach(() => {
  addressCommands(null)
  for (const close of closing.splice(0)) close()
})

/** A server with TLS, and the cluster of a kubeconfig that trusts it. */
async function serving(status: number, body: object = {}) {
  const authority = await newAuthority()
  const answer: RequestListener = (_, response) => response.writeHead(status).end(JSON.stringify(body))
  const server = createServer(await authority.issue('127.0.0.1'), answer)
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const trusted = { 'certificate-authority-data': Buffer.from(authority.certificate).toString('base64') }
  return { trusted, server: `https://127.0.0.1:${port}` }
}

const exec = (command: string) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' },
})
const refusal = (code: number) => ({ kind: 'Status', message: `because of ${code}`, code })
type Way = { readonly cluster: object; readonly user?: object }
type Ask = (api: KubernetesApi) => Promise<unknown>
const version: Ask = (api) => api.version()

const causes: Readonly<Record<string, readonly [() => Promise<Way>, Ask, string]>> = {
  'no server': [async () => ({ cluster: { server: 'https://127.0.0.1:1' } }), version, 'cannot be reached'],
  'a proxy that does not answer': [
    async () => ({ cluster: { server: 'https://api.example.test', 'proxy-url': 'http://127.0.0.1:1' } }),
    version,
    'cannot be reached',
  ],
  'an unknown certificate': [
    async () => ({ cluster: { server: (await serving(200)).server } }),
    version,
    'certificate of the Kubernetes API server is not trusted',
  ],
  'refused credentials': [
    async () => {
      const { server, trusted } = await serving(401, refusal(401))
      return { cluster: { server, ...trusted } }
    },
    version,
    'does not accept the credentials',
  ],
  'a missing plugin': [
    async () => ({ cluster: { server: 'https://127.0.0.1:1' }, user: exec('no-such-plugin') }),
    version,
    'is not installed',
  ],
  'a plugin that fails': [
    async () => {
      writeFileSync(join(directory, 'plugin'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      return { cluster: { server: 'https://127.0.0.1:1' }, user: exec('./plugin') }
    },
    version,
    'returns no credentials',
  ],
  'no WebSockets': [
    async () => {
      const server = createHttpServer((_, response) => response.writeHead(403).end('<h1>Forbidden</h1>'))
      closing.push(
        () => server.close(),
        () => server.closeAllConnections(),
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return { cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }
    },
    (api) => askFromInside(api, { namespace: 'fawkes', pod: 'lake-0', container: 'lake' }, 'http://x', 1000),
    'lets no WebSockets through',
  ],
  'a read-only run': [
    async () => ({ cluster: { server: 'https://127.0.0.1:1' } }),
    (api) => api.change(operations.createRecord, { namespace: 'fawkes', body: {} }),
    'is read-only',
  ],
}

describe('a cause that keeps a run from the cluster', () => {
  it.each(Object.entries(causes))(
    '%s has a command that runs, for the context of the run',
    async (_, [way, ask, says]) => {
      const { cluster, user = { token: 'unknown-token-f1' } } = await way()
      const KUBECONFIG = join(directory, 'config')
      const names = { cluster: 'prod', user: 'me' }
      writeFileSync(
        KUBECONFIG,
        JSON.stringify({
          'current-context': 'other',
          clusters: [{ name: 'prod', cluster }],
          users: [{ name: 'me', user }],
          contexts: ['here', 'other'].map((name) => ({ name, context: names })),
        }),
      )
      const access = new ClusterAccess(chooseCluster('here', { KUBECONFIG }), 1000, {})
      const { remedy, summary } = await findingOf(
        ask(new KubernetesApi(access, { writes: false, requestMs: 1000, witness: () => {} })),
      )
      expect(summary).toContain(says)
      const lines = remedy.filter((line) => !line.startsWith('#'))
      const onCluster = lines.filter(
        (line) => line.startsWith('kubectl ') && !/ (set-cluster|current-context)/.test(line),
      )
      for (const line of onCluster) expect(line.match(/--context here\b/g), line).toHaveLength(1)
      const typed = lines
        .filter((line) => !line.includes('set-cluster'))
        .map((line) => execa('bash', ['-c', line], { env: { KUBECONFIG }, reject: false, timeout: 15_000 }))
      const outputs = await Promise.all(typed)
      for (const { stderr, command } of outputs)
        expect(stderr, command).not.toMatch(/unknown (command|flag|shorthand)|command not found|syntax error/)
      expect(outputs.some(({ exitCode, stdout }) => exitCode === 0 && stdout !== '')).toBe(true)
    },
  )
})

async function findingOf(answer: Promise<unknown>): Promise<Finding> {
  const error: unknown = await answer.catch((error: unknown) => error)
  if (!(error instanceof Blocked)) throw new Error(`not blocked: ${error}`)
  return error.finding
}
