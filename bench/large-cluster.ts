/** The read-only run on a cluster with many objects of others, against the same run on the sandbox as it is. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { withOwnSandbox } from '../faults/runs/sandbox'

const root = resolve(__dirname, '..')
const rounds = 5
const mostRatio = 1.5
const mostMegabytes = 512
const counts = { Pod: 5_000, Secret: 1_000, ExternalSecret: 300, Application: 200 } as const

const namespaces = Array.from({ length: 20 }, (_, at) => `team-${at}`)
const nodes = Array.from({ length: 50 }, (_, at) => `others-${at}`)
/** Objects in one `kubectl create`; it sends at most 50 in a second. */
const inOnePart = 250

type Environment = Readonly<Record<string, string>>

interface Measured {
  readonly milliseconds: number
  readonly megabytes: number
}

/** @throws Error when the suite does not accept the platform, with or without the other objects */
export async function benchLargeCluster(print: (line: string) => void): Promise<boolean> {
  return withOwnSandbox([], async (environment) => {
    await run(environment)
    const small = await median(environment)
    await fill(environment)
    const large = await median(environment)
    const ratio = large.milliseconds / small.milliseconds
    print(
      `read-only run beside ${Object.entries(counts)
        .map(([kind, count]) => `${count} ${kind}s`)
        .join(', ')} of others`,
    )
    print(`  sandbox        ${shown(small)}`)
    print(`  large cluster  ${shown(large)}`)
    print(`  ratio          ${ratio.toFixed(2)} (target at most ${mostRatio}, in ${mostMegabytes} MB)`)
    return ratio <= mostRatio && large.megabytes <= mostMegabytes
  })
}

const shown = ({ milliseconds, megabytes }: Measured) =>
  `${(milliseconds / 1000).toFixed(2)} s, peak ${megabytes.toFixed(0)} MB`

/** The median of the times, and the highest peak of memory. */
async function median(environment: Environment): Promise<Measured> {
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round++) measured.push(await run(environment))
  const times = measured.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other)
  return {
    milliseconds: times[Math.floor(rounds / 2)] ?? Number.NaN,
    megabytes: Math.max(...measured.map(({ megabytes }) => megabytes)),
  }
}

/** Runs the suite as an operator would, without writes and pages: Chromium has its own memory. */
async function run(environment: Environment): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'))
  const memory = join(directory, 'memory')
  try {
    const begin = performance.now()
    await execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', '--tags', 'not @writes and not @browser'], {
      cwd: root,
      env: {
        ...environment,
        ACCEPTANCE_REPORTS: join(directory, 'reports'),
        CI: 'true',
        NODE_OPTIONS: `--require ${join(__dirname, 'peak-memory.cjs')}`,
        PEAK_MEMORY_FILE: memory,
      },
    })
    const milliseconds = performance.now() - begin
    return { milliseconds, megabytes: Math.max(...readFileSync(memory, 'utf8').trim().split('\n').map(Number)) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Creates the objects of others, and waits until their pods run. */
async function fill(environment: Environment): Promise<void> {
  await create(
    environment,
    namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  )
  await create(environment, nodes.map(node))
  const objects = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, at) => objectOf[kind as keyof typeof counts](at)),
  )
  const parts = Array.from({ length: Math.ceil(objects.length / inOnePart) }, (_, at) =>
    objects.slice(at * inOnePart, (at + 1) * inOnePart),
  )
  const side = async (first: number) => {
    for (let at = first; at < parts.length; at += 4) await create(environment, parts[at] ?? [])
  }
  await Promise.all([0, 1, 2, 3].map(side))
  const waiting = namespaces.map((name) =>
    execa('kubectl', ['wait', 'pods', '--all', '-n', name, '--for=condition=Ready', '--timeout=240s'], {
      env: environment,
      stdout: 'ignore',
    }),
  )
  await Promise.all(waiting)
}

async function create(environment: Environment, items: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  await execa('kubectl', ['create', '-f', '-'], { env: environment, input, stdout: 'ignore' })
}

const placed = (kind: string, at: number) => ({
  name: `${kind}-${at}`,
  namespace: namespaces[at % namespaces.length],
  labels: { app: `${kind}-${at % 40}` },
})

const node = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
  spec: { taints: [{ key: 'team', value: 'others', effect: 'NoSchedule' }] },
  status: {
    capacity: { cpu: '64', memory: '256Gi', pods: '250' },
    allocatable: { cpu: '64', memory: '256Gi', pods: '250' },
  },
})

const objectOf: Readonly<Record<keyof typeof counts, (at: number) => object>> = {
  Pod: (at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...placed('pod', at), annotations: { 'sandbox/access': 'none' } },
    spec: {
      nodeName: nodes[at % nodes.length],
      tolerations: [{ operator: 'Exists' }],
      containers: [
        { name: 'main', image: 'example.org/main:1', env: [{ name: 'SETTINGS', value: 'x'.repeat(1_000) }] },
      ],
    },
  }),
  Secret: (at) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: placed('secret', at),
    stringData: { value: 'x'.repeat(2_000) },
  }),
  ExternalSecret: (at) => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: placed('external', at),
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      data: [{ secretKey: 'value', remoteRef: { key: 'fawkes/devlake/grafana', property: 'admin-password' } }],
    },
  }),
  Application: (at) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: `application-${at}`, namespace: 'fawkes' },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.org/team.git', path: `apps/${at}`, targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: namespaces[at % namespaces.length] },
    },
  }),
}
