/** Every credential of a kubeconfig is known before it is sent, wherever it is kept. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { ClusterAccess } from '../../../support/platform/kubeconfig/access'
import { chooseCluster } from '../../../support/platform/kubeconfig/choice'
import { newAuthority } from '../../fixtures/certificates'
import { root } from '../../fixtures/features'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

const kubeconfigTo = (server: string, user: object = { username: 'me' }, cluster: object = {}) => ({
  'current-context': 'here',
  clusters: [{ name: 'here', cluster: { server, ...cluster } }],
  contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
  users: [{ name: 'me', user }],
})

function configOf(user: object, cluster: object = {}): ClusterAccess {
  const KUBECONFIG = file('config', JSON.stringify(kubeconfigTo('https://127.0.0.1:6443', user, cluster)))
  return new ClusterAccess(chooseCluster(undefined, { KUBECONFIG }), 5000, {})
}

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

/** A credential plugin that prints something and exits. */
function plugin(output: string, exitCode = 0): object {
  const command = file('plugin', `#!/bin/sh\ncat <<'END'\n${output}\nEND\nexit ${exitCode}\n`)
  chmodSync(command, 0o755)
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } }
}

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })

const headersOf = async (access: ClusterAccess) => (await access.connection()).headers

const isKnown = (secret: string) => redaction.redact(`(${secret})`) === '([redacted])'

describe('a credential of a kubeconfig is known as soon as it is loaded', () => {
  it.each<[string, string, (secret: string) => object]>([
    ['a static token', 'static-token-1f', (token) => ({ token })],
    ['a password', 'basic-password-2f', (password) => ({ username: 'me', password })],
    ['a token in a file', 'file-token-3f', (token) => ({ tokenFile: file('token', token) })],
    [
      'the key in a file',
      'MC4CAQAwBQYDK2VwBCIEIKey4f',
      (key) => ({
        'client-certificate': file('certificate.pem', 'x'),
        'client-key': file('key.pem', `${key}\n`),
      }),
    ],
    [
      'the key in the kubeconfig',
      'MC4CAQAwBQYDK2VwBCIEIKey5f',
      (key) => ({ 'client-key-data': Buffer.from(key).toString('base64'), username: 'me' }),
    ],
    ['a token of a service account', 'mounted-token-6f', (token) => ({ tokenFile: file('mounted', token), as: 'me' })],
    [
      'a token of OpenID Connect',
      'refresh-token-7f',
      (token) => ({ 'auth-provider': { name: 'oidc', config: { 'refresh-token': token } } }),
    ],
    [
      'a variable of a plugin',
      'plugin-variable-8f',
      (value) => ({
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'x',
          interactiveMode: 'Never',
          env: [{ name: 'AWS_SECRET_ACCESS_KEY', value }],
        },
      }),
    ],
  ])('%s', (_, secret, user) => {
    expect(isKnown(secret)).toBe(false)
    configOf(user(secret))
    expect(isKnown(secret)).toBe(true)
  })

  it('the password of a proxy', () => {
    configOf({ username: 'me' }, { 'proxy-url': 'http://me:proxy%2Dpassword-9f@proxy:3128' })
    expect(isKnown('proxy-password-9f')).toBe(true)
  })
})

describe('a credential plugin', () => {
  it('has its token registered before the request is sent', async () => {
    const config = configOf(plugin(credential({ token: 'plugin-token-a1f' })))
    expect(isKnown('plugin-token-a1f')).toBe(false)
    expect(await headersOf(config)).toMatchObject({ authorization: 'Bearer plugin-token-a1f' })
    expect(isKnown('plugin-token-a1f')).toBe(true)
  })

  it('has the key of its certificate registered', async () => {
    const { key, cert } = await (await newAuthority()).issue('me')
    await headersOf(configOf(plugin(credential({ clientCertificateData: cert, clientKeyData: key }))))
    expect(isKnown(key.split('\n')[1] ?? '')).toBe(true)
  })

  it.each([
    ['prints its token alone', plugin.bind(null, 'plugin-token-b2f')],
    ['prints half an answer', plugin.bind(null, credential({ token: 'plugin-token-b2f' }).slice(0, -4))],
  ])('that %s is named without it', async (_, broken) => {
    const error: unknown = await headersOf(configOf(broken())).catch((error: unknown) => error)
    expect(String(error)).toMatch(/^Error: the credential plugin \S+ printed no JSON$/)
  })

  it('that fails says why', async () => {
    const failing = plugin('', 1)
    file('plugin', '#!/bin/sh\necho no such profile >&2\nexit 1\n')
    await expect(headersOf(configOf(failing))).rejects.toThrow('no such profile')
  })
})

describe('a token that is rotated during a run', () => {
  it('is read again from its file, and registered before it is sent', async () => {
    const tokenFile = file('rotated', 'first-token-c1f\n')
    const access = configOf({ tokenFile })
    expect(await headersOf(access)).toEqual({ authorization: 'Bearer first-token-c1f' })
    file('rotated', 'second-token-c2f\n')
    expect(isKnown('second-token-c2f')).toBe(false)
    expect(await headersOf(access)).toEqual({ authorization: 'Bearer second-token-c2f' })
    expect(isKnown('second-token-c2f')).toBe(true)
  })

  it.each([
    ['expired', { expirationTimestamp: '2001-01-01T00:00:00Z' }, 2],
    ['not expired', { expirationTimestamp: '2999-01-01T00:00:00Z' }, 1],
    ['not going to expire', {}, 1],
  ])('comes from a plugin again when it is %s', async (_, more, runs) => {
    const access = configOf(plugin(credential({ token: 'plugin-token-d1f', ...more })))
    file(
      'plugin',
      `#!/bin/sh\necho run >> '${directory}/runs'\ncat <<'END'\n${credential({ token: 'plugin-token-d1f', ...more })}\nEND\n`,
    )
    await headersOf(access)
    await headersOf(access)
    expect(readFileSync(join(directory, 'runs'), 'utf8')).toBe('run\n'.repeat(runs))
  })
})

describe('a process in a pod', () => {
  /** The files of a pod's service account. */
  async function pod(): Promise<string> {
    file('token', 'pod-token-e1f')
    file('ca.crt', (await newAuthority()).certificate)
    return directory
  }
  const variables = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443', HOME: '/nowhere' }

  it('without a kubeconfig judges its own cluster, as its service account', async () => {
    const choice = chooseCluster(undefined, variables, await pod())
    expect(choice).toMatchObject({ context: 'inClusterContext', insideCluster: true })
    const access = new ClusterAccess(choice, 1000, variables)
    expect(access.server).toBe('https://[fd00::1]:443')
    expect(await headersOf(access)).toEqual({ authorization: 'Bearer pod-token-e1f' })
    file('token', 'pod-token-e2f')
    expect(await headersOf(access)).toEqual({ authorization: 'Bearer pod-token-e2f' })
    expect(isKnown('pod-token-e2f')).toBe(true)
  })

  it('with a kubeconfig judges the cluster of the kubeconfig, from outside', async () => {
    const folder = await pod()
    const config = file('config', JSON.stringify(kubeconfigTo('https://other.example.test')))
    const choice = chooseCluster(undefined, { ...variables, KUBECONFIG: config }, folder)
    expect(choice).toMatchObject({ context: 'here', insideCluster: false })
  })

  it.each([
    ['no address of its API server', { KUBERNETES_SERVICE_HOST: '' }],
    ['no port of its API server', { KUBERNETES_SERVICE_PORT: undefined }],
  ])('with %s has no cluster', async (_, missing) => {
    const folder = await pod()
    expect(() => chooseCluster(undefined, { ...variables, ...missing }, folder)).toThrow('There is no kubeconfig')
  })

  it('does not take its own cluster for a context of another name', async () => {
    const folder = await pod()
    expect(() => chooseCluster('production', variables, folder)).toThrow('The kubeconfig has no context "production"')
    expect(chooseCluster('inClusterContext', variables, folder)).toMatchObject({ insideCluster: true })
  })

  it('without a token has no cluster', () => {
    expect(() => chooseCluster('production', variables, directory)).toThrow('There is no kubeconfig')
    expect(() => chooseCluster(undefined, variables, directory)).toThrow('no such file: /nowhere/.kube/config')
  })
})

describe('a plugin on a terminal', () => {
  const program = `
    const { ClusterAccess } = require('${root}/support/platform/kubeconfig/access')
    ClusterAccess.to(undefined, 5000).connection().then(
      ({ headers }) => process.stdout.write('sent ' + headers.authorization),
      ({ message }) => process.stdout.write('failed: ' + message),
    )`
  const asking = `printf 'Password: ' >&2; read -r answer || exit 1; printf '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$answer"`

  /** Runs a program on a terminal of its own, with what a person types, and returns what the terminal shows. */
  function shown(mode: string, typed: string): string {
    file('asking', `#!/bin/sh\n${asking}\n`)
    chmodSync(join(directory, 'asking'), 0o755)
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './asking', interactiveMode: mode }
    const KUBECONFIG = file('config', JSON.stringify(kubeconfigTo('https://127.0.0.1:6443', { exec })))
    file('program.cjs', program)
    const command = `${process.execPath} -r ts-node/register/transpile-only ${join(directory, 'program.cjs')}`
    const { stdout } = spawnSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: root,
      encoding: 'utf8',
      input: typed,
      env: { ...process.env, KUBECONFIG, NODE_PATH: root },
    })
    return stdout
  }

  it.each(['IfAvailable', 'Always'])('shows its question and gets the answer (interactiveMode %s)', (mode) => {
    const output = shown(mode, 'typed-token-f1f\n')
    expect(output).toContain('Password: ')
    expect(output).toContain('sent Bearer typed-token-f1f')
  })

  it('gets no input with interactiveMode Never', () => {
    expect(shown('Never', 'typed-token-f2f\n')).toMatch(/failed: the credential plugin \S+ failed with exit code 1/)
  })
})
