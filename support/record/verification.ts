/** Says of a record on disk whether it is as it was written, and by whom it is signed. */
import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { publicKeyIn } from '../configuration/keys'
import { type Changes, changesIn } from './digest'
import { fingerprintOf, isSignedBy, type Signature, signatureOf, signatureSchema } from './signature'

export const verificationExitCodes = { untouched: 0, changed: 1, 'not checked': 3 } as const

export interface Verification {
  readonly outcome: keyof typeof verificationExitCodes
  /** What to show, line by line. */
  readonly lines: readonly string[]
}

/** Why a record could not be checked: shown as it is. */
class NotChecked extends Error {}

type Members = Readonly<Record<string, unknown>>

/** @param publicKeyFile whose signature the record has to bear; without it a signature is only mentioned */
export function verifyRecord(file: string, publicKeyFile?: string): Verification {
  return checked(() => {
    const record = readRecord(file)
    const changes = changesIn(record)
    const signature = checked(() => describeSignature(file, record, changes === null, publicKeyFile))
    return changes === null
      ? { ...signature, lines: [...untouched(file, record), ...signature.lines] }
      : { outcome: 'changed', lines: [...describeChanges(file, record, changes), ...signature.lines] }
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
  const text = read(file)
  const value = parseJson(file, text)
  const members = typeof value === 'object' && value !== null ? (value as Members) : {}
  const missing = ['digest', 'digests', 'items'].filter((name) => !(name in members))
  if (missing.length > 0)
    throw new NotChecked(`${file} is no record of this suite: it has no ${missing.join(', no ')}. ${whatToName}`)
  // JSON's readers disagree which of two members of one name counts, so such a file says two things.
  const twice = parseDocument(text, { uniqueKeys: true }).errors.find(({ code }) => code === 'DUPLICATE_KEY')
  if (twice)
    throw new NotChecked(`${file} has a member twice in one object: ${twice.message.split(/:\n/)[0]}. No run wrote it.`)
  return members
}

const whatToName = 'Name the verdict.json that a run wrote.'

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new NotChecked(`${file} is not JSON: ${(error as Error).message}. ${whatToName}`)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new NotChecked(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`)
  }
}

const untouched = (file: string, { digest, verdict, finishedAt }: Members) => [
  `${file} is untouched: ${verdict}, finished at ${finishedAt}.`,
  `  digest ${digest}`,
]

function describeChanges(file: string, { items }: Members, { sections, parts }: Changes): string[] {
  const ids = (section: string) =>
    (Array.isArray(items) ? items : []).filter((item) => item?.section === section).map((item) => item.id)
  return [
    `${file} was changed after it was written:`,
    ...sections.map((section) => `  section ${section}: items ${ids(section).join(', ') || 'none that are left'}`),
    ...parts.map((part) => `  ${part === 'digest' ? unexplained : part}`),
  ]
}

const unexplained = 'the digest itself, the order of the sections, or a part together with its own digest'

/** A signature is for the digest, which says something about the record only while the record is as it was written. */
function describeSignature(file: string, record: Members, isUntouched: boolean, publicKeyFile?: string): Verification {
  const publicKey = publicKeyFile === undefined ? undefined : readKey(publicKeyFile)
  const signature = readSignature(signatureOf(file))
  if (signature === undefined)
    return publicKey
      ? { outcome: 'not checked', lines: ['It is not signed.'] }
      : {
          outcome: 'untouched',
          lines: ['It is not signed: compare the digest with that on paper, for it can be computed anew.'],
        }
  const { keyFingerprint } = signature
  if (!publicKey)
    return {
      outcome: 'untouched',
      lines: [`It bears a signature by the key ${keyFingerprint}, not checked: name that key with --public-key FILE.`],
    }
  if (isUntouched && isSignedBy(String(record.digest), signature, publicKey))
    return { outcome: 'untouched', lines: [`Signed by the key ${fingerprintOf(publicKey)} (${publicKeyFile}).`] }
  const asked = fingerprintOf(publicKey)
  return keyFingerprint === asked
    ? {
        outcome: 'changed',
        lines: [`The signature by the key ${asked} does not match: this is not the record that was signed.`],
      }
    : {
        outcome: 'not checked',
        lines: [`It is signed by the key ${keyFingerprint}, and not by ${asked} (${publicKeyFile}).`],
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
  throw new NotChecked(`${file} is no signature: expected algorithm Ed25519, keyFingerprint and signature.`)
}
