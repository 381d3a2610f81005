/** Finds, reads and checks the configuration. Every mistake in it is a {@link ConfigurationError}. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { unescape as percentDecoded } from 'node:querystring'
import { z } from 'zod'
import { command } from '../basis/command'
import { checked, type LineOf } from '../basis/complaint'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import type { Contract, ContractName } from '../contracts/contract'
import { contractNames, defaultContract } from '../contracts/contract'
import { namedDashboards } from './dashboards'
import { type ConfigurationRecord, describeConfiguration } from './effective'
import { ConfigurationError } from './error'
import { privateKeyIn } from './keys'
import type { MetricsSinks } from './metrics-sinks'
import { type OwnCheckFiles, ownChecksOf, ownListSchema } from './own-checks'
import { type Configuration, configurationSchema } from './schema'
import { sentence } from './schema/values'
import { type Attestation, placeholders, type Waiver } from './waivers'
import { readText, yamlIn } from './yaml-file'

export interface Settings {
  readonly configuration: Configuration
  readonly contract: Contract
  readonly attestations: readonly Attestation[]
  readonly waivers: readonly Waiver[]
  /** The team's own checks; undefined if it has none. */
  readonly ownChecks: OwnCheckFiles | undefined
  /** PEM text of the certificate authority for HTTPS routes. */
  readonly certificateAuthority: string | undefined
  /** PEM text of the certificate authority of the database. */
  readonly databaseAuthority: string | undefined
  /** Signs the record. */
  readonly signingKey: KeyObject | undefined
  readonly metrics: MetricsSinks
  /** The path of the file, or a note that there is none, for the reader of a report. */
  readonly source: string
  /** The configuration as the record shows it. */
  readonly record: ConfigurationRecord
}

/**
 * Reads the file that ACCEPTANCE_CONFIG names, else acceptance.yaml in the working directory. Without a file, the names of
 * the contract apply.
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
  if (!named && !existsSync(path)) refuseUnreadFile(workingDirectory)
  const bytes = existsSync(path) ? readText(path, `The file ${path}`) : undefined
  const document = bytes === undefined ? undefined : yamlIn(bytes, path)
  const content = document?.content ?? {}
  const chosen = contracts[contractNameIn(content, path, document?.lineOf)]
  const configuration = check(configurationSchema(chosen.names), content, path, document?.lineOf)
  const contract = { ...chosen, dashboards: namedDashboards(chosen.dashboards, configuration.grafana, path) }
  const context = environment.ACCEPTANCE_CONTEXT || configuration.context
  const fromFile = (file: string) => resolve(dirname(path), file)
  const listOf = <T>(key: 'attestations' | 'waivers', entry: z.ZodType<T>): T[] =>
    configuration[key] === undefined ? [] : readNamed(key, fromFile(configuration[key]), z.array(entry), [])
  const { textfile, pushgateway } = configuration.metrics
  registerPasswordsOfUrls(configuration)
  const effective = {
    ...configuration,
    ...(context ? { context } : {}),
    ...(environment.ACCEPTANCE_READ_ONLY ? { writes: undefined } : {}),
  }
  return {
    configuration: effective,
    contract,
    attestations: listOf('attestations', attestation),
    waivers: listOf('waivers', waiver),
    ownChecks: ownChecksOf(
      new Map(
        configuration.checklist.map(fromFile).map((file) => [file, readNamed('checklist', file, ownListSchema, {})]),
      ),
    ),
    certificateAuthority: configuration.certificateAuthority
      ? readCertificate(fromFile(configuration.certificateAuthority), 'certificateAuthority')
      : undefined,
    databaseAuthority: configuration.database.certificateAuthority
      ? readCertificate(fromFile(configuration.database.certificateAuthority), 'database.certificateAuthority')
      : undefined,
    signingKey: configuration.signature ? readSigningKey(fromFile(configuration.signature.keyFile)) : undefined,
    metrics: { textfile: textfile && fromFile(textfile), pushgateway },
    source: bytes === undefined ? 'no file: the defaults of the contract' : path,
    record: describeConfiguration(effective, contract.names, bytes === undefined ? null : digestOf(bytes)),
  }
}

/** @throws ConfigurationError for a file that its author takes for the configuration, and that would not be read */
function refuseUnreadFile(folder: string): void {
  const found = namesIn(folder).find((name) => /^\.?acceptance\.ya?ml(\.(ya?ml|txt))?$/i.test(name))
  if (found === undefined) return
  const path = resolve(folder, found)
  throw new ConfigurationError(
    found === 'acceptance.yaml'
      ? `${path} is a link to a file that does not exist. Type: ${command`ls -l ${path}`}`
      : `${path} is not read: the configuration is acceptance.yaml, or the file that ACCEPTANCE_CONFIG names. Type: ${command`mv ${found} acceptance.yaml`}`,
  )
}

/** The names in a folder; none if it cannot be listed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
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

function contractNameIn(content: unknown, path: string, lineOf: LineOf | undefined): ContractName {
  const name = z.looseObject({ contract: z.enum(contractNames).default(defaultContract) })
  return check(name, content, path, lineOf).contract
}

// Date.parse alone reads "after release 2.1" as a day in 2001, and "forever 3000" as one in the year 3000.
const day = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'expected a date such as "2026-03-31"')
  .meta({ examples: ['2026-03-31'] })
const id = z.string()

/** The words of a person. A pasted template that nobody filled in vouches for nothing. */
const ownWords = (example: string) =>
  sentence(example)
    .refine((text) => !Object.values<string>(placeholders).includes(text), {
      error: 'expected your own words in the place of those of the template',
    })
    .meta({ examples: [example] })

const attestation = z
  .strictObject({ item: id, by: ownWords('Jonas Weber'), date: day, expires: day, evidence: ownWords('RUN-112') })
  .refine(({ date, expires }) => date.slice(0, 10) <= expires.slice(0, 10), {
    message: 'expected a date that is not after expires',
    path: ['date'],
  })
const waiver = z.strictObject({
  item: id,
  owner: ownWords('Priya Natarajan'),
  reason: ownWords('repaired in the next release'),
  expires: day,
})

/** Reads a YAML file that a key of the configuration names. @param empty the content of a file without any */
function readNamed<T>(key: string, path: string, schema: z.ZodType<T>, empty: unknown): T {
  // Every value stays text: as a number, the item 0.10 would become the item 0.1.
  const { content, lineOf } = yamlIn(readText(path, `${key} names ${path}, which`), path, 'failsafe')
  return check(schema, content || empty, path, lineOf)
}

const digestOf = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

function readCertificate(path: string, key: string): string {
  const pem = readText(path, `${key} names ${path}, which`)
  try {
    new X509Certificate(pem)
  } catch {
    throw new ConfigurationError(
      `${path}, which ${key} names, holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----").`,
    )
  }
  return pem
}

function readSigningKey(path: string): KeyObject {
  const pem = readText(path, `signature.keyFile names ${path}, which`)
  redaction.register(pem.replace(/-----[^-]*-----/g, '').trim())
  try {
    return privateKeyIn(pem)
  } catch (error) {
    throw new ConfigurationError(`${path}, which signature.keyFile names, cannot sign: ${messageOf(error)}.`)
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, path: string, lineOf?: LineOf): T {
  const result = checked(schema, value, lineOf)
  if ('data' in result) return result.data
  throw new ConfigurationError(`${path} cannot be used:\n${result.complaints.map((one) => `  ${one}`).join('\n')}`)
}
