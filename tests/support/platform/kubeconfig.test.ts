/** For each kubeconfig and environment, kubectl and the suite reach the same server as the same user, or both refuse. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { builtPath } from '../../../sandbox/programs/go'
import { findProgram, isExecutable } from '../../../sandbox/programs/lookup'
import { ClusterAccess } from '../../../support/platform/kubeconfig/access'
import { chooseCluster } from '../../../support/platform/kubeconfig/choice'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { type ApiServers, behindProxy, type Reached, startApiServers } from '../../fixtures/api-servers'
import { temporaryDirectory } from '../../fixtures/reports'

const deadlineMs = 10_000
let servers: ApiServers
let kubectl: string
let pem: { readonly key: string; readonly cert: string }
beforeAll(async () => {
  kubectl = findProgram(['kubectl']) ?? builtPath('kubectl')
  if (!isExecutable(kubectl)) throw new Error(`There is no kubectl: neither on the PATH nor ${kubectl}.`)
  servers = await startApiServers()
  pem = await servers.authority.issue('someone')
}, 30_000)
afterAll(() => servers.close())

interface Files {
  /** A kubeconfig or another file by its path in the case's directory. */
  readonly [path: string]: object | string
}

interface Case {
  readonly files: () => Files
  /** Environment variables; "DIR" stands for the directory of the files. */
  readonly environment?: () => Record<string, string>
  readonly context?: string
  /** True if kubectl refuses: then nobody reaches a server. */
  readonly refused?: true
  /** A part of what must reach the server, so that a case cannot lose its point. */
  readonly reaches?: Partial<Reached>
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const secure = (more: object = {}) => ({
  server: `https://127.0.0.1:${servers.https}`,
  'certificate-authority-data': base64(servers.authority.certificate),
  ...more,
})
const withFile = () => ({ server: `https://127.0.0.1:${servers.https}`, 'certificate-authority': 'ca.pem' })
const away = (more: object = {}) => secure({ server: `https://${behindProxy}:6443`, ...more })
const plain = (more: object = {}) => ({ server: `http://127.0.0.1:${servers.http}`, ...more })

/** A kubeconfig with one cluster, one user and one context of the same name. */
const config = (
  cluster: object,
  user: object = { token: 'one' },
  name = 'here',
  current: object = { 'current-context': name },
) => ({
  apiVersion: 'v1',
  kind: 'Config',
  ...current,
  clusters: [{ name, cluster }],
  users: [{ name, user }],
  contexts: [{ name, context: { cluster: name, user: name } }],
})

const version = 'client.authentication.k8s.io/v1'
const exec = (command: string, more: object = {}) => ({
  exec: { apiVersion: version, command, interactiveMode: 'IfAvailable', ...more },
})
/** A plugin that returns the output of a shell command as its token. */
const plugin = (token: string, answered = version) =>
  `#!/bin/sh\nprintf '{"apiVersion":"${answered}","kind":"ExecCredential","status":{"token":"%s"}}' "${token}"\n`
/** A kubeconfig without the authority of its cluster, beside a file with it. */
const unnamedAuthority = (): Files => ({
  config: config(secure({ 'certificate-authority-data': undefined })),
  'authorities/ca.pem': servers.authority.certificate,
})
const single = (cluster: () => object, user: object = { token: 'one' }, more: Files = {}) => ({
  files: () => ({ config: config(cluster(), user), ...more }),
})

const cases: Record<string, Case> = {
  'a token': { ...single(secure), reaches: { authorization: 'Bearer one', serverName: '' } },
  'a list in KUBECONFIG: the first current context wins': {
    files: () => ({ a: config(secure(), { token: 'a' }, 'a'), b: config(secure(), { token: 'b' }, 'b') }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    reaches: { authorization: 'Bearer a' },
  },
  'a list whose first file has no current context': {
    files: () => ({ a: config(secure(), { token: 'a' }, 'a', {}), b: config(secure(), { token: 'b' }, 'b') }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    reaches: { authorization: 'Bearer b' },
  },
  'the same user in two files: the first, as a whole': {
    files: () => ({ a: config(secure(), { token: 'a' }), b: config(secure(), { token: 'b', as: 'other' }) }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    reaches: { authorization: 'Bearer a', impersonation: [] },
  },
  'an entry of the first file for a context of the second': {
    files: () => ({
      a: { users: [{ name: 'here', user: { token: 'a' } }] },
      b: config(secure(), { token: 'b' }),
    }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    reaches: { authorization: 'Bearer a' },
  },
  'a missing file in the list': {
    files: () => ({ b: config(secure(), { token: 'b' }) }),
    environment: () => ({ KUBECONFIG: 'DIR/missing:DIR/b:DIR/also-missing' }),
    reaches: { authorization: 'Bearer b' },
  },
  'empty paths in the list': {
    files: () => ({ b: config(secure(), { token: 'b' }) }),
    environment: () => ({ KUBECONFIG: '::DIR/b:' }),
    reaches: { authorization: 'Bearer b' },
  },
  'an empty KUBECONFIG': {
    files: () => ({ '.kube/config': config(secure(), { token: 'home' }) }),
    environment: () => ({ KUBECONFIG: '' }),
    reaches: { authorization: 'Bearer home' },
  },
  'no KUBECONFIG': {
    files: () => ({ '.kube/config': config(secure(), { token: 'home' }) }),
    environment: () => ({}),
    reaches: { authorization: 'Bearer home' },
  },
  'an empty file in the list': {
    files: () => ({ a: '', b: config(secure(), { token: 'b' }) }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    reaches: { authorization: 'Bearer b' },
  },
  'a file that is not YAML': {
    files: () => ({ a: 'clusters: [', b: config(secure()) }),
    environment: () => ({ KUBECONFIG: 'DIR/a:DIR/b' }),
    refused: true,
  },
  'JSON in place of YAML': {
    files: () => ({ config: JSON.stringify(config(secure(), { token: 'json' })) }),
    reaches: { authorization: 'Bearer json' },
  },
  'a context by name': {
    files: () => {
      const [one, other] = [config(secure(), { token: 'a' }, 'a'), config(secure(), { token: 'b' }, 'b')]
      const lists = { clusters: [...one.clusters, ...other.clusters], users: [...one.users, ...other.users] }
      return { config: { ...one, ...lists, contexts: [...one.contexts, ...other.contexts] } }
    },
    context: 'b',
    reaches: { authorization: 'Bearer b' },
  },
  'a context that does not exist': { ...single(secure), context: 'elsewhere', refused: true },
  'a token that is a number': { ...single(secure, { token: 123 }), refused: true },
  'two users of one name in a file': {
    files: () => ({ config: { ...config(secure()), users: [{ name: 'here' }, { name: 'here' }] } }),
    refused: true,
  },
  'an authority in a file beside the kubeconfig': {
    files: () => ({ 'sub/config': config(withFile()), 'sub/ca.pem': servers.authority.certificate }),
    environment: () => ({ KUBECONFIG: 'DIR/sub/config' }),
    reaches: { authorization: 'Bearer one' },
  },
  'an authority in a file and inline': {
    ...single(() => secure({ 'certificate-authority': 'ca.pem' }), { token: 'one' }, { 'ca.pem': 'nothing' }),
    refused: true,
  },
  'a client certificate inline': {
    files: () => ({
      config: config(secure(), { 'client-certificate-data': base64(pem.cert), 'client-key-data': base64(pem.key) }),
    }),
    reaches: { clientCertificate: 'someone', authorization: undefined },
  },
  'a client certificate in files beside the kubeconfig, and a token': {
    files: () => ({
      'sub/config': config(secure(), { 'client-certificate': 'c/c.pem', 'client-key': '../k.pem', token: 'two' }),
      'sub/c/c.pem': pem.cert,
      'k.pem': pem.key,
    }),
    environment: () => ({ KUBECONFIG: 'DIR/sub/config' }),
    reaches: { clientCertificate: 'someone', authorization: 'Bearer two' },
  },
  'a client certificate without a key': {
    files: () => ({ config: config(secure(), { 'client-certificate-data': base64(pem.cert) }) }),
    refused: true,
  },
  'a token in a file beside the kubeconfig': {
    ...single(secure, { tokenFile: 'token' }, { token: 'from-file\n' }),
    reaches: { authorization: 'Bearer from-file' },
  },
  'a token and a token file': {
    ...single(secure, { token: 'inline', tokenFile: 'token' }, { token: 'from-file' }),
    reaches: { authorization: 'Bearer from-file' },
  },
  'a token, and a token file that does not exist': {
    ...single(secure, { token: 'inline', tokenFile: 'missing' }),
    reaches: { authorization: 'Bearer inline' },
  },
  'a token file that does not exist': { ...single(secure, { tokenFile: 'missing' }), refused: true },
  'a user name and a password': {
    ...single(secure, { username: 'me', password: 'pass:wörd' }),
    reaches: { authorization: `Basic ${base64('me:pass:wörd')}` },
  },
  'a token and a password': { ...single(secure, { token: 'one', username: 'me', password: 'p' }), refused: true },
  'no credentials but an impersonation': {
    ...single(secure, { token: 'one', as: 'me' }),
    reaches: { impersonation: ['impersonate-user: me'] },
  },
  'an impersonation with groups, uid and extra': {
    ...single(secure, {
      token: 'one',
      as: 'system:serviceaccount:a:b',
      'as-uid': 'u-1',
      'as-groups': ['one, two', 'three'],
      'as-user-extra': { 'example.org/Scopes': ['a', 'b'], plain: ['c'] },
    }),
  },
  'groups without a user': { ...single(secure, { token: 'one', 'as-groups': ['g'] }), refused: true },
  'a plugin beside the kubeconfig': {
    ...single(secure, exec('./bin/plugin'), { 'bin/plugin': plugin('relative') }),
    reaches: { authorization: 'Bearer relative' },
  },
  'a plugin on the PATH, with arguments and variables': {
    ...single(secure, exec('way-plugin', { args: ['a b'], env: [{ name: 'WAY', value: 'v' }] }), {
      'bin/way-plugin': plugin('$1-$WAY-$HOME'),
    }),
    environment: () => ({ KUBECONFIG: 'DIR/config', PATH: `DIR/bin:${process.env.PATH}` }),
  },
  'a plugin of the beta version': {
    ...single(
      secure,
      { exec: { apiVersion: `${version}beta1`, command: './plugin' } },
      {
        plugin: plugin('beta', `${version}beta1`),
      },
    ),
    reaches: { authorization: 'Bearer beta' },
  },
  'a plugin that answers in another version': {
    ...single(secure, exec('./plugin'), { plugin: plugin('beta', `${version}beta1`) }),
    refused: true,
  },
  'a plugin without interactiveMode': {
    ...single(secure, exec('./plugin', { interactiveMode: undefined }), { plugin: plugin('x') }),
    refused: true,
  },
  'a plugin that always asks, without a terminal': {
    ...single(secure, exec('./plugin', { interactiveMode: 'Always' }), { plugin: plugin('x') }),
    refused: true,
  },
  'a plugin that wants to know the cluster': {
    ...single(
      () => secure({ extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'lake' } }] }),
      exec('./plugin', { provideClusterInfo: true }),
      {
        plugin: plugin(
          `$(printf %s "$KUBERNETES_EXEC_INFO" | tr -d '" ' | tr ',' '\\n' | grep -v '^}' | sort | tr -dc 'a-zA-Z0-9:/')`,
        ),
      },
    ),
  },
  'a plugin that returns a certificate': {
    files: () => ({
      config: config(secure(), exec('./plugin')),
      plugin: `#!/bin/sh\ncat <<'END'\n${JSON.stringify({
        apiVersion: version,
        kind: 'ExecCredential',
        status: { clientCertificateData: pem.cert, clientKeyData: pem.key },
      })}\nEND\n`,
    }),
    reaches: { clientCertificate: 'someone', authorization: undefined },
  },
  'a plugin beside a token': {
    ...single(secure, { ...exec('./plugin'), token: 'static' }, { plugin: plugin('x') }),
    reaches: { authorization: 'Bearer static' },
  },
  'a plugin that fails': { ...single(secure, exec('./plugin'), { plugin: '#!/bin/sh\nexit 1\n' }), refused: true },
  'a plugin that is not installed': { ...single(secure, exec('no-such-plugin')), refused: true },
  'a removed auth provider': { ...single(secure, { 'auth-provider': { name: 'gcp' } }), refused: true },
  'a tls-server-name': {
    ...single(() => secure({ 'tls-server-name': behindProxy })),
    reaches: { serverName: behindProxy },
  },
  'a tls-server-name that the certificate lacks': {
    ...single(() => secure({ 'tls-server-name': 'else' })),
    refused: true,
  },
  'an unknown authority': { ...single(() => secure({ 'certificate-authority-data': undefined })), refused: true },
  'an authority that SSL_CERT_FILE names': {
    files: unnamedAuthority,
    environment: () => ({ KUBECONFIG: 'DIR/config', SSL_CERT_FILE: 'DIR/authorities/ca.pem' }),
    reaches: { authorization: 'Bearer one' },
  },
  'an authority in a folder that SSL_CERT_DIR names': {
    files: unnamedAuthority,
    environment: () => ({ KUBECONFIG: 'DIR/config', SSL_CERT_DIR: 'DIR/missing:DIR/authorities' }),
    reaches: { authorization: 'Bearer one' },
  },
  'SSL_CERT_FILE without a file': {
    ...single(() => secure({ 'certificate-authority-data': undefined })),
    environment: () => ({ KUBECONFIG: 'DIR/config', SSL_CERT_FILE: 'DIR/missing.pem' }),
    refused: true,
  },
  'SSL_CERT_FILE beside an authority in the kubeconfig': {
    files: () => ({
      config: config(secure({ 'certificate-authority-data': base64(pem.cert) })),
      'ca.pem': servers.authority.certificate,
    }),
    environment: () => ({ KUBECONFIG: 'DIR/config', SSL_CERT_FILE: 'DIR/ca.pem' }),
    refused: true,
  },
  'no verification': {
    ...single(() => secure({ 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true })),
    reaches: { server: 'https', authorization: 'Bearer one' },
  },
  'no verification, and an authority': { ...single(() => secure({ 'insecure-skip-tls-verify': true })), refused: true },
  'an HTTP server, which gets no credentials': {
    ...single(plain, { token: 'one', as: 'me' }),
    reaches: { server: 'http', authorization: undefined, impersonation: ['impersonate-user: me'] },
  },
  'a server without a scheme': {
    ...single(() => ({ server: `127.0.0.1:${servers.http}` })),
    reaches: { server: 'http' },
  },
  'a server with a path': {
    ...single(() => secure({ server: `https://127.0.0.1:${servers.https}/k8s/clusters/c-1/` })),
    reaches: { path: '/k8s/clusters/c-1/version' },
  },
  'an HTTP proxy in the kubeconfig': {
    ...single(() => away({ 'proxy-url': `http://127.0.0.1:${servers.proxies.http}` })),
    reaches: { proxy: `http to ${behindProxy}`, serverName: behindProxy },
  },
  'an HTTP proxy with a login': {
    ...single(() => away({ 'proxy-url': `http://me:p%40ss@127.0.0.1:${servers.proxies.http}` })),
    reaches: { proxy: `http Basic ${base64('me:p@ss')} to ${behindProxy}` },
  },
  'an HTTP proxy before a loopback server': {
    ...single(() => secure({ 'proxy-url': `http://127.0.0.1:${servers.proxies.http}` })),
    reaches: { proxy: 'http to 127.0.0.1' },
  },
  'an HTTPS proxy in the kubeconfig': {
    ...single(() => away({ 'proxy-url': `https://127.0.0.1:${servers.proxies.https}` })),
    reaches: { proxy: `https to ${behindProxy}` },
  },
  'a SOCKS proxy in the kubeconfig': {
    ...single(() => away({ 'proxy-url': `socks5://127.0.0.1:${servers.proxies.socks5}` })),
    reaches: { proxy: `socks5 to ${behindProxy}` },
  },
  'a proxy of another kind': { ...single(() => away({ 'proxy-url': 'ftp://127.0.0.1:21' })), refused: true },
  'an HTTP proxy before an HTTP server': {
    ...single(() =>
      plain({ server: `http://${behindProxy}:80`, 'proxy-url': `http://127.0.0.1:${servers.proxies.http}` }),
    ),
    reaches: { server: 'http', proxy: `http to ${behindProxy}` },
  },
  HTTPS_PROXY: {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}` }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'https_proxy without a scheme': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', https_proxy: `127.0.0.1:${servers.proxies.http}` }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'HTTPS_PROXY in both spellings: the upper case wins': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}`,
      https_proxy: 'http://127.0.0.1:1',
    }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'HTTPS_PROXY that is empty': {
    ...single(secure),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: '' }),
    reaches: { proxy: undefined },
  },
  'HTTPS_PROXY that is a SOCKS proxy': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: `socks5://127.0.0.1:${servers.proxies.socks5}` }),
    reaches: { proxy: `socks5 to ${behindProxy}` },
  },
  'HTTPS_PROXY that is an HTTPS proxy of an unknown authority': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: `https://127.0.0.1:${servers.proxies.https}` }),
    reaches: { proxy: `https to ${behindProxy}` },
  },
  'HTTPS_PROXY with a login': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${servers.proxies.http}`,
    }),
    reaches: { proxy: `http Basic ${base64('me:p@ss')} to ${behindProxy}` },
  },
  'HTTP_PROXY and an HTTPS server': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTP_PROXY: `http://127.0.0.1:${servers.proxies.http}` }),
    refused: true,
  },
  'HTTP_PROXY and an HTTP server': {
    ...single(() => plain({ server: `http://${behindProxy}:80` })),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTP_PROXY: `http://127.0.0.1:${servers.proxies.http}` }),
    reaches: { server: 'http', proxy: `http to ${behindProxy}` },
  },
  'ALL_PROXY, which Go does not know': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', ALL_PROXY: `http://127.0.0.1:${servers.proxies.http}` }),
    refused: true,
  },
  'NO_PROXY with everything': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}`,
      NO_PROXY: '*',
    }),
    refused: true,
  },
  'NO_PROXY with a part of the name': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}`,
      NO_PROXY: 'ample.test, pi.example.test',
    }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'a SOCKS proxy that resolves names, in the kubeconfig': {
    ...single(() => away({ 'proxy-url': `socks5h://127.0.0.1:${servers.proxies.socks5}` })),
    refused: true,
  },
  'HTTPS_PROXY and a loopback server': {
    ...single(secure),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}` }),
    reaches: { proxy: undefined },
  },
  'NO_PROXY with the domain': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}`,
      NO_PROXY: '10.0.0.0/8, .example.test',
    }),
    refused: true,
  },
  'NO_PROXY with another port': {
    ...single(away),
    environment: () => ({
      KUBECONFIG: 'DIR/config',
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxies.http}`,
      NO_PROXY: `${behindProxy}:443`,
    }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'proxy-url beside NO_PROXY': {
    ...single(() => away({ 'proxy-url': `http://127.0.0.1:${servers.proxies.http}` })),
    environment: () => ({ KUBECONFIG: 'DIR/config', NO_PROXY: '*' }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'the files of a list name files beside themselves': {
    files: () => ({
      'a/config': { clusters: [{ name: 'here', cluster: { ...withFile(), 'certificate-authority': '../c/ca.pem' } }] },
      'b/config': { users: [{ name: 'here', user: { tokenFile: 't/token' } }] },
      'd/config': { 'current-context': 'here', contexts: config(secure()).contexts },
      'c/ca.pem': servers.authority.certificate,
      'b/t/token': 'relative',
    }),
    environment: () => ({ KUBECONFIG: 'DIR/a/config:DIR/b/config:DIR/d/config' }),
    reaches: { authorization: 'Bearer relative' },
  },
  'keys that YAML merges': {
    files: () => {
      const { clusters: _, ...rest } = config({})
      const merged = `shared: &shared ${JSON.stringify(secure())}\nclusters: [{name: here, cluster: {<<: *shared}}]\n`
      return { config: `${stringify(rest)}${merged}` }
    },
    reaches: { authorization: 'Bearer one' },
  },
  'a key twice: the last value counts': {
    files: () => ({ config: `current-context: gone\n${stringify(config(secure()))}` }),
    reaches: { authorization: 'Bearer one' },
  },
  'several documents: the first counts': {
    files: () => ({
      config: [{ token: 'first' }, { token: 'second' }].map((user) => stringify(config(secure(), user))).join('---\n'),
    }),
    reaches: { authorization: 'Bearer first' },
  },
  'a document of another version': {
    files: () => ({ config: { ...config(secure()), apiVersion: 'v2' } }),
    refused: true,
  },
  'a document of another kind': { files: () => ({ config: { ...config(secure()), kind: 'Pod' } }), refused: true },
  'neither version nor kind': {
    files: () => ({ config: { ...config(secure()), apiVersion: undefined, kind: undefined } }),
    reaches: { authorization: 'Bearer one' },
  },
  'an entry without a name': {
    files: () => ({ config: { ...config(secure()), users: [...config(secure()).users, { user: {} }] } }),
    reaches: { authorization: 'Bearer one' },
  },
  'an empty name of a context on the command line': {
    ...single(secure),
    context: '',
    reaches: { authorization: 'Bearer one' },
  },
  'no credentials': { ...single(secure, {}), refused: true },
  'an impersonation without credentials': { ...single(secure, { as: 'me' }), refused: true },
  'a password without a user name': { ...single(secure, { password: 'secret' }), refused: true },
  'a token file and a password': {
    ...single(secure, { tokenFile: 'token', username: 'me', password: 'p' }, { token: 'one' }),
    refused: true,
  },
  'a login in the URL of the server': {
    ...single(() => secure({ server: `https://me:p%40ss@127.0.0.1:${servers.https}` })),
    reaches: { authorization: `Basic ${base64('me:p@ss')}` },
  },
  'a scheme in capitals': {
    ...single(() => secure({ server: `HTTPS://127.0.0.1:${servers.https}` })),
    reaches: { server: 'https' },
  },
  'a server with double slashes': {
    ...single(() => secure({ server: `https://127.0.0.1:${servers.https}//k8s//c-1//` })),
    reaches: { path: '/k8s/c-1/version' },
  },
  'a server with a query and a fragment': {
    ...single(() => secure({ server: `https://127.0.0.1:${servers.https}/k8s?a=b#c` })),
    reaches: { path: '/k8s/version' },
  },
  'a server with an escaped slash': {
    ...single(() => secure({ server: `https://127.0.0.1:${servers.https}/k8s%2Fclusters/c%20%C3%A9` })),
    reaches: { path: '/k8s/clusters/c%20%C3%A9/version' },
  },
  'a server with a broken escape': {
    ...single(() => secure({ server: `https://127.0.0.1:${servers.https}/a%zz` })),
    refused: true,
  },
  'a server with a port that is no number': {
    ...single(() => secure({ server: 'https://127.0.0.1:x' })),
    refused: true,
  },
  'an address as the tls-server-name': {
    ...single(() => secure({ 'tls-server-name': '127.0.0.1' })),
    reaches: { serverName: '' },
  },
  'an address as the tls-server-name that the certificate lacks': {
    ...single(() => secure({ 'tls-server-name': '127.0.0.9' })),
    refused: true,
  },
  'a token beyond ASCII': { ...single(secure, { token: 'tökén-€' }) },
  'an impersonation beyond ASCII': { ...single(secure, { token: 'one', as: 'Jürgen €', 'as-groups': ['Größe'] }) },
  'a plugin of the beta version that wants to know the cluster': {
    ...single(
      secure,
      { exec: { apiVersion: `${version}beta1`, command: './plugin', provideClusterInfo: true } },
      {
        plugin: plugin(
          `$(printf %s "$KUBERNETES_EXEC_INFO" | tr -d '" ' | tr ',' '\\n' | grep -v '^}' | sort | tr -dc 'a-zA-Z0-9:/')`,
          `${version}beta1`,
        ),
      },
    ),
  },
  'a plugin that prints YAML': {
    ...single(secure, exec('./plugin'), {
      plugin: `#!/bin/sh\nprintf 'apiVersion: ${version}\\nkind: ExecCredential\\nstatus: {token: from-yaml}\\n'\n`,
    }),
    reaches: { authorization: 'Bearer from-yaml' },
  },
  'a plugin that prints another kind': {
    ...single(secure, exec('./plugin'), { plugin: plugin('x').replace('ExecCredential', 'Other') }),
    refused: true,
  },
  'a plugin whose expiry is no time': {
    ...single(secure, exec('./plugin'), {
      plugin: plugin('x').replace('"token"', '"expirationTimestamp":"soon","token"'),
    }),
    refused: true,
  },
  'a plugin beside an impersonation': {
    ...single(secure, { ...exec('./plugin'), as: 'me', 'as-groups': ['a', 'b'] }, { plugin: plugin('x') }),
    reaches: { authorization: 'Bearer x' },
  },
  'a tls-server-name with a dot at its end': {
    ...single(() => secure({ 'tls-server-name': `${behindProxy}.` })),
    reaches: { serverName: behindProxy },
  },
  'no verification of another tls-server-name through a proxy': {
    ...single(() =>
      away({
        'certificate-authority-data': undefined,
        'insecure-skip-tls-verify': true,
        'tls-server-name': 'other.example.test',
        'proxy-url': `http://127.0.0.1:${servers.proxies.http}`,
      }),
    ),
    reaches: { serverName: 'other.example.test', proxy: `http to ${behindProxy}` },
  },
  'a proxy-url with a path': {
    ...single(() => away({ 'proxy-url': `http://127.0.0.1:${servers.proxies.http}/way/` })),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'HTTPS_PROXY of a kind that Go does not know': {
    ...single(away),
    environment: () => ({ KUBECONFIG: 'DIR/config', HTTPS_PROXY: `ftp://127.0.0.1:${servers.proxies.http}` }),
    reaches: { proxy: `http to ${behindProxy}` },
  },
  'a context without a user, of an HTTP server': {
    files: () => ({ config: { ...config(plain()), contexts: [{ name: 'here', context: { cluster: 'here' } }] } }),
    reaches: { server: 'http' },
  },
  'a user that does not exist, of an HTTP server': {
    files: () => ({ config: { ...config(plain()), users: [] } }),
    reaches: { server: 'http' },
  },
  'a user that does not exist': { files: () => ({ config: { ...config(secure()), users: [] } }), refused: true },
  'KUBERNETES_MASTER without a kubeconfig': {
    files: () => ({}),
    environment: () => ({ KUBERNETES_MASTER: `http://127.0.0.1:${servers.http}` }),
    reaches: { server: 'http' },
  },
  'KUBERNETES_MASTER without a kubeconfig, and a context': {
    files: () => ({}),
    environment: () => ({ KUBERNETES_MASTER: `http://127.0.0.1:${servers.http}` }),
    context: 'here',
    refused: true,
  },
  'KUBERNETES_MASTER with TLS, which lacks credentials': {
    files: () => ({}),
    environment: () => ({ KUBERNETES_MASTER: `https://127.0.0.1:${servers.https}` }),
    refused: true,
  },
  'KUBERNETES_MASTER that is no URL': {
    files: () => ({}),
    environment: () => ({ KUBERNETES_MASTER: 'http://[' }),
    refused: true,
  },
  'KUBERNETES_MASTER beside a server': {
    ...single(secure),
    environment: () => ({ KUBECONFIG: 'DIR/config', KUBERNETES_MASTER: `http://127.0.0.1:${servers.http}` }),
    reaches: { server: 'https' },
  },
  'KUBERNETES_MASTER beside a cluster without a server': {
    ...single(() => secure({ server: undefined })),
    environment: () => ({ KUBECONFIG: 'DIR/config', KUBERNETES_MASTER: `https://127.0.0.1:${servers.https}` }),
    reaches: { server: 'https', authorization: 'Bearer one' },
  },
  'KUBERNETES_MASTER beside a context whose cluster does not exist': {
    files: () => ({ config: { ...config(secure()), clusters: [] } }),
    environment: () => ({ KUBECONFIG: 'DIR/config', KUBERNETES_MASTER: `http://127.0.0.1:${servers.http}` }),
    reaches: { server: 'http' },
  },
  'KUBERNETES_MASTER beside a kubeconfig without a current context': {
    files: () => ({ config: config(secure(), { token: 'one' }, 'here', {}) }),
    environment: () => ({ KUBECONFIG: 'DIR/config', KUBERNETES_MASTER: `http://127.0.0.1:${servers.http}` }),
    reaches: { server: 'http' },
  },
  'a folder in the list': { ...single(secure), environment: () => ({ KUBECONFIG: 'DIR:DIR/config' }), refused: true },
}

it.each(Object.entries(cases))('%s', async (_, { files, environment, context, refused, reaches = {} }) => {
  const directory = temporaryDirectory()
  for (const [path, content] of Object.entries(files())) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : stringify(content))
    if (String(content).startsWith('#!')) chmodSync(file, 0o755)
  }
  const given = environment?.() ?? { KUBECONFIG: 'DIR/config' }
  const variables: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: directory }
  for (const [name, value] of Object.entries(given)) variables[name] = value.replaceAll('DIR', directory)
  const byKubectl = await servers.reachedBy(() =>
    execa(kubectl, [...(context === undefined ? [] : ['--context', context]), 'version'], {
      env: variables,
      extendEnv: false,
      reject: false,
      stdin: 'ignore' as const,
      timeout: deadlineMs,
    }),
  )
  let refusal: unknown
  const bySuite = await servers.reachedBy(() => ask(context, variables).catch((error: unknown) => (refusal = error)))
  expect(byKubectl === undefined).toBe(refused === true)
  expect(bySuite, String(refusal)).toEqual(byKubectl)
  if (byKubectl !== undefined) expect(byKubectl).toMatchObject(reaches)
})

/** Asks for the version as a run does. The plugins of this process get its environment. */
async function ask(context: string | undefined, variables: Record<string, string>): Promise<unknown> {
  const before = { PATH: process.env.PATH, HOME: process.env.HOME }
  Object.assign(process.env, { PATH: variables.PATH, HOME: variables.HOME })
  try {
    const access = new ClusterAccess(chooseCluster(context, variables), deadlineMs, variables)
    return await new KubernetesApi(access, { writes: false, requestMs: deadlineMs, witness: () => {} }).version()
  } finally {
    Object.assign(process.env, before)
  }
}

it('covers at least 30 kubeconfigs', () => expect(Object.keys(cases).length).toBeGreaterThanOrEqual(30))
