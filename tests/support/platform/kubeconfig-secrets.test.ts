/** Every credential of a kubeconfig is known before it is sent, wherever it is kept. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { registerSecrets } from '../../../support/platform/kubeconfig-secrets'
import { newAuthority } from '../../fixtures/certificates'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

function configOf(user: object, cluster: object = {}): KubeConfig {
  const config = new KubeConfig()
  config.loadFromString(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
      users: [{ name: 'me', user }],
    }),
  )
  registerSecrets(config)
  return config
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
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command } }
}

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })

const headersOf = async (config: KubeConfig) => {
  const context = new RequestContext('https://127.0.0.1:6443/version', HttpMethod.GET)
  await config.applySecurityAuthentication(context)
  return context.getHeaders()
}

const isKnown = (secret: string) => redaction.redact(`(${secret})`) === '([redacted])'

describe('a credential of a kubeconfig is known as soon as it is loaded', () => {
  it.each<[string, string, (secret: string) => object]>([
    ['a static token', 'static-token-1f', (token) => ({ token })],
    ['a password', 'basic-password-2f', (password) => ({ username: 'me', password })],
    ['a token in a file', 'file-token-3f', (token) => ({ 'token-file': file('token', token) })],
    ['the key in a file', 'MC4CAQAwBQYDK2VwBCIEIKey4f', (key) => ({ 'client-key': file('key.pem', `${key}\n`) })],
    [
      'the key in the kubeconfig',
      'MC4CAQAwBQYDK2VwBCIEIKey5f',
      (key) => ({ 'client-key-data': Buffer.from(key).toString('base64') }),
    ],
    [
      'a token of a service account',
      'mounted-token-6f',
      (token) => ({ 'auth-provider': { name: 'tokenFile', config: { tokenFile: file('mounted', token) } } }),
    ],
    [
      'a token of OpenID Connect',
      'refresh-token-7f',
      (token) => ({ 'auth-provider': { name: 'oidc', config: { 'refresh-token': token } } }),
    ],
    [
      'a variable of a plugin',
      'plugin-variable-8f',
      (value) => ({ exec: { command: 'x', env: [{ name: 'AWS_SECRET_ACCESS_KEY', value }] } }),
    ],
  ])('%s', (_, secret, user) => {
    expect(isKnown(secret)).toBe(false)
    configOf(user(secret))
    expect(isKnown(secret)).toBe(true)
  })

  it('the password of a proxy', () => {
    configOf({}, { 'proxy-url': 'http://me:proxy%2Dpassword-9f@proxy:3128' })
    expect(isKnown('proxy-password-9f')).toBe(true)
  })
})

describe('a credential plugin', () => {
  it('has its token registered before the request is sent', async () => {
    const config = configOf(plugin(credential({ token: 'plugin-token-a1f' })))
    expect(isKnown('plugin-token-a1f')).toBe(false)
    expect(await headersOf(config)).toMatchObject({ Authorization: 'Bearer plugin-token-a1f' })
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
    expect(String(error)).toBe('Error: The credential plugin of the kubeconfig printed no JSON.')
  })

  it('that fails says why', async () => {
    const failing = { exec: { command: '/bin/sh', args: ['-c', 'echo no such profile >&2; exit 1'] } }
    await expect(headersOf(configOf(failing))).rejects.toThrow('no such profile')
  })
})
