/** Preloaded into the package on Node 20: what undici, Cucumber and the suite use of newer versions. Newer ones keep their own. */
const { existsSync, readFileSync } = require('node:fs')
const files = require('node:fs/promises')
const tls = require('node:tls')
const workers = require('node:worker_threads')
const zlib = require('node:zlib')

// undici takes both when it is loaded. It marks objects that no worker may copy, and the suite asks for no Zstandard.
workers.markAsUncloneable ??= () => {}
zlib.createZstdDecompress ??= () => {
  throw new Error('Node 20 cannot decompress Zstandard: use Node 22.15 or later.')
}

/** Files with the certificate authorities of the system, as the distributions name them. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]
const certificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const certificatesIn = (file) =>
  file && existsSync(file) ? (readFileSync(file, 'utf8').match(certificates) ?? []) : []

tls.getCACertificates ??= (kind = 'default') => {
  const { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS } = process.env
  return kind === 'system'
    ? certificatesIn([SSL_CERT_FILE, ...bundles].find((file) => file && existsSync(file)))
    : [...tls.rootCertificates, ...certificatesIn(NODE_EXTRA_CA_CERTS)]
}

Map.groupBy ??= (values, keyOf) => {
  const groups = new Map()
  let index = 0
  for (const value of values) {
    const key = keyOf(value, index++)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return groups
}

// Cucumber finds the features and the steps by both.
files.glob ??= async function* (pattern, { cwd } = {}) {
  yield* await require('tinyglobby').glob(pattern, { cwd, onlyFiles: false, expandDirectories: false })
}
Array.fromAsync ??= async (values) => {
  const all = []
  for await (const value of values) all.push(value)
  return all
}
