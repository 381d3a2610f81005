/** `npm run verify-record`: unchanged records, changed records and the place of the change, signatures, and unreadable files. */
import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { redaction } from '../../../support/basis/redaction'
import { loadSettings } from '../../../support/configuration/load'
import { contracts } from '../../../support/flavours/flavours'
import { withDigest } from '../../../support/record/digest'
import { fingerprintOf } from '../../../support/record/signature'
import { verifyRecord } from '../../../support/record/verification'
import { renderSignOff } from '../../../support/report/sign-off/page'
import { writeReports } from '../../../support/report/write'
import { root } from '../../fixtures/features'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { temporaryDirectory } from '../../fixtures/reports'
import { judged } from '../../fixtures/verdict'

const { verdict, runs } = platformWithFaults()
const [mine, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
const pemOf = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }) as string

let directory: string
let file: string
beforeEach(() => {
  directory = temporaryDirectory()
  file = join(directory, 'verdict.json')
})

const put = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content)
  return join(directory, name)
}
const written = (key?: KeyObject) => writeReports(directory, judged(verdict, runs), key)
const edit = (from: string | RegExp, to: string) => {
  const text = readFileSync(file, 'utf8')
  expect(text.search(from)).toBeGreaterThan(0)
  writeFileSync(file, text.replace(from, to))
}
const said = (publicKeyFile?: string) => {
  const { outcome, lines } = verifyRecord(file, publicKeyFile)
  return { outcome, text: lines.join('\n').replaceAll(directory, 'DIRECTORY') }
}

describe('a record', () => {
  it('that nobody edited is unchanged, with the digest that the sign-off page shows', () => {
    written()
    const { outcome, text } = said()
    expect(outcome).toBe('unchanged')
    expect(text).toMatch(/^DIRECTORY\/verdict\.json is unchanged: verdict error, finished at 2026-/)
    expect(text).toContain(verdict.digest)
    expect(text).toContain('The record is not signed. Compare the digest with the signed sign-off page')
    const page = renderSignOff(verdict, runs, 'There is no record of an earlier run to compare with.')
    expect(page).toContain(verdict.digest)
    expect(page).toContain('npx dora-acceptance verify verdict.json')
  })

  it('that names its key is not checked without its signature', () => {
    const signedBy = fingerprintOf(mine.publicKey)
    const { digest: _, digests: __, ...content } = verdict
    const record = judged(withDigest({ ...content, signedBy }), runs)
    writeReports(directory, record, mine.privateKey)
    expect(said(put('mine.pub.pem', pemOf(mine.publicKey)))).toMatchObject({ outcome: 'unchanged' })
    rmSync(`${file}.sig`)
    expect(said()).toEqual({
      outcome: 'not checked',
      text: expect.stringContaining(
        `The key ${signedBy} signs this record, but its signature DIRECTORY/verdict.json.sig is missing.`,
      ),
    })
  })

  it('of a changed checkout, a weakened configuration and unsigned shards says so', () => {
    const { digest: _, digests: __, ...content } = verdict
    const differences = [{ key: 'cluster.workers', checklist: '3', configured: '1', asked: '3 or more' }]
    const inputs = {
      suite: {
        ...content.suite,
        ...{ changedFiles: ['support/checks/pods.ts'], environment: ['NODE_OPTIONS=--require ./patch.cjs'] },
      },
      configuration: { sha256: null, effective: {}, differences },
      shards: [{ shard: '1/1', digest: 'a', keyFingerprint: null, verified: false }],
    }
    writeReports(directory, judged(withDigest({ ...content, ...inputs }), runs))
    expect(said()).toMatchObject({ outcome: 'unchanged' })
    for (const line of [
      `The suite was not commit ${content.suite.commit}. Changed files: support/checks/pods.ts.`,
      'The environment of the run had NODE_OPTIONS=--require ./patch.cjs.',
      'The configuration asked less than the checklist: cluster.workers.',
      'Merged from shard 1/1, which is not signed.',
    ])
      expect(said().text).toContain(line)
  })

  it('that contradicts itself counts as changed, although its digests fit', () => {
    written()
    const { outcome, lines } = verifyRecord(file, undefined, () => ['Item 3.1 is passed, but its scenario failed.'])
    expect(outcome).toBe('changed')
    expect(lines).toContain('  Item 3.1 is passed, but its scenario failed.')
  })

  it('of another checklist says that its items were not compared', () => {
    written()
    const line = 'The record is of another checklist than that of this suite, so its items were not compared with it.'
    expect(verifyRecord(file, undefined, () => [], 'another').lines).toContain(line)
    expect(verifyRecord(file, undefined, () => [], verdict.suite.checklistSha256).lines).not.toContain(line)
  })

  it('that was reformatted is unchanged', () => {
    written()
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))))
    expect(said().outcome).toBe('unchanged')
  })

  it('that was edited is changed, with the sections and their items, and the other parts by name', () => {
    written()
    edit('"id": "3.1"', '"id": "3.9"')
    edit('"namespace": "fawkes"', '"namespace": "fakes"')
    const ids = verdict.items.filter(({ section }) => section === '3').map(({ id }) => (id === '3.1' ? '3.9' : id))
    expect(said()).toEqual({
      outcome: 'changed',
      text: expect.stringContaining(
        `DIRECTORY/verdict.json was changed after it was written:\n  section 3: items ${ids.join(', ')}\n  platform\n`,
      ),
    })
  })

  it('that lost a section names it', () => {
    written()
    const record = JSON.parse(readFileSync(file, 'utf8'))
    put(
      'verdict.json',
      JSON.stringify({ ...record, items: record.items.filter((item: { section: string }) => item.section !== '3') }),
    )
    expect(said()).toMatchObject({
      outcome: 'changed',
      text: expect.stringContaining('  section 3: all items removed'),
    })
  })
})

describe('a record that cannot be checked says why:', () => {
  it.each<[string, string | null, string]>([
    ['a missing file', null, 'DIRECTORY/verdict.json does not exist. Pass the verdict.json that a run wrote.'],
    ['a truncated file', '{"verdict": "acc', 'DIRECTORY/verdict.json is not valid JSON: '],
    ['a file of another kind', '[1, 2]', 'DIRECTORY/verdict.json is not a record of this suite: '],
    ['a record without digests', '{"verdict": "accepted"}', 'it has no digest, no digests, no items. Pass the'],
  ])('%s', (_, content, sentence) => {
    if (content !== null) put('verdict.json', content)
    const { outcome, text } = said()
    expect(outcome).toBe('not checked')
    expect(text).toContain(sentence)
    expect(text).not.toMatch(/\n\s+at /)
  })

  it('a record with a duplicate key', () => {
    written()
    edit('"verdict": "error"', '"verdict": "accepted", "verdict": "error"')
    expect(said()).toEqual({
      outcome: 'not checked',
      text: expect.stringMatching(/contains a duplicate key: .* at line 2, column \d+\. No run writes such a file\.$/),
    })
  })

  it.each<[string, () => string, string]>([
    [
      'a missing file',
      () => join(directory, 'none.pem'),
      'DIRECTORY/none.pem cannot be read: it does not exist. Create it, or correct its name.',
    ],
    ['not a key', () => put('key.pem', 'ssh-ed25519 AAAA'), 'found no readable key.'],
    [
      'a key of another type',
      () => put('key.pem', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)),
      'key.pem cannot be used: expected an Ed25519 public key in PEM form ("-----BEGIN PUBLIC KEY-----"), found one of the type rsa.',
    ],
  ])('a public key: %s', (_, key, sentence) => {
    written(mine.privateKey)
    const { outcome, text } = said(key())
    expect(outcome).toBe('not checked')
    expect(text).toContain(sentence)
  })

  it('an invalid signature file; a changed record is still reported', () => {
    written(mine.privateKey)
    put('verdict.json.sig', '{}')
    expect(said()).toMatchObject({
      outcome: 'not checked',
      text: expect.stringContaining('verdict.json.sig is not a signature file'),
    })
    edit('"verdict": "error"', '"verdict": "accepted"')
    expect(said().outcome).toBe('changed')
  })
})

describe('a signature', () => {
  const publicKey = () => put('mine.pem', pemOf(mine.publicKey))
  const ofMine = fingerprintOf(mine.publicKey)

  it('by the given key says so; without a given key it is mentioned', () => {
    written(mine.privateKey)
    expect(said(publicKey())).toEqual({
      outcome: 'unchanged',
      text: expect.stringContaining(`Signed by the key ${ofMine} (DIRECTORY/mine.pem).`),
    })
    expect(said()).toEqual({
      outcome: 'unchanged',
      text: expect.stringContaining(`The record has a signature by the key ${ofMine}, which was not checked`),
    })
  })

  it('survives reordering and reformatting', () => {
    written(mine.privateKey)
    const record = JSON.parse(readFileSync(file, 'utf8'))
    put('verdict.json', JSON.stringify(Object.fromEntries(Object.entries(record).reverse())))
    expect(said(publicKey()).outcome).toBe('unchanged')
  })

  it('that is missing although a key is given is reported', () => {
    written()
    expect(said(publicKey())).toMatchObject({
      outcome: 'not checked',
      text: expect.stringContaining('The record is not signed.'),
    })
  })

  it('by another key names both', () => {
    written(theirs.privateKey)
    const { outcome, text } = said(publicKey())
    expect(outcome).toBe('not checked')
    expect(text).toContain(`The record is signed by the key ${fingerprintOf(theirs.publicKey)}, not by ${ofMine}`)
  })

  it('does not match a record whose digests were recomputed', () => {
    written(mine.privateKey)
    const signature = readFileSync(`${file}.sig`, 'utf8')
    const other = platformWithFaults().verdict
    written()
    expect(existsSync(`${file}.sig`), 'an unsigned run leaves no signature of an earlier one').toBe(false)
    const { digest: _, digests: __, ...content } = other
    writeReports(directory, judged(withDigest({ ...content, problems: ['Another.'] }), runs))
    put('verdict.json.sig', signature)
    expect(said().outcome).toBe('unchanged')
    expect(said(publicKey())).toMatchObject({
      outcome: 'changed',
      text: expect.stringContaining(`The signature by the key ${ofMine} does not match`),
    })
  })

  it('of a changed record is not confirmed, although its digest is the one that was signed', () => {
    written(mine.privateKey)
    edit('"verdict": "error"', '"verdict": "accepted"')
    const { outcome, text } = said(publicKey())
    expect(outcome).toBe('changed')
    expect(text).not.toContain('Signed by')
  })

  it('is over the text of the digest, and the fingerprint is over the key in DER', async () => {
    written(mine.privateKey)
    const { signature, keyFingerprint } = JSON.parse(readFileSync(`${file}.sig`, 'utf8'))
    const der = mine.publicKey.export({ type: 'spki', format: 'der' })
    const key = await webcrypto.subtle.importKey('spki', der, 'Ed25519', false, ['verify'])
    const [bytes, message] = [Buffer.from(signature, 'base64'), Buffer.from(verdict.digest)]
    expect(await webcrypto.subtle.verify('Ed25519', key, bytes, message)).toBe(true)
    expect(keyFingerprint).toBe(createHash('sha256').update(der).digest('hex'))
  })
})

describe('the key of the configuration', () => {
  const settingsOf = (pem: string | null) => {
    if (pem !== null) put('signing.pem', pem)
    put('acceptance.yaml', 'signature: { keyFile: signing.pem }')
    return loadSettings(contracts, {}, directory)
  }

  it('signs, and its content is redacted from then on', () => {
    const pem = pemOf(mine.privateKey)
    const { signingKey } = settingsOf(pem)
    written(signingKey)
    expect(said(put('mine.pem', pemOf(mine.publicKey))).outcome).toBe('unchanged')
    const [, body = ''] = pem.split('\n')
    expect(body).toMatch(/^MC4C/)
    expect(redaction.redact(`a log with ${body} in it`)).toBe('a log with [redacted] in it')
    expect(redaction.redact(pemOf(mine.publicKey))).toBe(pemOf(mine.publicKey))
  })

  it.each<[string, string | null, RegExp]>([
    ['is missing', null, /signature\.keyFile names .*signing\.pem, which cannot be read: it does not exist/],
    [
      'is a public one',
      pemOf(mine.publicKey),
      /cannot sign: expected an unencrypted Ed25519 private key .* found no readable key/,
    ],
    ['is of another type', pemOf(generateKeyPairSync('x25519').privateKey), /found one of the type x25519\.$/],
    [
      'has a passphrase',
      mine.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }) as string,
      /found no readable key/,
    ],
  ])('is refused when it %s, without showing its content', (_, pem, message) => {
    expect(() => settingsOf(pem)).toThrow(message)
  })
})

describe('the command', () => {
  const run = (...given: string[]) =>
    spawnSync(process.execPath, ['-r', 'ts-node/register', 'support/cli/main.ts', 'verify', ...given], {
      cwd: root,
      encoding: 'utf8',
    })

  it('exits with 0, 1 or 3, and prints its usage', () => {
    written(mine.privateKey)
    expect(run(file)).toMatchObject({ status: 0, stdout: expect.stringContaining('is unchanged') })
    edit('"verdict": "error"', '"verdict": "accepted"')
    expect(run(file)).toMatchObject({ status: 1, stdout: expect.stringContaining('  verdict\n') })
    rmSync(file)
    expect(run(file, '--public-key', file)).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('does not exist'),
    })
    expect(run('--pubkey', file)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('See: dora-acceptance verify --help'),
    })
  })
})
