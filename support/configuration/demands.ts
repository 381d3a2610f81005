/**
 * The keys of the configuration by what they can do to the checklist: ask less of the platform, or only say where something is.
 * The checklist names the items that a key can weaken (`configuredBy`); a test holds that no key is missing here.
 */
import { isDeepStrictEqual } from 'node:util'
import { LinePattern } from '../formats/line-pattern'
import { quantityOf } from '../formats/quantity'
import { knownErrorLines } from './known-error-lines'

/** A key with its configured value, its value in the checklist, and the configuration and the defaults around both. */
interface Setting {
  readonly configured: unknown
  readonly checklist: unknown
  readonly configuredOf: (key: string) => unknown
  readonly defaultOf: (key: string) => unknown
}

/** Returns what the checklist asks, in words, if the configured value asks less; undefined if it does not. */
type Demand = (setting: Setting) => string | undefined

const atLeast =
  (measure: (value: unknown) => number, shown: (value: unknown) => string = String): Demand =>
  ({ configured, checklist }) =>
    measure(configured) >= measure(checklist) ? undefined : `${shown(checklist)} or more`

const seconds = (value: unknown) => `${Number(value) / 1000} s`
const noShorter = atLeast(Number, seconds)
/** The checklist asks for a target that is up now, so earlier gaps are asked for on top of it; but no range shows no gap at all. */
const someRange: Demand = ({ configured }) => (Number(configured) >= 5000 ? undefined : '5 s or more')
const noLonger: Demand = ({ configured, checklist }) =>
  Number(configured) <= Number(checklist) ? undefined : `${seconds(checklist)} or less`

/** Most services collect at least once a day. Numbers that are older for longer would go unnoticed. */
const atMostADay: Demand = ({ configured }) => (Number(configured) <= 86_400_000 ? undefined : '1 day or less')

/** A version as one number, such as 1_028_000 for "1.28". */
const version = (value: unknown) => {
  const [major = 0, minor = 0, patch = 0] = String(value).split('.').map(Number)
  return (major * 1000 + minor) * 1000 + patch
}

const unlimited: Demand = ({ configured }) => (configured === undefined ? undefined : 'all of them')

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** As many different entries as in the checklist: names depend on how a part was installed, their number does not. */
const asMany: Demand = ({ configured, checklist }) => {
  const wanted = new Set(listOf(checklist))
  return new Set(listOf(configured)).size >= wanted.size ? undefined : [...wanted].join(', ')
}

/** Keys of the configuration that rename a key of a Secret. */
const renaming = [
  ...['database.passwordKey', 'database.rootPasswordKey', 'grafana.passwordKey', 'grafana.tokenKey'],
  ...['api', 'github', 'gitlab', 'argocd', 'jenkins'].map((token) => `tokens.${token}.key`),
]

/** The key that another one renames. A token of Grafana takes the place of the password. */
const renamedBy = (other: string): string => (other === 'grafana.tokenKey' ? 'grafana.passwordKey' : other)

/** Each key of a Secret in the checklist, by its own name or by the one that another key of the configuration gives it. */
const everyKey: Demand = ({ configured, checklist, configuredOf, defaultOf }) => {
  const present = new Set(listOf(configured))
  const names = (key: string) => [
    key,
    ...renaming.filter((other) => defaultOf(renamedBy(other)) === key).map((other) => String(configuredOf(other))),
  ]
  const missing = listOf(checklist).filter((key) => !names(key).some((name) => present.has(name)))
  return missing.length === 0 ? undefined : `also ${missing.join(', ')}`
}

/** True if no path to the component covers that of the checklist, and one leads to a part of it only. */
function isNarrowed(path: string, component: unknown, all: readonly unknown[]): boolean {
  const own = all.flatMap((paths) => Object.entries(paths ?? {}).filter(([, behind]) => behind === component))
  const folder = (of: string) => of.replace(/\/*$/, '/')
  const isUnder = (one: string, other: string) => folder(one).startsWith(folder(other))
  // Another path below the root may be the root of the component.
  return path !== '/' && !own.some(([given]) => isUnder(path, given)) && own.some(([given]) => isUnder(given, path))
}

/** A path to each component as often as in the checklist, whichever host it has. */
const everyPath =
  (role: string): Demand =>
  ({ configured, checklist, configuredOf }) => {
    const others = configuredOf(`ingresses.${role}.others`)
    const all = [configured, ...(Array.isArray(others) ? others : []).map((other) => other.paths ?? {})]
    const count = (paths: unknown, component: unknown) =>
      Object.values(paths ?? {}).filter((behind) => behind === component).length
    const lost = [...new Set<unknown>(Object.values(checklist ?? {}))].filter(
      (component) =>
        all.reduce((sum, paths) => sum + count(paths, component), 0) < count(checklist, component) ||
        Object.entries(checklist ?? {}).some(([path, behind]) => behind === component && isNarrowed(path, behind, all)),
    )
    return lost.length === 0 ? undefined : `paths to ${lost.join(', ')} as in ${JSON.stringify(checklist)}`
  }

/** Labels with which Kubernetes marks single pods, or those of one revision. */
const ofSinglePods = [
  ...['statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index'],
  ...['pod-template-hash', 'controller-revision-hash'],
]

/** An object of its own, as in the checklist, so that no object is checked in place of another. */
const separate =
  (...family: readonly string[]): Demand =>
  ({ configured, checklist, configuredOf, defaultOf }) => {
    const shared = family.filter((key) => isDeepStrictEqual(configuredOf(key), configured))
    const together = family.filter((key) => isDeepStrictEqual(defaultOf(key), checklist))
    if (isDeepStrictEqual(configured, {})) return 'at least one label: without labels, every pod is selected'
    const single = ofSinglePods.filter((label) => label in Object(configured))
    if (single.length > 0) return `labels that all pods of the component have, without ${single.join(' and ')}`
    return shared.length <= together.length ? undefined : `an object of its own, not that of ${shared.join(' and ')}`
  }

const family = (path: (member: string) => string, members: readonly string[]): Record<string, Demand> => {
  const keys = members.map(path)
  return Object.fromEntries(keys.map((key) => [key, separate(...keys)]))
}

/** A selector that names what it selects. One of exclusions, or of a label with any value, selects nearly every workload. */
const selecting: Demand = ({ configured }) =>
  String(configured)
    .split(/,(?![^(]*\))/)
    .some((part) => /^[^!]*(?:=|\sin\s*\()/.test(part))
    ? undefined
    : 'a selector that names a label with its value'

/** The same error at other times and of other ids, and with a longer text: an expression for one message matches none of them. */
const variantsOf = (line: string): string[] =>
  [line, ...Array.from('0123456789', (digit) => line.replaceAll(/\d/g, digit))].flatMap((one) => [
    one,
    one + ' xyzzy'.repeat(80),
  ])

/** Expressions for known, harmless lines. One that matches errors of other programs and kinds hides more than was known. */
const narrow: Demand = ({ configured }) => {
  const patterns = (Array.isArray(configured) ? configured : []).filter((one) => one instanceof LinePattern)
  const hidden = patterns.flatMap((pattern) => {
    const line = knownErrorLines.find((known) => variantsOf(known).some((variant) => pattern.test(variant)))
    return line === undefined ? [] : [`${JSON.stringify(pattern.source)} also matches "${line}"`]
  })
  return hidden.length === 0 ? undefined : `expressions that match only one known, harmless line: ${hidden.join('; ')}`
}

const components = ['lake', 'ui', 'grafana', 'mysql']
const ingresses = ['service', 'grafana']
const secrets = ['service', 'database', 'grafana']
const parts = ['ingressController', 'certManager', 'argocd', 'flux', 'externalSecrets', 'prometheusOperator', 'grafana']
const each = (members: readonly string[], path: (member: string) => string, demand: Demand): Record<string, Demand> =>
  Object.fromEntries(members.map((member) => [path(member), demand]))

/** The keys that can ask less than the checklist. */
export const demands: Readonly<Record<string, Demand>> = {
  'cluster.minimumVersion': atLeast(version),
  'cluster.workers': atLeast(Number),
  ...family((component) => `components.${component}.labels`, components),
  ...family((component) => `components.${component}.service`, components),
  ...family((ingress) => `ingresses.${ingress}.name`, ingresses),
  ...Object.fromEntries(ingresses.map((ingress) => [`ingresses.${ingress}.paths`, everyPath(ingress)])),
  'storage.size': atLeast((value) => quantityOf(String(value)) ?? 0),
  ...family((secret) => `secretNames.${secret}.name`, secrets),
  ...each(secrets, (secret) => `secretNames.${secret}.keys`, everyKey),
  'dataSources.github.scopes': unlimited,
  'dataSources.gitlab.scopes': unlimited,
  'dataSources.argocd.scopes': unlimited,
  'projects.only': unlimited,
  'projects.atMost': atLeast(Number),
  ...each(parts, (part) => `dependencies.${part}.selector`, selecting),
  ...each(parts, (part) => `dependencies.${part}.parts`, asMany),
  'certificates.validFor': noShorter,
  'logs.lookBack': noShorter,
  'monitoring.lookBack': someRange,
  'logs.allow': narrow,
  'application.reconciledWithin': noLonger,
  'deadlines.schedule': atMostADay,
  ...each(['request', 'condition', 'collection', 'dashboard'], (what) => `deadlines.${what}`, noLonger),
}

const name = 'it only names an object, which must exist and is then checked like the one of the checklist'
const address = 'it only says how the platform is reached'
const reports = 'it concerns the reports of the run, not what the run asks'

/** The keys that cannot ask less than the checklist, each with the reason. */
export const harmless: Readonly<Record<string, string>> = {
  contract: 'the record names it, and each item without a counterpart is not applicable with its reason',
  context: address,
  secrets: 'it is held against the ExternalSecrets of the namespace: with one of them, the items of both kinds count',
  namespace: name,
  ...Object.fromEntries(components.map((component) => [`components.${component}.port`, name])),
  ...Object.fromEntries(
    ingresses.flatMap((ingress) => [
      [`ingresses.${ingress}.kind`, 'an object of that kind must lead to the service and is judged as strictly'],
      [`ingresses.${ingress}.host`, name],
      [`ingresses.${ingress}.namespace`, name],
      [`ingresses.${ingress}.others`, 'each further host is judged like the first one'],
      [`ingresses.${ingress}.probe`, 'the path must answer without a login whichever it is'],
    ]),
  ),
  'storage.claim': name,
  'application.kind': 'an object of that kind must deliver the service and is judged as strictly',
  'application.name': name,
  'application.namespace': name,
  ...Object.fromEntries(
    ['path', 'chart', 'revision'].map((key) => [`application.${key}`, 'the Application must deploy from there']),
  ),
  'application.destination': 'it is another name of the judged cluster',
  'secretStores.controllerClass': name,
  ...Object.fromEntries(
    secrets.map((secret) => [`secretNames.${secret}.externalSecret`, 'it must write the Secret of its role']),
  ),
  ...Object.fromEntries(['host', 'port', 'tls', 'certificateAuthority'].map((key) => [`database.${key}`, address])),
  'monitoring.roots.prometheus': address,
  'monitoring.roots.alertmanager': address,
  'load.parallelRequests': 'it only says how fast the run asks',
  'application.repository': 'without it any repository is accepted, so a value only asks more',
  'testApplication.name': 'without it the items of the test deployment are blocked',
  'testApplication.project': name,
  ...Object.fromEntries(
    ['api', 'github', 'gitlab', 'argocd', 'jenkins'].map((token) => [`tokens.${token}.name`, name]),
  ),
  ...Object.fromEntries(['api', 'github', 'gitlab', 'argocd', 'jenkins'].map((token) => [`tokens.${token}.key`, name])),
  ...Object.fromEntries(
    ['expired', 'webhook'].flatMap((token) => [
      [`tokens.${token}.name`, 'a value only adds a check'],
      [`tokens.${token}.key`, 'a value only adds a check'],
    ]),
  ),
  'jenkins.service': name,
  ...Object.fromEntries(
    ['github', 'gitlab', 'argocd', 'jenkins'].map((source) => [`dataSources.${source}.endpoint`, name]),
  ),
  ...Object.fromEntries(['name', 'user', 'passwordKey', 'rootPasswordKey'].map((key) => [`database.${key}`, name])),
  ...Object.fromEntries(['namespace', 'user', 'passwordKey'].map((key) => [`grafana.${key}`, name])),
  'grafana.root': address,
  'grafana.tokenKey': 'the token must be accepted, and an unknown one refused, like the password that it replaces',
  'grafana.folder': name,
  'grafana.dashboards': `${name}; two titles of the checklist may not be the same dashboard`,
  ...Object.fromEntries(
    [
      ...['table', 'deployment', 'commit'].map((key) => `deploymentCommits.${key}`),
      ...['table', 'deployment', 'column'].map((key) => `listedCommits.${key}`),
      ...['table', 'incident', 'project', 'environment', 'deployment'].map((key) => `incidents.${key}`),
      ...['table', 'id', 'project', 'commit', 'stage', 'result', 'started', 'finished'].map((key) => `builds.${key}`),
      'idPrefix',
    ].map((key) => [`events.${key}`, 'without it nothing is compared with these tables, so a value only asks more']),
  ),
  'events.builds.type.column':
    'it only says which rows are builds; what the surfaces report of builds must agree with them',
  'events.builds.type.value':
    'it only says which rows are builds; what the surfaces report of builds must agree with them',
  'monitoring.namespace': name,
  'monitoring.serviceMonitor': name,
  'monitoring.serviceMonitorNamespace': name,
  'monitoring.prometheus.service': name,
  'monitoring.prometheus.port': name,
  'monitoring.alertmanager.service': name,
  'monitoring.alertmanager.port': name,
  'monitoring.alertmanager.labels': 'they route the alert of the run, which must arrive whatever they are',
  ...Object.fromEntries(parts.map((part) => [`dependencies.${part}.namespace`, name])),
  'certificates.expect':
    'certificates that exist are checked either way, and the checklist asks for cert-manager alone',
  'ingress.address': address,
  'ingress.httpPort': address,
  'ingress.httpsPort': address,
  certificateAuthority: address,
  'absent.jenkins': 'it is held against every trace of Jenkins: with one of them, its items count',
  'absent.externalAccess': 'it is held against the addresses of the ingresses and the types of the services',
  ...Object.fromEntries(
    ['argocd', 'github', 'certManager', 'ingress', 'externalSecrets', 'alertmanager', 'storage', 'mysql'].map(
      (part) => [`absent.${part}`, 'it is held against every trace of the part: with one of them, its items count'],
    ),
  ),
  'writes.context': 'without it the items that need a change are not run',
  'writes.database': 'it concerns what the run removes at its end',
  attestations: 'the attestations stand in the record, each with its item',
  waivers: 'the waivers stand in the record, each with its item',
  checklist: 'it only adds items to those of the checklist',
  'signature.keyFile': reports,
  'metrics.textfile': reports,
  'metrics.pushgateway': reports,
  'archive.runs': reports,
  'archive.days': reports,
  environment: reports,
  owners: reports,
  'deadlines.diagnosis': 'it concerns the explanation of a failure, not the verdict',
}
