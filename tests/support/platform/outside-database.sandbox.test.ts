/** A database outside the cluster is reached directly, or through a pod. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'
import { knownPorts } from '../../../sandbox/basis/ports'
import { readVault } from '../../../sandbox/credentials/vault'
import { ClusterAccess } from '../../../support/platform/kubeconfig/access'
import { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { PodRelay } from '../../../support/platform/pod-relay'

let environment: Record<string, string>
let directory: string
let port: number
beforeAll(async () => {
  environment = await sandboxEnvironment()
  directory = mkdtempSync(join(tmpdir(), 'outside-'))
  port = knownPorts()?.mysql ?? 0
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The states of section 6 in a run with further keys of the configuration. */
async function section6(database: object): Promise<readonly string[]> {
  const file = environment.ACCEPTANCE_CONFIG ?? ''
  const configuration = parse(readFileSync(file, 'utf8'))
  const changed = join(dirname(file), 'outside.yaml')
  writeFileSync(changed, stringify({ ...configuration, database: { ...configuration.database, ...database } }))
  try {
    const { verdict } = await runSuite({ ...environment, ACCEPTANCE_CONFIG: changed }, ['--tags', '@section:6'])
    return verdict.items.filter(({ section }) => section === '6').map(({ status }) => status)
  } finally {
    rmSync(changed)
  }
}

const allPassed = Array.from({ length: 5 }, () => 'passed')

it('a database at a host is reached directly', async () => {
  expect(await section6({ host: '127.0.0.1', port, tls: 'require' })).toEqual(allPassed)
})

it('a host is reached through a pod, byte for byte', async () => {
  process.env.KUBECONFIG = environment.KUBECONFIG
  const api = new KubernetesApi(ClusterAccess.to(undefined, 10_000), {
    writes: false,
    requestMs: 10_000,
    witness: () => {},
  })
  const through = { namespace: 'fawkes', pod: 'devlake-lake-0', container: 'lake' }
  const relay = await PodRelay.open(api, through, { host: '127.0.0.1', port })
  try {
    const password = readVault()['fawkes/devlake/db']?.['mysql-root-password'] ?? ''
    const connection = await createConnection({ host: '127.0.0.1', port: relay.port, user: 'root', password })
    const bytes = Buffer.from(Array.from({ length: 256 * 1024 }, (_, index) => index % 256))
    const [rows] = await connection.query('SELECT ? AS sent', [bytes])
    await connection.end()
    expect(Buffer.compare((rows as [{ sent: Buffer }])[0].sent, bytes)).toBe(0)
  } finally {
    await relay.close()
  }
})
