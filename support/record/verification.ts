/** Checks whether a record on disk was changed after it was written, and which key signed it. */

import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { whyUnreadable } from '../basis/unreadable'
import { publicKeyIn } from '../configuration/keys'
import { type Alterations, alterationsOf } from './digest'
import { fingerprintOf, isSignedBy, type Signature, signatureOf, signatureSchema } from './signature'

export const verificationExitCodes = { unchanged: 0, changed: 1, 'not checked': 3 } as const

export interface Verification {
  readonly outcome: keyof typeof verificationExitCodes
  /** The text to show, line by line. */
  readonly lines: readonly string[]
}

/** Thrown if a record cannot be checked. The message is shown unchanged. */
class NotChecked extends Error {}

type Members = Readonly<Record<string, unknown>>

/**
 * Verifies a record.
 * @param publicKeyFile the key that must have signed it; without it a signature is only mentioned
 * @param contradictions returns a sentence for each contradiction in a record
 * @param checklistSha256 of this suite, with whose items those of the record are compared
 */
export function verifyRecord(
  file: string,
  publicKeyFile?: string,
  contradictions: (record: unknown) => readonly string[] = () => [],
  checklistSha256?: string,
): Verification {
  return checked(() => {
    const record = readRecord(file)
    const alterations = alterationsOf(record)
    const signature = checked(() => describeSignature(file, record, alterations === null, publicKeyFile))
    const wrong = contradictions(record)
    if (alterations === null && wrong.length > 0)
      return {
        outcome: 'changed',
        lines: [`${file} contradicts itself:`, ...wrong.map((line) => `  ${line}`), ...signature.lines],
      }
    return alterations === null
      ? { ...signature, lines: [...unchanged(file, record), ...signature.lines, ...inputsOf(record, checklistSha256)] }
      : { outcome: 'changed', lines: [...describeAlterations(file, record, alterations), ...signature.lines] }
  })
}

function checked(check: () => Verification): Verification {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof NotChecked)) throw error
    return { outcome: 'not checked', lines: [error.message] }
  }
}

function readRecord(file: string): Members {
  if (!existsSync(file)) throw new NotChecked(`${file} does not exist. ${hint}`)
  const text = read(file)
  const value = parseJson(file, text)
  const members = typeof value === 'object' && value !== null ? (value as Members) : {}
  const missing = ['digest', 'digests', 'items'].filter((name) => !(name in members))
  if (missing.length > 0)
    throw new NotChecked(`${file} is not a record of this suite: it has no ${missing.join(', no ')}. ${hint}`)
  // JSON parsers disagree about which of two members with the same name counts, so such a file is ambiguous.
  const twice = parseDocument(text, { uniqueKeys: true }).errors.find(({ code }) => code === 'DUPLICATE_KEY')
  if (twice)
    throw new NotChecked(
      `${file} contains a duplicate key: ${twice.message.split(/:\n/)[0]}. No run writes such a file.`,
    )
  return members
}

const hint = 'Pass the verdict.json that a run wrote.'

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new NotChecked(`${file} is not valid JSON: ${(error as Error).message}. ${hint}`)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new NotChecked(`${file} cannot be read: ${whyUnreadable(error, file)}.`)
  }
}

const unchanged = (file: string, { digest, verdict, finishedAt }: Members) => [
  `${file} is unchanged: verdict ${verdict}, finished at ${finishedAt}.`,
  `  digest ${digest}`,
]

const inputs = z.object({
  suite: z.object({
    version: z.string(),
    commit: z.string().nullable(),
    checklistSha256: z.string().optional(),
    changedFiles: z.array(z.string()).nullish(),
    environment: z.array(z.string()).default([]),
  }),
  configuration: z
    .object({ differences: z.array(z.object({ key: z.string(), asked: z.string().nullable() })) })
    .optional(),
  shards: z
    .array(z.object({ shard: z.string(), keyFingerprint: z.string().nullable(), verified: z.boolean() }))
    .optional(),
})

/** Lines about a run by a changed checkout or of a weakened configuration, and about the shards that were merged. */
function inputsOf(record: Members, checklistSha256: string | undefined): string[] {
  const { data } = inputs.safeParse(record)
  if (data === undefined) return []
  const { suite, configuration, shards = [] } = data
  const changed = suite.changedFiles ?? []
  const less = configuration?.differences.filter(({ asked }) => asked !== null) ?? []
  return [
    ...(checklistSha256 === undefined || suite.checklistSha256 === checklistSha256
      ? []
      : [`The record is of another checklist than that of this suite, so its items were not compared with it.`]),
    ...(changed.length > 0 ? [`The suite was not commit ${suite.commit}. Changed files: ${changed.join(', ')}.`] : []),
    ...(suite.environment.length > 0 ? [`The environment of the run had ${suite.environment.join(', ')}.`] : []),
    ...(less.length > 0
      ? [`The configuration asked less than the checklist: ${less.map(({ key }) => key).join(', ')}.`]
      : []),
    ...shards.map(
      ({ shard, keyFingerprint, verified }) =>
        `Merged from shard ${shard}, ${keyFingerprint === null ? 'which is not signed' : `${verified ? 'signed' : 'with an unchecked signature'} by the key ${keyFingerprint}`}.`,
    ),
  ]
}

function describeAlterations(file: string, { items }: Members, { sections, parts }: Alterations): string[] {
  const ids = (section: string) =>
    (Array.isArray(items) ? items : []).filter((item) => item?.section === section).map((item) => item.id)
  return [
    `${file} was changed after it was written:`,
    ...sections.map((section) => `  section ${section}: ${listOf(ids(section))}`),
    ...parts.map((part) => `  ${part === 'digest' ? unexplained : part}`),
  ]
}

const listOf = (ids: readonly unknown[]) => (ids.length === 0 ? 'all items removed' : `items ${ids.join(', ')}`)

const unexplained = 'the digest itself, the order of the sections, or a part together with its own digest'

/** Checks the signature. It covers only the digest, so it proves nothing about an altered record. */
function describeSignature(file: string, record: Members, isUnaltered: boolean, publicKeyFile?: string): Verification {
  const publicKey = publicKeyFile === undefined ? undefined : readKey(publicKeyFile)
  const signature = readSignature(signatureOf(file))
  if (signature === undefined && typeof record.signedBy === 'string')
    return {
      outcome: 'not checked',
      lines: [`The key ${record.signedBy} signs this record, but its signature ${signatureOf(file)} is missing.`],
    }
  if (signature === undefined)
    return publicKey
      ? { outcome: 'not checked', lines: ['The record is not signed.'] }
      : {
          outcome: 'unchanged',
          lines: [
            'The record is not signed. Compare the digest with the signed sign-off page, because anyone who edits the file can recompute it.',
          ],
        }
  const { keyFingerprint } = signature
  if (!publicKey)
    return {
      outcome: 'unchanged',
      lines: [
        `The record has a signature by the key ${keyFingerprint}, which was not checked. To check it, pass that key with --public-key FILE.`,
      ],
    }
  if (isUnaltered && isSignedBy(String(record.digest), signature, publicKey))
    return { outcome: 'unchanged', lines: [`Signed by the key ${fingerprintOf(publicKey)} (${publicKeyFile}).`] }
  const expected = fingerprintOf(publicKey)
  return keyFingerprint === expected
    ? {
        outcome: 'changed',
        lines: [`The signature by the key ${expected} does not match: this is not the record that was signed.`],
      }
    : {
        outcome: 'not checked',
        lines: [`The record is signed by the key ${keyFingerprint}, not by ${expected} (${publicKeyFile}).`],
      }
}

function readKey(file: string) {
  const pem = read(file)
  try {
    return publicKeyIn(pem)
  } catch (error) {
    throw new NotChecked(`${file} cannot be used: ${(error as Error).message}.`)
  }
}

function readSignature(file: string): Signature | undefined {
  if (!existsSync(file)) return undefined
  const { data } = signatureSchema.safeParse(parseJson(file, read(file)))
  if (data) return data
  throw new NotChecked(
    `${file} is not a signature file: expected the keys algorithm (Ed25519), keyFingerprint and signature.`,
  )
}
