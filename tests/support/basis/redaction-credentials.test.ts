/** What looks like a credential is masked though nobody registered it, and nothing else is. */
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Redaction } from '../../../support/basis/redaction'

const redaction = new Redaction()
const base64url = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url')
const jwt = `${base64url({ alg: 'RS256', kid: 'a' })}.${base64url({ sub: 'system:serviceaccount:fawkes:x' })}.c2lnbmF0dXJl`
const run = (length: number) => 'aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4fG6iJ8'.repeat(3).slice(0, length)

const examples = [
  ['the user of a URL', 'mysql://merico:pa55@devlake-mysql:3306/lake', 'mysql://[redacted]@devlake-mysql:3306/lake'],
  ['a user without a name', 'redis://:pa55@cache:6379', 'redis://[redacted]@cache:6379'],
  ['a password with a sign', 'https://a:p@ss@host/x', 'https://[redacted]@host/x'],
  ['a URL in JSON of PHP', '"https:\\/\\/a:b@host\\/x"', '"https:\\/\\/[redacted]@host\\/x"'],
  ['two URLs', 'http://a:b@c http://d:e@f', 'http://[redacted]@c http://[redacted]@f'],
  ['a user in a DSN of Go', 'dsn lake:pa55word@tcp(mysql:3306)/lake', 'dsn lake:[redacted]@tcp(mysql:3306)/lake'],
  ['a user without a scheme', '"lake:pa55word@mysql"', '"lake:[redacted]@mysql"'],
  ['a token in place of a user', `https://${run(24)}@host/x`, 'https://[redacted]@host/x'],
  ['a bearer token in a URL', 'authorization=Bearer%20abcDEF123456', 'authorization=Bearer%20[redacted]'],
  ['a bearer token in capitals', 'BEARER\tabcDEF123456', 'BEARER\t[redacted]'],
  ...['hf_', 'AIza', 'SG.', 'ATATT3', 'xapp-1-'].map((kind) => [
    `a token that begins with ${kind}`,
    `x ${kind}${run(32)} y`,
    'x [redacted] y',
  ]),
  ['a bearer token', 'curl -H "X: Bearer abc123def456" x', 'curl -H "X: Bearer [redacted]" x'],
  ['a Basic header', 'Basic YWRtaW46c2VjcmV0', 'Basic [redacted]'],
  ['an Authorization header', 'Authorization: Token abcdefgh', 'Authorization: Token [redacted]'],
  [
    'an Authorization header in JSON',
    '{"authorization":"Basic YWRtaW46c2VjcmV0"}',
    '{"authorization":"Basic [redacted]"}',
  ],
  ['a header without a scheme', 'authorization: abcdefgh\nx: y', 'authorization: [redacted]\nx: y'],
  ['a JWT', `token ${jwt}, and more`, 'token [redacted], and more'],
  ...['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'].map((kind) => [
    `a token of GitHub, ${kind}`,
    `x ${kind}${run(36)} y`,
    'x [redacted] y',
  ]),
  ['a fine-grained token of GitHub', `x github_pat_${run(22)}_${run(59)}`, 'x [redacted]'],
  ['a token of GitLab', `"glpat-${run(20)}"`, '"[redacted]"'],
  ['a bot of Slack', `xoxb-123456789012-${run(24)}`, '[redacted]'],
  ['a user of Slack', `xoxp-123456789012-${run(24)}`, '[redacted]'],
  ['an access key of AWS', 'id AKIAIOSFODNN7EXAMPLE.', 'id [redacted].'],
  ['a token of Vault', `hvs.${run(24)}`, '[redacted]'],
  ['a token of npm', `x npm_${run(36)} y`, 'x [redacted] y'],
  ...['sqp_', 'squ_', 'sqa_'].map((kind) => [`a token of SonarQube, ${kind}`, `${kind}${run(40)}`, '[redacted]']),
  ['a token of Docker Hub', `login dckr_pat_${run(27)}`, 'login [redacted]'],
  ['a key of OpenAI', `key=sk-${run(48)}`, 'key=[redacted]'],
  ['a key of a project', `"sk-proj-${run(24)}-${run(24)}"`, '"[redacted]"'],
  ...['token', 'access_token', 'private_token', 'api_key', 'apikey'].map((name) => [
    `a parameter ${name}`,
    `GET /x?a=b&${name}=abcd-1234&c=d and https://h/?${name}=abcd1234`,
    `GET /x?a=b&${name}=[redacted]&c=d and https://h/?${name}=[redacted]`,
  ]),
  ['a parameter in HTML', 'href="/x?a=b&amp;token=abcd1234"', 'href="/x?a=b&amp;token=[redacted]"'],
  ['a service account of Grafana', `glsa_${run(32)}_0a1b2c3d`, '[redacted]'],
  ['an Authorization header in capitals', 'AUTHORIZATION: Token abcdefgh', 'AUTHORIZATION: Token [redacted]'],
  ['a token of Grafana Cloud', `glc_${run(32)}`, '[redacted]'],
  ['an API key of Grafana', `key eyJrIjoi${run(48)}`, 'key [redacted]'],
  [
    'a private key in base64',
    `client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt${run(40)}`,
    'client-key-data: [redacted]',
  ],
  ...['sk_live_', 'rk_test_', 'whsec_', 'pypi-AgE', 'ya29.', 'GOCSPX-', 'NRAK-', 'AGE-SECRET-KEY-1'].map((kind) => [
    `a token that begins with ${kind}`,
    `x ${kind}${run(32)} y`,
    'x [redacted] y',
  ]),
  ['a token of a GitLab agent', `glagent-${run(50)}`, '[redacted]'],
  ['a signature of a URL', `https://h/x?a=b&X-Amz-Signature=${run(64)}`, 'https://h/x?a=b&X-Amz-Signature=[redacted]'],
  [
    'a password in a URL of JDBC',
    'jdbc:mysql://h/lake?user=a&password=pa55&b=c',
    'jdbc:mysql://h/lake?user=a&password=[redacted]&b=c',
  ],
  ['a password of ODBC', 'Server=h;Uid=lake;Pwd=p4ss/w0rd;Port=1', 'Server=h;Uid=lake;Pwd=[redacted];Port=1'],
  ['a password in JSON', '{"user":"a","password": "p4ss w0rd","b":1}', '{"user":"a","password": "[redacted]","b":1}'],
  ['a password with a quote in JSON', '{"password":"p4\\"ss"}', '{"password":"[redacted]"}'],
  ['a password in JSON within JSON', '"{\\"password\\":\\"p4ss\\"}"', '"{\\"password\\":\\"[redacted]\\"}"'],
  ['a password in Python', "{'passwd': 'p4ss'}", "{'passwd': '[redacted]'}"],
  ['a password in an environment', 'DB_PASSWORD=pa55 MYSQL_PWD=pa56', 'DB_PASSWORD=[redacted] MYSQL_PWD=[redacted]'],
  ['a password as an option', '--password=pa55 -v', '--password=[redacted] -v'],
  ['the secret of a client', 'client_id=a&client_secret=abcd&x', 'client_id=a&client_secret=[redacted]&x'],
  ['an access key of a storage', 'AccountName=a;AccountKey=YWJjZA==;x', 'AccountName=a;AccountKey=[redacted];x'],
  ['a secret access key', '{"SecretAccessKey":"abcd"}', '{"SecretAccessKey":"[redacted]"}'],
  ['a cookie', 'Cookie: grafana_session=0123456789abcdef; b=c\nHost: x', 'Cookie: grafana_session=[redacted]\nHost: x'],
  ['a cookie that is set', 'set-cookie: sid=0123456789; Path=/', 'set-cookie: sid=[redacted]'],
  ['a temporary key of AWS', 'ASIAIOSFODNN7EXAMPLE', '[redacted]'],
]

describe('what looks like a credential is masked', () => {
  it.each(examples)('%s', (_, text = '', expected = '') => {
    expect(redaction.redact(text)).toBe(expected)
    expect(redaction.redactForeign(text)).toBe(expected)
    // Nothing is masked twice.
    expect(redaction.redact(expected)).toBe(expected)
  })

  // A long text is read in pieces, those of ASCII two characters at a time.
  const pieceLength = 2 ** 17
  const places = [1, 2, ...[-4, -3, -2, -1, 0, 1].map((beside) => pieceLength + beside)]

  it.each([
    ['ASCII', '.'],
    ['other characters, too', 'é'],
  ])('wherever it stands in a long text of %s', (_, first) => {
    for (const place of places) {
      const before = `${first}${'.'.repeat(place)}`.slice(0, place)
      for (const [title, text, expected] of examples)
        expect(redaction.redact(before + text), `${title} at ${place}`).toBe(before + expected)
    }
  })

  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })

  const pgpKey = privateKey.replace(/(?<=BEGIN|END) PRIVATE KEY/g, ' PGP PRIVATE KEY BLOCK')

  it.each([
    ['a private key', `a\n${privateKey}b`, /^a\n\[redacted\]\nb$/],
    ['a private key in JSON', JSON.stringify({ key: privateKey }), /^\{"key":"\[redacted\]\\n"\}$/],
    ['a private key in a log', `${privateKey.replaceAll('\n', '\n2026 | ')}end`, /^\[redacted\]\n2026 \| end$/],
    ['a private key that is cut off', `a ${privateKey.slice(0, 500)}… and more`, /^a \[redacted\]… and more$/],
    ['a private key of PGP', pgpKey, /^\[redacted\]\n$/],
    ['two private keys', `${privateKey}and ${privateKey}`, /^\[redacted\]\nand \[redacted\]\n$/],
  ])('%s', (_, text, expected) => {
    expect(redaction.redact(text)).toMatch(expected)
  })
})

describe('a text of many megabytes breaks nothing that consists of', () => {
  it.each([
    ['a private key without an end', '-----BEGIN PRIVATE KEY-----', 'A'],
    ['a private key with escaped line ends', '-----BEGIN PRIVATE KEY-----', '\\n'],
    ['a JWT of many parts', 'eyJabcdef.abcdef', '.'],
    ['a password', 'password="', '\\"'],
    ['a cookie', 'Cookie: a=', 'b'],
  ])('%s', (_, begin, part) => {
    const text = begin + part.repeat(12_000_000 / part.length)
    expect(redaction.redactForeign(text).length).toBeLessThan(text.length)
  })
})

describe('what is no credential stays', () => {
  it.each([
    "curl -s -H 'Authorization: Bearer …' 'http://devlake.example.org/api/version'",
    "curl -s -u 'admin:…' 'http://grafana.example.org/api/org'",
    'curl -H "Authorization: Bearer $TOKEN" http://x',
    'curl -H "Authorization: Bearer <token>" http://x',
    'Bearer authentication is required, Basic information too',
    'WWW-Authenticate: Basic realm="devlake"',
    'WWW-Authenticate: Bearer realm="devlake"',
    'ssh://git@github.com/acme/checkout.git',
    'http://user:…@host/path',
    'registry.example/dora-acceptance:v1.27@sha256:9f86d081884c7d659a2feaa0c55ad015',
    'dora-acceptance:v1.27@sha256:9f86d081884c7d659a2feaa0c55ad015',
    'write to mailto:team@example.org at 12:30',
    '/api/x?token=…&password=$PASSWORD',
    'https://example.org:8443/@scope/package?mail=a@b.c',
    'write to team@example.org, see https://example.org: thanks@all',
    'system:serviceaccount:fawkes:acceptance@cluster',
    '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUe\n-----END CERTIFICATE-----',
    'certificateAuthority holds no private key ("-----BEGIN PRIVATE KEY-----").',
    'authorization.k8s.io/v1',
    'kubectl auth can-i get secrets',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'eyJ is how JSON begins in base64',
    'gauge_ghp_total 3',
    'npm_config_registry and npm_package_name are variables of npm',
    'pod sk-service-7f9c6d4b8-x2x9z and risk-0123456789abcdef0123456789',
    'next page: ?page_token=2 &tokens=12345 ?api=key',
    "curl 'http://h/x?token='$(cat token)",
    'Access denied for user (using password: YES)',
    'MYSQL_PWD=$(kubectl get secret) mysql, PWD=/work and OLDPWD=/root',
    '--password=… or --password=<password> or password="$PASSWORD" or password: wrong',
    'secretAccessKeyRef, passwordKey: mysql-password and "passwordKey":"mysql-password"',
    'certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJz',
    'the cookie: a = b, Cookies: x=0123456789',
  ])('%s', (text) => {
    expect(redaction.redact(text)).toBe(text)
    expect(redaction.redactForeign(text)).toBe(text)
  })
})
