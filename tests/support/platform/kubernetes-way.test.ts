/** Requests to a Kubernetes API server that is busy, slow, behind a proxy, or unknown: one cause each, and no request too many. */
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import type { Finding } from '../../../support/basis/finding'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { askFromInside } from '../../../support/platform/exec'
import { ClusterAccess } from '../../../support/platform/kubeconfig/access'
import { chooseCluster } from '../../../support/platform/kubeconfig/choice'
import { Kubernetes } from '../../../support/platform/kubernetes'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { operations } from '../../../support/platform/operations'
import { PortForward } from '../../../support/platform/port-forward'
import { newAuthority } from '../../fixtures/certificates'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
const closing: (() => void)[] = []
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function listening(server: Server & { closeAllConnections(): void }): Promise<number> {
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A server whose n-th request gets the n-th answer; the last answer repeats. Counts the requests. */
async function answering(...answers: RequestListener[]) {
  const seen = { requests: 0 }
  const server = createServer((request, response) => {
    answers[Math.min(seen.requests++, answers.length - 1)]?.(request, response)
  })
  return { seen, server, url: `http://127.0.0.1:${await listening(server)}` }
}

const version: RequestListener = (_, response) => response.end('{"gitVersion":"v1.35.4"}')
const created: RequestListener = (_, response) => response.writeHead(201).end('{}')
const reset: RequestListener = (request) => request.socket.resetAndDestroy()
const never: RequestListener = () => {}
const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end(JSON.stringify({ kind: 'Status', message: `because of ${code}` }))

function api(server: string, { user = {}, cluster = {}, requestMs = 2000, writes = false } = {}): KubernetesApi {
  const KUBECONFIG = join(directory, 'config')
  writeFileSync(
    KUBECONFIG,
    JSON.stringify({
      'current-context': 'here',
      clusters: [{ name: 'prod', cluster: { server, ...cluster } }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'here', context: { cluster: 'prod', user: 'me' } }],
    }),
  )
  const access = new ClusterAccess(chooseCluster(undefined, { KUBECONFIG }), requestMs, {})
  return new KubernetesApi(access, { writes, requestMs, witness: () => {} })
}

async function findingOf(answer: Promise<unknown>): Promise<Finding> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Blocked) return error.finding
  throw new Error(`expected a Blocked, got ${error}`)
}

const record = { namespace: 'fawkes', body: { metadata: { name: 'r' } } }

describe('a read', () => {
  it.each([
    ['429', [status(429), version]],
    ['429 with Retry-After', [status(429, { 'retry-after': '1' }), version]],
    ['503 with Retry-After', [status(503, { 'retry-after': '1' }), version]],
    ['several refusals', [status(429), status(429), status(429), version]],
    ['a connection that is reset before an answer', [reset, version]],
    ['one slow answer', [never, version]],
  ])('is sent again after %s', async (_, answers) => {
    const { seen, url } = await answering(...answers)
    expect(await api(url, { requestMs: 4000 }).version()).toBe('v1.35.4')
    expect(seen.requests).toBe(answers.length)
  })

  it('keeps a slow answer that comes within the deadline', async () => {
    const { url } = await answering((request, response) => {
      setTimeout(() => version(request, response), 1200)
    })
    expect(await api(url).version()).toBe('v1.35.4')
  })

  it.each([
    ['longer than its deadline', status(429, { 'retry-after': '60' }), 1],
    ['always', status(503, { 'retry-after': '1' }), 2],
  ])('that is refused %s is blocked, with the words of the server', async (_, refusal, requests) => {
    const { seen, url } = await answering(refusal)
    const finding = await findingOf(api(url).version())
    expect(finding.summary).toBe('The Kubernetes API server refuses requests for now.')
    expect(finding.found).toMatch(/^status \d+: because of \d+ \(Retry-After: \d+\)$/)
    expect(seen.requests).toBe(requests)
  })

  it('that is refused for good is not sent again', async () => {
    const { seen, url } = await answering(status(500))
    expect((await findingOf(api(url).version())).found).toBe('status 500: because of 500')
    expect(seen.requests).toBe(1)
  })
})

describe('a write', () => {
  it('is sent again after 429, with which the server has done nothing', async () => {
    const { seen, url } = await answering(status(429), created)
    await api(url, { writes: true }).change(operations.createRecord, record)
    expect(seen.requests).toBe(2)
  })

  it.each([
    ['503 with Retry-After', status(503, { 'retry-after': '1' })],
    ['a lost connection', reset],
    ['no answer', never],
  ])('is not sent again after %s: the server may have done it', async (_, answer) => {
    const { seen, url } = await answering(answer, created)
    await findingOf(api(url, { writes: true, requestMs: 1000 }).change(operations.createRecord, record))
    expect(seen.requests).toBe(1)
  })
})

describe('a server that cannot be asked', () => {
  const secured = async (listener: RequestListener) => {
    const authority = await newAuthority()
    const server = createTlsServer(await authority.issue('127.0.0.1'), listener)
    const url = `https://127.0.0.1:${await listening(server)}`
    const cluster = { 'certificate-authority-data': Buffer.from(authority.certificate).toString('base64') }
    return { url, cluster }
  }
  const plugin = (script: string, more: object = {}) => {
    writeFileSync(join(directory, 'plugin'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'Never',
      ...more,
    }
    return { exec }
  }

  it('has an unknown certificate', async () => {
    const { url } = await secured(version)
    const finding = await findingOf(api(url, { user: { token: 'unsent-token-f0' } }).version())
    expect(finding.summary).toBe('The certificate of the Kubernetes API server is not trusted.')
    expect(finding.found).toBe('unable to verify the first certificate')
    expect(finding.remedy).toContain(
      'kubectl config set-cluster prod --embed-certs=true --certificate-authority=CA.pem',
    )
  })

  it('does not accept the credentials, in its own words', async () => {
    const { url, cluster } = await secured(status(401))
    const finding = await findingOf(api(url, { cluster, user: { token: 'outdated-token-f1' } }).version())
    expect(finding.summary).toBe('The Kubernetes API server does not accept the credentials of the context here.')
    expect(finding.found).toContain('401 because of 401')
  })

  it('names a token that has expired', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')
    const { url, cluster } = await secured(status(401))
    const finding = await findingOf(api(url, { cluster, user: { token: `e30.${claims}.c2ln` } }).version())
    expect(finding.found).toBe('401 because of 401: the token expired on 2023-11-14T22:13:20.000Z')
  })

  it('names a client certificate that has expired', async () => {
    const { url, cluster } = await secured(status(401))
    const { key, cert } = await (await newAuthority()).issue('me', -1)
    const user = {
      'client-certificate-data': Buffer.from(cert).toString('base64'),
      'client-key-data': Buffer.from(key).toString('base64'),
    }
    const finding = await findingOf(api(url, { cluster, user }).version())
    expect(finding.found).toMatch(/^401 because of 401: the client certificate expired on \d{4}-\d\d-\d\dT\S+Z$/)
    expect(finding.remedy).toContain(
      '# get new credentials from where the kubeconfig comes from, and then check the login:',
    )
  })

  it('gets new credentials of a plugin after 401', async () => {
    const { url, cluster } = await secured((request, response) =>
      (request.headers.authorization === 'Bearer run-2-of-plugin' ? version : status(401))(request, response),
    )
    const script = `echo run >> runs; printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"run-%s-of-plugin"}}' $(grep -c . runs)`
    const user = plugin(`cd '${directory}'; ${script}`)
    expect(await api(url, { cluster, user }).version()).toBe('v1.35.4')
  })

  it('needs a login at the plugin, which says so', async () => {
    const user = plugin('echo "session expired, run: aws sso login" >&2; exit 255')
    const finding = await findingOf(api('https://127.0.0.1:1', { user }).version())
    expect(finding.summary).toMatch(/^The credential plugin \S+ of the context here returns no credentials\.$/)
    expect(finding.found).toContain('failed with exit code 255: session expired, run: aws sso login')
  })

  it('needs a plugin that is not installed, with the hint how to install it', async () => {
    const user = plugin('', { command: 'no-such-plugin', installHint: 'Install it with brew install no-such-plugin.' })
    const finding = await findingOf(api('https://127.0.0.1:1', { user }).version())
    expect(finding.summary).toBe('The credential plugin no-such-plugin of the context here is not installed.')
    expect(finding.found).toContain('Install it with brew install no-such-plugin.')
    expect(finding.remedy).toContain('command -v no-such-plugin')
  })
})

describe('the namespace of the service', () => {
  const configuration = configurationSchema(fawkes.names).parse({ namespace: 'elsewhere' })
  const ensure = async (answer: RequestListener) =>
    new Kubernetes(api((await answering(answer)).url), configuration).ensureNamespace()
  const missing: RequestListener = (_, response) =>
    response.writeHead(404).end(JSON.stringify({ kind: 'Status', reason: 'NotFound', details: { name: 'elsewhere' } }))

  it('that does not exist is one cause, with commands that find the right one', async () => {
    const finding = await findingOf(ensure(missing))
    expect(finding).toMatchObject({
      summary: 'The namespace elsewhere does not exist in this cluster.',
      object: 'Namespace elsewhere',
      remedy: ['kubectl --context here get namespaces', 'kubectl --context here get services --all-namespaces'],
    })
  })

  it.each<[string, RequestListener]>([
    ['exists', (_, response) => response.end('{"metadata":{"name":"elsewhere"}}')],
    ['may not be read', status(403)],
  ])('that %s stops nothing', async (_, answer) => {
    await expect(ensure(answer)).resolves.toBeUndefined()
  })
})

describe('a way that lets no WebSockets through', () => {
  const html: RequestListener = (_, response) => response.writeHead(403).end('<h1>Upgrade forbidden</h1>')
  const removed: RequestListener = (_, response) =>
    response.writeHead(400).end(JSON.stringify({ kind: 'Status', message: 'Upgrade request required' }))

  it.each([
    ['answers itself', html, 'status 403: <h1>Upgrade forbidden</h1>'],
    ['removes the header', removed, 'status 400: Upgrade request required'],
    ['answers as to any request', version, 'status 200: {"gitVersion":"v1.35.4"}'],
    ['closes the connection', reset, 'socket hang up'],
  ])('and %s is one cause, for exec and for port-forward', async (_, answer, found) => {
    const { server, url } = await answering(answer)
    // A listener for upgrades gets the bare connection, so the answer is sent by hand.
    server.on('upgrade', (request, socket) => {
      if (answer === reset) {
        socket.destroy()
        return
      }
      const response = new ServerResponse(request)
      response.assignSocket(socket as Socket)
      answer(request, response as ServerResponse & { req: IncomingMessage })
      response.on('finish', () => socket.end())
    })
    const causes = [
      await findingOf(
        PortForward.open(api(url), operations.forwardToPod, 'fawkes', 'lake-0', 8080, { requests: true }),
      ),
      await findingOf(
        askFromInside(api(url), { namespace: 'fawkes', pod: 'lake-0', container: 'lake' }, 'http://x', 1000),
      ),
    ]
    for (const cause of causes)
      expect(cause).toMatchObject({
        summary: 'The way to the Kubernetes API server lets no WebSockets through.',
        object: `${url} (context here)`,
        found: expect.stringContaining(found),
      })
  })

  it('is not the cause when the API server gives its reason', async () => {
    const { server, url } = await answering(version)
    server.on('upgrade', (_, socket) => {
      const text = JSON.stringify({ kind: 'Status', message: 'container not found ("lake")' })
      socket.end(`HTTP/1.1 500 x\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
    })
    const finding = await findingOf(
      askFromInside(api(url), { namespace: 'fawkes', pod: 'lake-0', container: 'lake' }, 'http://x', 1000),
    )
    expect(finding.found).toBe('status 500: container not found ("lake")')
  })
})
