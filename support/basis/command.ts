/**
 * The lines of a remedy. A line is data, a text of the suite with values in it, and this file alone renders it for a shell: no
 * value adds a word, an operator, an option or a line. The quoting is that of bash and zsh; plain words stay without quotes.
 */

import { localPortOf, type ServicePort, type Way } from './way'

declare const brand: unique symbol

/** A line that is safe to type into bash or zsh. Only this file makes one: a template string does not compile as a remedy. */
export type CommandLine = string & { readonly [brand]: true }

/** A value of a command line. A list renders as one word for each element. */
type Value = string | number | readonly string[]

/** Text in another language, such as PromQL, that its own escaping has made safe. */
export interface Foreign {
  readonly foreign: string
}

/** The context that commands name. Undefined names none: then a command acts on the cluster that it is typed in. */
let context: string | undefined

/** The names for contexts that no kubeconfig has: that of a pod's own cluster, and that of the environment. */
const withoutKubeconfig: ReadonlySet<string | null> = new Set(['inClusterContext', 'KUBERNETES_MASTER', '', null])

let way: Way = {}

/** Builds the commands of this process from now on for a context of the kubeconfig; null or '' names none. */
export function addressCommands(name: string | null, toService = way): void {
  context = withoutKubeconfig.has(name) ? undefined : (name ?? undefined)
  way = toService
}

/** Builds commands for a context while `build` runs, so that a record yields the same commands in each process. */
export function addressed<T>(name: string | null, build: () => T): T {
  const before = context
  addressCommands(name)
  try {
    return build()
  } finally {
    context = before
  }
}

/** The lines of this process that only read and end by themselves: a program may run them, beside their port-forwards. */
const reading = new Set<string>()

/** The positions of the lines that only read and end by themselves. */
export const readingLines = (lines: readonly CommandLine[]): number[] =>
  lines.flatMap((line, position) => (reading.has(line) ? [position] : []))

/** Marks a line that only reads although its text does not say so, such as a query by POST. A credential left open is no value. */
export function onlyReads(line: CommandLine): CommandLine {
  if (!line.includes('…')) reading.add(line)
  return line
}

/** The verbs of kubectl that change nothing, unless the line is interactive or waits. */
const readingText = /^kubectl (get|describe|logs|explain|version|auth can-i)\b(?!.*(\s-it?\b|\s-f\b|\s-w\b|…))/

/** The start of a program that takes a context, in the text of a template. The configuration of kubectl is in no cluster. */
const addressable =
  /(^|\$\(|\| )(?:kubectl (?!config )|(?<other>helm|argocd) |npx dora-acceptance (?:run|explain|init) )/g

/** The options of the programs in remedies that are followed by a value of their own. */
const takesValue = new Set([
  '-n',
  '-l',
  '-c',
  '-o',
  '-d',
  '-H',
  '-X',
  '-u',
  '-e',
  '-f',
  '--resolve',
  '--field-selector',
])

/**
 * A command line. The text of the template is shell syntax, written by the suite: single quotes are the only quotes in it. Each
 * value is quoted as far as needed, also inside those quotes. A value that begins with a dash follows `--`.
 */
export function command(text: TemplateStringsArray, ...values: readonly Value[]): CommandLine {
  let line = ''
  let isQuoted = false
  const forwards: CommandLine[] = []
  const isCurl = text[0]?.startsWith('curl ') ?? false
  text.forEach((part, index) => {
    line +=
      index === 0 && isCurl
        ? `curl ${resolving(values)}${withCredentials(part.slice(5))}`
        : withCredentials(inContext(part, index === 0))
    if (part.split("'").length % 2 === 0) isQuoted = !isQuoted
    const value = isCurl ? reachable(values[index], forwards) : values[index]
    if (value === undefined) return
    if (isQuoted) line += insideQuotes(String(value))
    else if (typeof value === 'object') line += value.map(quoted).join(' ')
    else line += `${endOfOptions(line, String(value))}${quoted(String(value))}`
  })
  const template = text.join(' ')
  if (isCurl ? !/ -[dX] /.test(template) && !line.includes('…') : readingText.test(template)) reading.add(line)
  if (forwards.length > 0) prerequisites.set(line, forwards)
  return line as CommandLine
}

/** A part of a template with the context behind each program that takes one. Only the first part begins a line. */
function inContext(part: string, isFirst: boolean): string {
  if (context === undefined) return part
  const name = quoted(context)
  return part.replaceAll(addressable, (program, before: string, other: string | undefined) =>
    before === '' && !isFirst ? program : `${program}${other ? '--kube-context' : '--context'} ${name} `,
  )
}

/** The lines of this process that need others to run beside them. */
const prerequisites = new Map<string, readonly CommandLine[]>()

/** The lines, each after the port-forwards that it needs. */
export const withPrerequisites = (lines: readonly CommandLine[]): CommandLine[] => [
  ...new Set(lines.flatMap((line) => [...(prerequisites.get(line) ?? []), line])),
]

/** The port of this machine that a printed port-forward to a service opens. */
export const localPort = (service: ServicePort): number => localPortOf(service, way.services ?? [])

/** A URL of a service in the cluster, which no name server outside of it knows. */
const clusterUrl = /^http:\/\/(?<service>[a-z0-9-]+)\.(?<namespace>[a-z0-9-]+)\.svc(?::(?<port>\d+))?(?=[/?#]|$)/

/** The options that lead curl to the ingress controller, if a value is a URL of one of its hosts. */
function resolving(values: readonly Value[]): string {
  const { address = '', httpsPort, certificateAuthority } = way.ingress ?? {}
  const target = values.map(throughIngress).find((found) => found !== undefined)
  if (!target) return ''
  const authority =
    certificateAuthority !== undefined && target.port === httpsPort ? ['--cacert', certificateAuthority] : []
  return `${['--resolve', `${target.host}:${target.port}:${address}`, ...authority].map(quoted).join(' ')} `
}

/** The host and the port by which the ingress controller is reached, if the value is a URL of one of its hosts. */
function throughIngress(value: Value | undefined): { readonly host: string; readonly port: number } | undefined {
  const [, scheme, host = ''] = (typeof value === 'string' && /^(https?):\/\/([^/:?#]+)(?=[/?#]|$)/.exec(value)) || []
  if (!way.ingress?.hosts.includes(host)) return undefined
  return { host, port: scheme === 'https' ? way.ingress.httpsPort : way.ingress.httpPort }
}

/** The value as a URL that this machine reaches. Adds the port-forward that it needs. */
function reachable(value: Value | undefined, forwards: CommandLine[]): Value | undefined {
  const ingress = throughIngress(value)
  if (typeof value === 'string' && ingress)
    return value.replace(`://${ingress.host}`, () => `://${ingress.host}:${ingress.port}`)
  const { service, namespace, port = '80' } = (typeof value === 'string' && clusterUrl.exec(value)?.groups) || {}
  if (typeof value !== 'string' || service === undefined || namespace === undefined) return value
  const local = localPort({ namespace, service, port: Number(port) })
  forwards.push(command`kubectl port-forward -n ${namespace} svc/${service} ${local}:${port}`)
  return value.replace(clusterUrl, `http://localhost:${local}`)
}

/** The credentials that a template leaves open, with the words before the value and the Secret that holds it. */
const credentials = () => [
  { open: "'Authorization: Bearer …'", filled: "'Authorization: Bearer '", secret: way.token },
  {
    open: "-u 'admin:…'",
    filled: way.grafana?.isToken ? "-H 'Authorization: Bearer '" : "-u 'admin:'",
    secret: way.grafana,
  },
]

/** The text of a template with credentials in the place of an ellipsis: the shell reads them from their Secret. */
function withCredentials(part: string): string {
  return credentials().reduce((text, { open, filled, secret }) => {
    if (secret === undefined || !text.includes(open)) return text
    const { namespace, name, key } = secret
    const read = command`kubectl get secret -n ${namespace} ${name} -o jsonpath='{.data${jsonpathKey(key)}}'`
    return text.replace(open, () => `${filled}$(${read} | base64 -d)`)
  }, part)
}

/**
 * A comment on one line. zsh and a bash without `interactive_comments` run a typed comment as a command, so values are quoted
 * here too, and an apostrophe of the template is a typographic one.
 */
export function comment(text: TemplateStringsArray, ...values: readonly (string | number | Foreign)[]): CommandLine {
  const parts = text.map((part, index) => {
    const value = values[index]
    return `${part.replaceAll("'", '’')}${value === undefined ? '' : inComment(value)}`
  })
  return `# ${parts.join('')}` as CommandLine
}

/** An example for the configuration file, on several lines. Values become YAML scalars on one line. */
export function configuration(text: TemplateStringsArray, ...values: readonly (string | Foreign)[]): CommandLine {
  const parts = text.map((part, index) => `${part}${values[index] === undefined ? '' : scalar(values[index])}`)
  return `# in the configuration:\n${parts.join('')}` as CommandLine
}

/** A value that PromQL reads as the text, in double quotes. Escapes also what a shell would replace between double quotes. */
export const promqlText = (text: string): string =>
  `"${text
    .toWellFormed()
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll(/[$`!\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, inHex('\\u', '\\U'))}"`

/** A label's value as the text format for metrics writes it, in double quotes. */
export const expositionText = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`

/** A value that MySQL reads as the text, in single quotes. */
export const sqlText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`

/** The name of a database, table or column in MySQL, in backquotes: it may be a reserved word. */
export const quotedSqlName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** The name as people write it: in backquotes unless it is plain. */
export const sqlName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) ? name : quotedSqlName(name))

/** One part of a URL. Half of a character pair, which no URL can hold, becomes U+FFFD. */
export const urlPart = (text: string): string => encodeURIComponent(text.toWellFormed())

/** The key of a map in a jsonpath of kubectl, such as `.tls\.crt`. */
export const jsonpathKey = (key: string): string => `.${key.replaceAll(/[^A-Za-z0-9_-]/gu, '\\$&')}`

/** Marks a text that the escaping of another language has made safe, so that a comment shows it without quotes. */
export const foreign = (text: string): Foreign => ({ foreign: text })

/** Characters that a terminal does not show, or that move text around. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu
const hasInvisible = (text: string) => text.search(invisible) >= 0

/** Words that bash and zsh take as they are. A first `=` or `~` is not among them: the shells would replace it. */
const plain = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** One word of a shell. */
function quoted(text: string): string {
  if (plain.test(text)) return text
  return hasInvisible(text) ? escaped(text) : `'${insideQuotes(text)}'`
}

/** The text for a place between single quotes. */
const insideQuotes = (text: string): string =>
  text.replaceAll("'", "'\\''").replaceAll(invisible, (character) => `'${escaped(character)}'`)

/** The text in ANSI-C quotes, which bash and zsh know. An argument cannot hold NUL: it becomes the four characters `\x00`. */
const escaped = (text: string): string =>
  `$'${text
    .replaceAll('\\', '\\\\')
    .replaceAll('\0', '\\\\x00')
    .replaceAll(/['!]/g, inOctal)
    .replaceAll(invisible, inOctal)}'`

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The bytes of a character, such as `\342\200\250`. The three digits leave no doubt about the end of a byte. */
const inOctal = (character: string): string =>
  short[character] ?? [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

/** A character as four hexadecimal digits behind one prefix, or as eight behind the other. */
const inHex = (four: string, eight: string) => (character: string) => {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `${eight}${code.padStart(8, '0')}` : `${four}${code.padStart(4, '0')}`
}

/** The text with an escape, such as `\n` or `\u2028`, for each character that does not show. */
const visible = (text: string): string =>
  text.replaceAll(invisible, (character) => short[character] ?? inHex('\\u', '\\U')(character))

/** `--` and a space before a value that would become an option. */
function endOfOptions(line: string, value: string): string {
  if (!value.startsWith('-') || !/(^|[\s(])$/.test(line)) return ''
  const words = line.trim().split(/\s+/)
  return takesValue.has(words.at(-1) ?? '') || words.includes('--') ? '' : '-- '
}

function inComment(value: string | number | Foreign): string {
  if (typeof value === 'object') return visible(value.foreign)
  const text = visible(String(value))
  return /^[\p{L}\p{N}_@%+=:,./ -]*$/u.test(text) ? text : `'${insideQuotes(text)}'`
}

const scalar = (value: string | Foreign): string =>
  typeof value === 'object'
    ? visible(value.foreign)
    : /^[\w-]+$/.test(value)
      ? value
      : JSON.stringify(value).replaceAll(/[$`]|[^\x20-\x7e]/g, inHex('\\u', '\\U'))
