/** Finds, reads and checks the configuration; every way in which it can be wrong is a {@link ConfigurationError}. */
import { type KeyObject, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { unescape as percentDecoded } from 'node:querystring'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { redaction } from '../basis/redaction'
import type { Contract, ContractName } from '../contracts/contract'
import { contractNames } from '../contracts/contract'
import { ConfigurationError } from './error'
import { privateKeyIn } from './keys'
import type { MetricsSinks } from './metrics-sinks'
import { type Configuration, configurationSchema } from './schema'
import type { Attestation, Waiver } from './waivers'

export interface Settings {
  readonly configuration: Configuration
  readonly contract: Contract
  readonly attestations: readonly Attestation[]
  readonly waivers: readonly Waiver[]
  /** PEM text of the authority for HTTPS routes. */
  readonly certificateAuthority: string | undefined
  /** Signs the record. */
  readonly signingKey: KeyObject | undefined
  readonly metrics: MetricsSinks
  /** Where the configuration came from, for the reader of a report. */
  readonly source: string
}

/**
 * The file is ACCEPTANCE_CONFIG, else acceptance.yaml in the working directory, else there is none and the names of the
 * contract hold.
 * @throws ConfigurationError
 */
export function loadSettings(
  contracts: Readonly<Record<ContractName, Contract>>,
  environment: NodeJS.ProcessEnv = process.env,
  workingDirectory: string = process.cwd(),
): Settings {
  const named = environment.ACCEPTANCE_CONFIG
  const path = resolve(workingDirectory, named || 'acceptance.yaml')
  if (named && !existsSync(path))
    throw new ConfigurationError(
      `ACCEPTANCE_CONFIG names ${path}, but there is no such file. Create it or unset the variable.`,
    )
  const document = (existsSync(path) ? readYaml(path) : undefined) ?? {}
  const contract = contracts[contractNameIn(document, path)]
  const configuration = check(configurationSchema(contract.names), document, path)
  const context = environment.ACCEPTANCE_CONTEXT || configuration.context
  const beside = (file: string) => resolve(dirname(path), file)
  const { textfile, pushgateway } = configuration.metrics
  registerPasswordsOfUrls(configuration)
  return {
    configuration: { ...configuration, ...(context ? { context } : {}) },
    contract,
    attestations: configuration.attestations ? readList(beside(configuration.attestations), attestation) : [],
    waivers: configuration.waivers ? readList(beside(configuration.waivers), waiver) : [],
    certificateAuthority: configuration.certificateAuthority
      ? readCertificate(beside(configuration.certificateAuthority))
      : undefined,
    signingKey: configuration.signature ? readSigningKey(beside(configuration.signature.keyFile)) : undefined,
    metrics: { textfile: textfile && beside(textfile), pushgateway },
    source: existsSync(path) ? path : 'no file: the defaults of the contract',
  }
}

/** Registers the passwords of all URLs in the configuration, such as that of the Pushgateway. */
function registerPasswordsOfUrls(value: unknown): void {
  if (typeof value === 'string' && URL.canParse(value)) {
    const { password } = new URL(value)
    if (password !== '') for (const form of [password, percentDecoded(password)]) redaction.register(form)
  } else if (typeof value === 'object' && value !== null)
    for (const entry of Object.values(value)) registerPasswordsOfUrls(entry)
}

function contractNameIn(document: unknown, path: string): ContractName {
  const name = z.looseObject({ contract: z.enum(contractNames).default('fawkes') })
  return check(name, document, path).contract
}

// Date.parse alone takes "after release 2.1" for a day in 2001, and "forever 3000" for one that is far away.
const day = z.union([z.iso.date(), z.iso.datetime({ offset: true })], 'expected a date such as "2026-03-31"')
const id = z.string()
const sentence = z.string().trim().min(1)

const attestation = z.strictObject({ item: id, by: sentence, date: day, expires: day, evidence: sentence })
const waiver = z.strictObject({ item: id, owner: sentence, reason: sentence, expires: day })

function readList<T>(path: string, entry: z.ZodType<T>): T[] {
  if (!existsSync(path)) throw new ConfigurationError(`The configuration names ${path}, but there is no such file.`)
  // Every value is text: as a number, the item 0.10 would become 0.1, which is another one.
  return check(z.array(entry), readYaml(path, 'failsafe') || [], path)
}

/** What the file holds; nothing where it holds no more than comments. */
function readYaml(path: string, schema: 'core' | 'failsafe' = 'core'): unknown {
  const document = parseDocument(readText(path, 'the file'), { uniqueKeys: true, schema })
  const [error] = document.errors
  try {
    if (error) throw error
    return document.toJS()
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n', 1)
    throw new ConfigurationError(`${path} is not YAML: ${reason.replace(/:$/, '')}.`)
  }
}

function readCertificate(path: string): string {
  const pem = readText(path, 'the PEM file that certificateAuthority names')
  try {
    new X509Certificate(pem)
  } catch {
    throw new ConfigurationError(
      `${path}, which certificateAuthority names, holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----").`,
    )
  }
  return pem
}

function readSigningKey(path: string): KeyObject {
  const pem = readText(path, 'the PEM file that signature.keyFile names')
  redaction.register(pem.replace(/-----[^-]*-----/g, '').trim())
  try {
    return privateKeyIn(pem)
  } catch (error) {
    throw new ConfigurationError(`${path}, which signature.keyFile names, cannot sign: ${(error as Error).message}.`)
  }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigurationError(
      `${what} ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
    )
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const complaints = result.error.issues.map((issue) => `  ${complaint(schema, issue)}`)
  throw new ConfigurationError(`${path} cannot be used:\n${[...new Set(complaints)].join('\n')}`)
}

function complaint(schema: z.ZodType, issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.') || 'the file'
  if (issue.code !== 'unrecognized_keys') return `${where}: ${issue.message}`
  const allowed = keysAt(schema, issue.path)
  const known = allowed.length > 0 ? ` Allowed: ${allowed.join(', ')}.` : ''
  return issue.keys
    .map((key) => `${[...issue.path, key].map(String).join('.')}: there is no such key.${known}`)
    .join('\n  ')
}

/** The keys that a schema allows at a path, for the message about one that it does not. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const step of path) {
    const node = at as { properties?: Record<string, unknown>; items?: unknown }
    at = typeof step === 'number' ? node.items : node.properties?.[String(step)]
  }
  return Object.keys((at as { properties?: Record<string, unknown> } | undefined)?.properties ?? {})
}
