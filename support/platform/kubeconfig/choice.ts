/** Selects the cluster and the user of a run by kubectl's rules, and refuses what kubectl refuses (client-go, clientcmd/validation.go). */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { command, comment } from '../../basis/command'
import { Blocked } from '../../basis/expectation'
import { ConfigurationError } from '../../configuration/error'
import { type Kubeconfig, kubeconfigPaths, loadKubeconfigFiles } from './files'
import { type Cluster, clusterOf, type Plugin, type User, userOf } from './schema'
import { registerSecrets } from './secrets'
import { serverUrlOf } from './server-url'

/** The cluster and the user of a run, before any request. */
export interface Choice {
  /** The name of the context. */
  readonly context: string
  /** The place where the context was found, for people: "current context of /home/me/.kube/config". */
  readonly source: string
  /** The name of the cluster in the kubeconfig; undefined inside a cluster. */
  readonly clusterName: string | undefined
  /** True only if the cluster is the one in which this process runs, by the service account of its pod. */
  readonly insideCluster: boolean
  readonly cluster: Cluster
  readonly user: User
}

/** The name that the context of a pod's service account has, as in other Kubernetes clients for JavaScript. */
const inClusterContext = 'inClusterContext'

/** The name of the context for a server that only the environment names. */
const presetContext = 'KUBERNETES_MASTER'

/** A user without credentials, as kubectl takes a context without a user. */
const nobody = userOf({})

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Loads the kubeconfig and selects a context.
 * @param context name of the context; the current context if undefined
 * @param serviceAccount the folder in which a pod finds its token
 * @throws Blocked if there is no kubeconfig, ConfigurationError if kubectl could not use it or it does not have the context
 */
export function chooseCluster(
  context: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
  serviceAccount = serviceAccountFolder,
): Choice {
  const paths = kubeconfigPaths(environment)
  const config = loadKubeconfigFiles(paths)
  registerSecrets(config)
  const preset = presetCluster(environment)
  if (isEmpty(config)) {
    const own = inCluster(environment, serviceAccount) ?? presetAlone(preset) ?? absent(paths, config)
    if (context && context !== own.context) throw noContext(context, config)
    return own
  }
  // An empty name on the command line counts as none.
  const name = context || config.currentContext
  if (name === undefined) {
    const alone = presetAlone(preset)
    if (alone) return alone
    throw new ConfigurationError(`The kubeconfig (${paths.join(', ')}) names no current context. ${choiceOf(config)}`)
  }
  const chosen = config.contexts.get(name)
  if (!chosen) throw noContext(name, config)
  const { cluster: clusterName = '', user: userName = '' } = chosen
  const named = config.clusters.get(clusterName)
  const cluster = preset ? { ...preset, ...named, server: named?.server ?? preset.server } : named
  const user = config.users.get(userName) ?? nobody
  const problems = [
    ...(cluster ? problemsOfCluster(cluster) : [`its cluster "${clusterName}" does not exist`]),
    ...problemsOfUser(user),
    ...withoutCredentials(user, cluster, userName),
  ]
  if (!cluster || problems.length > 0)
    throw new ConfigurationError(
      `kubectl cannot use the context "${name}" of the kubeconfig ${chosen.file}: ${problems.join('; ')}. Show it with "kubectl config view" and correct the file in an editor.`,
    )
  const source = !context ? `current context of ${config.currentContextFile}` : `from ${chosen.file}`
  return { context: name, source, clusterName: chosen.cluster, insideCluster: false, cluster, user }
}

/** Returns the cluster that KUBERNETES_MASTER gives where the kubeconfig names no server (client-go, ClusterDefaults). */
const presetCluster = ({ KUBERNETES_MASTER: server }: NodeJS.ProcessEnv): Cluster | undefined =>
  server ? clusterOf({ server }) : undefined

/** @throws ConfigurationError if that cluster cannot be used without a kubeconfig */
function presetAlone(cluster: Cluster | undefined): Choice | undefined {
  if (!cluster) return undefined
  const [problem] = [...problemsOfCluster(cluster), ...(isSecure(cluster) ? ['only a kubeconfig has credentials'] : [])]
  if (problem !== undefined)
    throw new ConfigurationError(
      `kubectl cannot use the server that the environment variable KUBERNETES_MASTER names: ${problem}. Name a kubeconfig in KUBECONFIG.`,
    )
  const source = 'the environment variable KUBERNETES_MASTER'
  return { context: presetContext, source, clusterName: undefined, insideCluster: false, cluster, user: nobody }
}

const isEmpty = ({ contexts, clusters, users, currentContext }: Kubeconfig) =>
  contexts.size + clusters.size + users.size === 0 && currentContext === undefined

/** The contexts to choose from, and the way to choose. */
const choiceOf = ({ contexts }: Kubeconfig): string =>
  contexts.size === 0
    ? 'It has no context at all. Name another file: export KUBECONFIG=PATH.'
    : `It has: ${[...contexts.keys()].join(', ')}. Choose one with --context, such as ${command`--context ${[...contexts.keys()][0] ?? ''}`}.`

const noContext = (name: string, config: Kubeconfig) =>
  new ConfigurationError(`The kubeconfig has no context "${name}". ${choiceOf(config)}`)

function absent(paths: readonly string[], { missing }: Kubeconfig): never {
  throw new Blocked({
    summary: 'There is no kubeconfig, so there is no cluster to check.',
    object: 'kubeconfig',
    expected: 'a file named by KUBECONFIG, ~/.kube/config, or a service account inside a cluster',
    found:
      missing.length > 0 ? `no such file: ${missing.join(', ')}` : `no context in ${paths.join(', ') || 'KUBECONFIG'}`,
    remedy: [
      ...(missing.some((path) => path.startsWith('~'))
        ? [comment`only a shell replaces ~, and only outside quotes: write the whole path`]
        : []),
      command`export KUBECONFIG=PATH`,
      command`kubectl config get-contexts`,
    ],
  })
}

/** Returns the cluster of the pod in which this process runs; undefined outside a pod, or without its token. */
function inCluster(environment: NodeJS.ProcessEnv, folder: string): Choice | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  const tokenFile = join(folder, 'token')
  if (!host || !port || !existsSync(tokenFile)) return undefined
  const cluster = clusterOf({
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    'certificate-authority': join(folder, 'ca.crt'),
  })
  const source = 'the service account of this pod'
  const user = userOf({ tokenFile })
  return { context: inClusterContext, source, clusterName: undefined, insideCluster: true, cluster, user }
}

function problemsOfCluster(cluster: Cluster): string[] {
  const problems: string[] = []
  const { server, 'proxy-url': proxy, 'certificate-authority': file, 'certificate-authority-data': data } = cluster
  if (server === undefined) problems.push('its cluster has no server')
  else if (serverUrlOf(server) === undefined) problems.push('its server is no URL')
  if (proxy !== undefined && !/^(https?|socks5):$/.test(URL.parse(proxy)?.protocol ?? ''))
    problems.push('its proxy-url is no URL with the scheme http, https or socks5')
  if (file !== undefined && data !== undefined)
    problems.push('certificate-authority and certificate-authority-data are both given')
  if (cluster['insecure-skip-tls-verify'] && (file !== undefined || data !== undefined))
    problems.push('insecure-skip-tls-verify and a certificate authority are both given')
  const missing = unreadable(file)
  if (missing.length === 0 && !holdsCertificate(file, data))
    problems.push('its certificate authority holds no certificate in PEM form')
  return [...problems, ...missing]
}

/** Go takes an authority without one for a mistake; Node would take the machine's own authorities in its place. */
function holdsCertificate(file: string | undefined, data: string | undefined): boolean {
  const pem = data ? Buffer.from(data, 'base64').toString('latin1') : file && readFileSync(file, 'latin1')
  return !pem || pem.includes('-----BEGIN CERTIFICATE-----')
}

function problemsOfUser(user: User): string[] {
  const { token, tokenFile, username, password, exec, 'auth-provider': provider } = user
  const problems: string[] = []
  if ((token !== undefined || tokenFile !== undefined) && (username !== undefined || password !== undefined))
    problems.push('a token and a user name or password are both given')
  const certificate = [user['client-certificate'], user['client-certificate-data']].filter(Boolean).length
  const key = [user['client-key'], user['client-key-data']].filter(Boolean).length
  if (certificate > 1) problems.push('client-certificate and client-certificate-data are both given')
  if (certificate > 0 && key > 1) problems.push('client-key and client-key-data are both given')
  if (certificate > 0 && key === 0) problems.push('a client certificate is given without its key')
  if (certificate > 0) problems.push(...unreadable(user['client-certificate']), ...unreadable(user['client-key']))
  const extra = Object.keys(user['as-user-extra']).length
  if (user.as === undefined && (user['as-uid'] !== undefined || user['as-groups'].length + extra > 0))
    problems.push('as-uid, as-groups or as-user-extra are given without as')
  if (exec && provider) problems.push('exec and auth-provider are both given')
  if (provider && provider.name !== 'oidc')
    problems.push(`kubectl removed the auth provider ${provider.name}; use its credential plugin (exec) instead`)
  return [...problems, ...(exec ? problemsOfPlugin(exec) : [])]
}

const isSecure = (cluster: Cluster | undefined) => /^https:/i.test(cluster?.server ?? '')

/** Returns the problem of a user for whom kubectl asks for a name and a password: credentials are never sent without TLS. */
function withoutCredentials(user: User, cluster: Cluster | undefined, name: string): string[] {
  const certificate = user['client-certificate'] ?? user['client-certificate-data']
  const any = user.token ?? user.tokenFile ?? user.username ?? certificate ?? user.exec ?? user['auth-provider']
  if (any || !isSecure(cluster)) return []
  if (user === nobody) return [`its user "${name}" does not exist`]
  return ['its user has no credentials: no token, user name, client certificate, exec or auth-provider']
}

const pluginVersions = ['v1', 'v1beta1'].map((version) => `client.authentication.k8s.io/${version}`)

function problemsOfPlugin({ apiVersion, command, interactiveMode }: Plugin): string[] {
  const problems: string[] = []
  if (command === '') problems.push('exec.command is missing')
  if (!pluginVersions.includes(apiVersion)) problems.push(`exec.apiVersion is none of ${pluginVersions.join(', ')}`)
  if (interactiveMode === undefined && apiVersion === pluginVersions[0])
    problems.push('exec.interactiveMode is missing')
  if (interactiveMode !== undefined && !['Never', 'IfAvailable', 'Always'].includes(interactiveMode))
    problems.push('exec.interactiveMode is none of Never, IfAvailable, Always')
  return problems
}

function unreadable(file: string | undefined): string[] {
  if (file === undefined) return []
  try {
    accessSync(file, constants.R_OK)
    return []
  } catch {
    return [`the file ${file} cannot be read`]
  }
}
