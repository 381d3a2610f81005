/** A configuration is accepted, or refused with the mistake, its place, and what is allowed. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { loadChecklist } from '../../../support/basis/checklist'
import { ConfigurationError } from '../../../support/configuration/error'
import { loadSettings } from '../../../support/configuration/load'
import { checkAgainst } from '../../../support/configuration/waivers'
import { contracts } from '../../../support/flavours/flavours'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'configuration-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(directory, name), text)

/** The settings from a file acceptance.yaml with this text. */
function load(text: string, environment: NodeJS.ProcessEnv = {}) {
  write('acceptance.yaml', text)
  return loadSettings(contracts, environment, directory)
}

/** The error message without lines, with FILE for the path of the configuration. */
const refusal = (attempt: () => unknown): string => refusalWithLines(attempt).replaceAll(/ \(line \d+\)/g, '')

function refusalWithLines(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    const { message } = error as ConfigurationError
    expect(message).not.toMatch(/\n\s+at /)
    return message.replaceAll(join(directory, 'acceptance.yaml'), 'FILE').replaceAll(directory, 'DIRECTORY')
  }
  return expect.unreachable('The configuration was taken.')
}

describe('an invalid configuration', () => {
  it.each<[string, string, string]>([
    [
      'an unknown key one level down',
      'cluster: { worker: 3 }',
      'cluster.worker: there is no such key. Did you mean workers? Allowed: minimumVersion, workers.',
    ],
    [
      'an unknown key two levels down',
      'components: { lake: { name: x } }',
      'components.lake.name: there is no such key. Allowed: labels, service, port.',
    ],
    [
      'an unknown key three levels down',
      'monitoring: { prometheus: { url: http://x } }',
      'monitoring.prometheus.url: there is no such key. Allowed: service, port.',
    ],
    [
      'two unknown keys',
      'absent: { grafana: none, vault: none }',
      'absent.grafana: there is no such key.\n  absent.vault: there is no such key. Allowed: jenkins, externalAccess, argocd, github, certManager, ingress, externalSecrets, alertmanager, storage, mysql.',
    ],
    [
      'an unknown choice',
      'secrets: vault',
      'secrets: expected external or manual, found "vault". Example: secrets: external',
    ],
    [
      'a map where text is expected',
      'namespace: { name: x }',
      'namespace: expected text, found a map of keys. Example: namespace: fawkes',
    ],
    [
      'an empty text',
      'namespace: ""',
      'namespace: expected text that is not empty, found "". Example: namespace: fawkes',
    ],
    [
      'a list where a map is expected',
      'cluster: [3]',
      'cluster: expected a map of keys, found a list. Example: cluster: { minimumVersion: "1.28" }',
    ],
    [
      'a list in place of the whole file',
      '- namespace: fawkes',
      'the file: expected a map of keys, found a list. Example: contract: fawkes',
    ],
    [
      'text in place of the whole file',
      'fawkes',
      'the file: expected a map of keys, found text. Example: contract: fawkes',
    ],
    [
      'text for a number',
      'cluster: { workers: three }',
      'cluster.workers: expected a number, found "three". Example: workers: 3',
    ],
    [
      'no workers',
      'cluster: { workers: 0 }',
      'cluster.workers: expected a number of at least 1, found the number 0. Example: workers: 3',
    ],
    [
      'a port out of range',
      'components: { ui: { port: 65536 } }',
      'components.ui.port: expected a number of at most 65535, found the number 65536. Example: port: 4000',
    ],
    [
      'an invalid version',
      'cluster: { minimumVersion: new }',
      'cluster.minimumVersion: expected a version such as "1.28", found "new"',
    ],
    [
      'an invalid quantity',
      'storage: { size: 20 GB }',
      'storage.size: expected a quantity such as "20Gi", found "20 GB"',
    ],
    [
      'a path without a leading slash',
      'ingresses: { service: { probe: api/ping } }',
      'ingresses.service.probe: expected text that begins with "/", found "api/ping". Example: probe: /api/ping',
    ],
    [
      'a path to a component that does not exist',
      'ingresses: { service: { paths: { /: web } } }',
      'ingresses.service.paths./: expected lake, ui, grafana or mysql, found "web". Example: /: lake',
    ],
    [
      'no keys in a secret',
      'secretNames: { grafana: { keys: [] } }',
      'secretNames.grafana.keys: expected a list of at least 1 entry, found an empty list. Example: keys: [ admin-password ]',
    ],
    [
      'an invalid regular expression',
      'logs: { allow: ["fine", "("] }',
      'logs.allow.1: expected a regular expression such as "timed out": missing closing ): `(`',
    ],
    [
      'look-ahead',
      "logs: { allow: ['(?=a)b'] }",
      'logs.allow.0: expected a regular expression such as "timed out": look-around and back-references are not supported, because they have no bound in time (invalid or unsupported Perl syntax: `(?=`)',
    ],
    [
      'a back-reference',
      "logs: { allow: ['(a)\\1'] }",
      'logs.allow.0: expected a regular expression such as "timed out": look-around and back-references are not supported, because they have no bound in time (invalid escape sequence: `\\1`)',
    ],
    [
      'writes without a context',
      'writes: {}',
      'writes.context: expected text, found nothing. Example: context: staging',
    ],
    [
      'writes as a switch',
      'writes: true',
      'writes: expected a map of keys, found true. Example: writes: { context: staging }',
    ],
    [
      'an absent part without a reason',
      'absent: { jenkins: true }',
      'absent.jenkins: expected text, found true. Example: jenkins: not used on this platform',
    ],
  ])('is refused for %s, with what is allowed', (_, text, complaint) => {
    expect(refusal(() => load(text))).toBe(`FILE cannot be used:\n  ${complaint}`)
  })

  it.each(['soon', '', '0s', '-5s', '30', 'Infinity s', '5 potatoes', '1e999s'])(
    'is refused for the duration "%s"',
    (text) => {
      expect(refusal(() => load(`deadlines: { request: "${text}" }`))).toBe(
        `FILE cannot be used:\n  deadlines.request: expected a duration such as "30s", "10m" or "1h", found "${text}"`,
      )
    },
  )

  it('is refused for a number in place of a duration', () => {
    expect(refusal(() => load('logs: { lookBack: 60 }'))).toContain(
      'logs.lookBack: expected text, found the number 60. Example: lookBack: 1h',
    )
  })

  it('is refused for an unknown key, with all known keys', () => {
    const message = refusal(() => load('namespaces: fawkes'))
    expect(message).toMatch(
      /^FILE cannot be used:\n {2}namespaces: there is no such key\. Did you mean namespace\? Allowed: contract, context, /,
    )
    for (const key of ['namespace', 'components', 'writes', 'waivers', 'deadlines'])
      expect(message).toContain(` ${key}`)
  })

  it.each<[string, string]>([
    ['namspace: dora', 'namspace: there is no such key. Did you mean namespace?'],
    ['nameSpace: dora', 'nameSpace: there is no such key. Did you mean namespace?'],
    ['ingreses: {}', 'ingreses: there is no such key. Did you mean ingresses?'],
    ['write: { context: x }', 'write: there is no such key. Did you mean writes?'],
    ['enviroment: production', 'enviroment: there is no such key. Did you mean environment?'],
    ['waiver: waivers.yaml', 'waiver: there is no such key. Did you mean waivers?'],
    ['component: {}', 'component: there is no such key. Did you mean components?'],
    ['database: { hots: db }', 'database.hots: there is no such key. Did you mean host?'],
    ['absent: { gihtub: none }', 'absent.gihtub: there is no such key. Did you mean github?'],
    ['absent: { certmanager: none }', 'absent.certmanager: there is no such key. Did you mean certManager?'],
    ['components: { lake: { label: {} } }', 'components.lake.label: there is no such key. Did you mean labels?'],
    ['monitoring: { lookback: 5m }', 'monitoring.lookback: there is no such key. Did you mean lookBack?'],
  ])('is refused for the typing error in "%s", with the key that was meant', (text, complaint) => {
    expect(refusal(() => load(text))).toContain(`  ${complaint} Allowed: `)
  })

  it('is refused with the line of each mistake', () => {
    const text =
      'namespace: 5\n\ncluster:\n  workers: 0\nwrites:\n  database: true\nlogs:\n  allow:\n    - fine\n    - 7\n  lookBak: 1h\n'
    const places = refusalWithLines(() => load(text)).match(/^ {2}\S+ \(line \d+\)/gm)
    expect(places?.map((place) => place.trim()).sort()).toEqual([
      'cluster.workers (line 4)',
      'logs.allow.1 (line 10)',
      'logs.lookBak (line 11)',
      'namespace (line 1)',
      'writes.context (line 5)',
    ])
  })

  it.each([
    ['a token in the place of its name', 'tokens: { api: ghp_secretsecret }', 'ghp_secretsecret'],
    ['a key in the place of its file', 'signature: ghp_secretsecret', 'ghp_secretsecret'],
    ['a URL with a password', 'metrics: { pushgateway: "ht!tp://user:hunter2@gateway" }', 'hunter2'],
  ])('is refused for %s without quoting it', (_, text, secret) => {
    expect(refusal(() => load(text))).not.toContain(secret)
  })

  it('is refused for an unknown contract, with the known ones', () => {
    expect(refusal(() => load('contract: devlike'))).toMatch(
      /^FILE cannot be used:\n {2}contract: expected fawkes or devlake, found "devlike"\. Example: contract: fawkes$/,
    )
  })

  it('is refused with all its mistakes at once', () => {
    expect(refusal(() => load('secrets: vault\ncluster: { workers: 0 }\nnope: 1')).split('\n')).toHaveLength(4)
  })

  it.each<[string, string, RegExp]>([
    [
      'a bracket that is not closed',
      'cluster: { workers: 3',
      /^FILE is not YAML: .*at line 1, column \d+\. Correct that line: /,
    ],
    [
      'tabs as indentation',
      'cluster:\n\tworkers: 3',
      /^FILE is not YAML: .*at line 2, column \d+\. Correct that line: /,
    ],
    [
      'a key that stands twice',
      'namespace: a\nnamespace: b',
      /^FILE is not YAML: Map keys must be unique at line 2, column 1\. Correct that line: /,
    ],
    [
      'a key that stands twice one level down',
      'cluster:\n  workers: 3\n  workers: 1',
      /^FILE is not YAML: Map keys must be unique at line 3/,
    ],
    [
      'two documents',
      'namespace: a\n---\nnamespace: b',
      /^FILE is not YAML: a second document begins at line 2, column 1\. Keep one of them, without the line "---"\.$/,
    ],
    [
      'a tag',
      'namespace: !env NAMESPACE',
      /^FILE is not YAML: the tag !env at line 1, column 12 is unknown\. Write the value itself; /,
    ],
    ['an alias of nothing', 'namespace: *name', /^FILE is not YAML: Unresolved alias .*name\. Correct /],
    [
      'aliases without end',
      [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        'b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]',
        'c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]',
        'd: [*c, *c, *c, *c, *c, *c]',
      ].join('\n'),
      /^FILE is not YAML: Excessive alias count/,
    ],
  ])('is refused for %s, with the place', (_, text, message) => {
    expect(refusal(() => load(text))).toMatch(message)
  })

  it('is refused when the file does not exist', () => {
    expect(refusal(() => loadSettings(contracts, { ACCEPTANCE_CONFIG: 'missing.yaml' }, directory))).toBe(
      'ACCEPTANCE_CONFIG names DIRECTORY/missing.yaml, but there is no such file. Create it or unset the variable.',
    )
  })

  it('is refused when the file is a directory', () => {
    mkdirSync(join(directory, 'acceptance.yaml'))
    expect(refusal(() => loadSettings(contracts, {}, directory))).toBe(
      'The file FILE cannot be read: it is a directory. Name a file in its place, or move the directory away.',
    )
  })

  it.each([
    ['Latin-1', Buffer.from('environment: M\xfcnchen', 'latin1')],
    ['UTF-16, as some shells write it', Buffer.from('\ufeffnamespace: dora', 'utf16le')],
  ])('is refused when the file is %s', (_, bytes) => {
    writeFileSync(join(directory, 'acceptance.yaml'), bytes)
    expect(refusal(() => loadSettings(contracts, {}, directory))).toBe(
      'The file FILE cannot be read: it is not UTF-8. Save it in that encoding.',
    )
  })

  it('takes the merge key of YAML', () => {
    const text = 'components:\n  lake: &same { port: 81 }\n  ui: { <<: *same, service: x }'
    expect(load(text).configuration.components.ui).toMatchObject({ port: 81, service: 'x' })
  })

  it.each<[string, string]>([
    ['lake: {}', 'lake: there is no such key. Its place is components.lake.'],
    [
      'components: { storage: {} }',
      'components.storage: there is no such key. Its place is storage or absent.storage.',
    ],
    [
      'ingress: { host: x }',
      'ingress.host: there is no such key. Its place is ingresses.service.host, ingresses.grafana.host or database.host.',
    ],
  ])('is refused for a key at the wrong level in "%s", with its places', (text, complaint) => {
    expect(refusal(() => load(text))).toContain(`  ${complaint} Allowed: `)
  })

  it('names the allowed keys once where several are unknown', () => {
    expect(refusal(() => load('one: 1\ntwo: 2')).match(/Allowed: /g)).toHaveLength(1)
  })

  it.each([
    'ingresses: { service: { host: "https://dora.example.org" } }',
    'ingresses: { service: { host: "dora.example.org:8443" } }',
    'ingresses: { service: { host: dora.example.org/dora } }',
    'ingress: { address: "10.0.0.7:80" }',
    'database: { host: "db.example.org:3306" }',
    'ingresses: { service: { host: "*.example.org" } }',
  ])('is refused for more than a host in %s', (text) => {
    expect(refusal(() => load(text))).toContain(
      'expected a host name or an address such as "dora.example.org", without scheme, port, path and wildcard, found ',
    )
  })

  it.each(['10.0.0.7', 'fd00::7', '::ffff:10.0.0.7', 'gateway'])(
    'takes %s for the address of the ingress',
    (address) => {
      expect(load(`ingress: { address: "${address}" }`).configuration.ingress.address).toBe(address)
    },
  )

  it.each(['attestations', 'waivers'])('is refused when the file of its %s does not exist', (key) => {
    expect(refusal(() => load(`${key}: missing.yaml`))).toBe(
      `${key} names DIRECTORY/missing.yaml, which cannot be read: it does not exist. Create it, or correct its name.`,
    )
  })

  it('is refused when the file of the certificate authority does not exist', () => {
    expect(refusal(() => load('certificateAuthority: missing.pem'))).toBe(
      'certificateAuthority names DIRECTORY/missing.pem, which cannot be read: it does not exist. Create it, or correct its name.',
    )
  })

  it('is refused when the certificate authority is not a certificate', () => {
    write('ca.pem', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n')
    expect(refusal(() => load('certificateAuthority: ca.pem'))).toBe(
      'DIRECTORY/ca.pem, which certificateAuthority names, holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----").',
    )
  })
})

const attestation = { item: '22.1', by: 'Jonas Weber', date: '2026-11-20', expires: '2026-12-20', evidence: 'RUN-112' }
const waiver = { item: '0.2', owner: 'Priya Natarajan', reason: 'December', expires: '2026-12-15' }

describe.each([
  ['attestations', attestation],
  ['waivers', waiver],
])('the file of %s', (key, entry) => {
  const loadList = (list: unknown) => {
    write('list.yaml', typeof list === 'string' ? list : stringify(list))
    return load(`${key}: list.yaml`)[key as 'attestations' | 'waivers']
  }

  it('is read', () => {
    expect(loadList([entry, { ...entry, expires: '2026-12-20T18:00:00+01:00' }])).toEqual([
      entry,
      { ...entry, expires: '2026-12-20T18:00:00+01:00' },
    ])
  })

  it.each(['', '# nobody yet\n', '[]'])('may be empty: %j', (text) => {
    expect(loadList(text)).toEqual([])
  })

  it('takes the id of an item as text, with or without quotes: 0.10 is not 0.1', () => {
    const plain = Object.entries({ ...entry, item: '0.10' }).map(([name, value]) => `${name}: ${value}`)
    expect(loadList(`- ${plain.join('\n  ')}`)).toEqual([{ ...entry, item: '0.10' }])
  })

  it.each<[string, unknown, string | RegExp]>([
    ['a map', entry, /^the file: expected a list, found a map of keys\. Example: - \{ item: ITEM, /],
    ['text', 'none', /^the file: expected a list, found text\. Example: - \{ item: ITEM, /],
    [
      'an unknown key',
      [{ ...entry, approved: 'yes' }],
      `0.approved: there is no such key. Allowed: ${Object.keys(entry).join(', ')}.`,
    ],
    [
      'an entry without an item',
      [{ ...entry, item: undefined }],
      '0.item: expected text, found nothing. Example: item: ITEM',
    ],
    [
      'a blank',
      [entry, { ...entry, [Object.keys(entry)[1] ?? '']: '  ' }],
      /^1\.(by|owner): expected text that is not empty, found " {2}"\. Example: (by|owner): [A-Z]/,
    ],
    [
      'a template that nobody filled in',
      [{ ...entry, [Object.keys(entry)[1] ?? '']: 'YOUR NAME' }],
      /^0\.(by|owner): expected your own words in the place of those of the template/,
    ],
  ])('is refused for %s', (_, list, complaint) => {
    const [first, second = '', ...more] = refusal(() => loadList(list)).split('\n')
    expect([first, more]).toEqual(['DIRECTORY/list.yaml cannot be used:', []])
    if (typeof complaint === 'string') expect(second).toBe(`  ${complaint}`)
    else expect(second.trim()).toMatch(complaint)
  })

  it.each([
    'whenever',
    'tomorrow',
    'forever 3000',
    'after release 2.1',
    '2026-02-30',
    '2026-3-31',
    '31.12.2026',
    '2026-12-31T10:00:00',
    '1',
    '',
  ])('is refused for the date "%s"', (expires) => {
    expect(refusal(() => loadList([{ ...entry, expires }]))).toBe(
      `DIRECTORY/list.yaml cannot be used:\n  0.expires: expected a date such as "2026-03-31", found ${JSON.stringify(expires)}`,
    )
  })

  it('is refused for an unknown item and for a derived item', () => {
    const named = (item: string) => ({ attestations: [], waivers: [], [key]: [{ item }] })
    const kind = key === 'waivers' ? 'A waiver' : 'An attestation'
    expect(refusal(() => checkAgainst(loadChecklist(), named('3.99')))).toBe(
      `${kind} names the item "3.99", which is not in the checklist. dora-acceptance list shows all.`,
    )
    expect(refusal(() => checkAgainst(loadChecklist(), named('23.7')))).toBe(
      `${kind} names the item "23.7", which only follows from other items: name those.`,
    )
    expect(() => checkAgainst(loadChecklist(), named('0.10'))).not.toThrow()
  })
})

describe('a valid configuration', () => {
  it('may be missing: then the names of the contract apply', () => {
    const { configuration, contract, source, attestations, waivers } = loadSettings(contracts, {}, directory)
    expect(source).toBe('no file: the defaults of the contract')
    expect(contract.name).toBe('fawkes')
    expect({ attestations, waivers }).toEqual({ attestations: [], waivers: [] })
    expect(configuration).toMatchObject({
      namespace: 'fawkes',
      secrets: 'external',
      cluster: { minimumVersion: '1.28', workers: 3 },
      storage: { claim: 'devlake-mysql', size: '20Gi' },
      application: { name: 'devlake', namespace: 'fawkes', reconciledWithin: 3_600_000 },
      monitoring: { namespace: 'monitoring', serviceMonitor: 'devlake-metrics' },
      deadlines: { request: 10_000, condition: 20_000, collection: 600_000 },
      logs: { lookBack: 3_600_000, allow: [] },
      certificates: { expect: 'some', validFor: 604_800_000 },
      absent: {},
    })
    expect(configuration.components.lake).toEqual({
      labels: { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'lake' },
      service: 'devlake-lake',
      port: 8080,
    })
    expect(configuration.secretNames.database).toEqual({
      name: 'devlake-db',
      keys: ['mysql-root-password', 'mysql-password'],
    })
    expect(configuration).not.toHaveProperty('writes')
    expect(configuration).not.toHaveProperty('context')
  })

  it.each(['', '# all defaults\n', '{}', '---\n'])('may be an empty file: %j', (text) => {
    expect(load(text).configuration).toEqual(loadSettings(contracts, {}, tmpdir()).configuration)
  })

  it('changes only what it names', () => {
    const { configuration } = load('components: { lake: { port: 9090 } }\nlogs: { lookBack: 90m, allow: ["harmless"] }')
    expect(configuration.components.lake).toMatchObject({ port: 9090, service: 'devlake-lake' })
    expect(configuration.components.ui.port).toBe(4000)
    expect(configuration.logs).toMatchObject({ lookBack: 5_400_000, allow: [{ source: 'harmless' }] })
  })

  it.each(['acceptance.yml', 'acceptance.yaml.txt', '.acceptance.yaml', 'acceptance.yaml.yml'])(
    'is never passed over for its name: %s',
    (name) => {
      write(name, 'namespace: mine')
      expect(refusal(() => loadSettings(contracts, {}, directory))).toContain(
        ` is not read: the configuration is acceptance.yaml, or the file that ACCEPTANCE_CONFIG names. Type: mv ${name} acceptance.yaml`,
      )
      expect(loadSettings(contracts, { ACCEPTANCE_CONFIG: name }, directory).configuration.namespace).toBe('mine')
      expect(load('namespace: other').configuration.namespace).toBe('other')
    },
  )

  it.each(['acceptance.yaml.example', 'acceptance.txt', 'acceptance.schema.json', 'my-acceptance.yml'])(
    'is not what another file holds: %s',
    (name) => {
      write(name, 'namespace: mine')
      expect(loadSettings(contracts, {}, directory).configuration.namespace).toBe('fawkes')
    },
  )

  it('is never passed over for a link that leads nowhere', () => {
    symlinkSync(join(directory, 'nosuch.yaml'), join(directory, 'acceptance.yaml'))
    expect(refusal(() => loadSettings(contracts, {}, directory))).toBe(
      'FILE is a link to a file that does not exist. Type: ls -l FILE',
    )
  })

  it('is the file that ACCEPTANCE_CONFIG names, and its paths are relative to that file', () => {
    mkdirSync(join(directory, 'platform'))
    write('platform/mine.yaml', 'namespace: mine\nwaivers: waivers.yaml')
    write('platform/waivers.yaml', stringify([waiver]))
    write('acceptance.yaml', 'namespace: other')
    const { configuration, waivers, source } = loadSettings(
      contracts,
      { ACCEPTANCE_CONFIG: 'platform/mine.yaml' },
      directory,
    )
    expect({ namespace: configuration.namespace, waivers, source }).toEqual({
      namespace: 'mine',
      waivers: [waiver],
      source: join(directory, 'platform/mine.yaml'),
    })
  })

  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['nothing', {}, undefined],
    ['context: written', {}, 'written'],
    ['context: written', { ACCEPTANCE_CONTEXT: 'asked' }, 'asked'],
    ['context: written', { ACCEPTANCE_CONTEXT: '' }, 'written'],
  ])('with %s and %o uses the context %s', (text, environment, context) => {
    const settings = text === 'nothing' ? loadSettings(contracts, environment, directory) : load(text, environment)
    expect(settings.configuration.context).toBe(context)
  })

  it('passes on the certificate of its authority', () => {
    const [pem = ''] = rootCertificates
    write('ca.pem', `# ours\n${pem}\n`)
    expect(load('certificateAuthority: ca.pem').certificateAuthority).toBe(`# ours\n${pem}\n`)
  })
})
