/** Commands that change the platform mend what they are printed for, typed as they stand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { catalogue } from '../../../faults/catalogue'
import { Doors, type Reference } from '../../../faults/doors/doors'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'

let environment: Record<string, string>
let doors: Doors
let heal: (() => Promise<void>) | undefined
/** The working directory of the operator, a checkout of the platform's repository. */
let repository: string | undefined

beforeAll(async () => {
  environment = await sandboxEnvironment()
  doors = new Doors(environment)
}, 120_000)

afterEach(async () => {
  await heal?.()
  heal = undefined
  if (repository) rmSync(repository, { recursive: true, force: true })
  repository = undefined
}, 120_000)

const inService = (kind: string, name: string): Reference => ({ kind, name, namespace: 'fawkes' })
const application = inService('application', 'devlake')
const serviceMonitor = { kind: 'servicemonitor', name: 'devlake-metrics', namespace: 'monitoring' }

type Break = () => Promise<() => Promise<void>>

function fault(id: string): Break {
  const found = catalogue.find((one) => one.id === id)
  if (!found) throw new Error(`There is no fault ${id}.`)
  return () => found.apply(doors)
}

/** Deletes an object whose manifest stays in the repository. */
const deleted =
  (reference: Reference, file: string): Break =>
  async () => {
    const { metadata, status: _status, ...rest } = await doors.get(reference)
    const { name, namespace, labels, annotations } = metadata
    const checkout = mkdtempSync(join(tmpdir(), 'repository-'))
    repository = checkout
    mkdirSync(join(checkout, dirname(file)), { recursive: true })
    writeFileSync(join(checkout, file), stringify({ ...rest, metadata: { name, namespace, labels, annotations } }))
    const restore = await doors.delete(reference)
    return async () => {
      if (!(await doors.exists(reference))) await restore()
    }
  }

interface Case {
  readonly breaks: Break
  readonly tags: string
  readonly mending: RegExp
  /** The script for sed that makes the operator's change in the editor. */
  readonly edit?: string
}

const cases: Readonly<Record<string, Case>> = {
  'scales a workload without replicas': {
    breaks: fault('ui-scaled-down'),
    tags: '@section:3',
    mending: /^kubectl --context \S+ scale statefulset -n fawkes devlake-ui --replicas=1$/,
  },
  'uncordons a node': {
    breaks: fault('worker-cordoned'),
    tags: '@section:0',
    mending: /^kubectl --context \S+ uncordon /,
  },
  'labels a ServiceMonitor': {
    breaks: fault('monitor-unlabelled'),
    tags: '@checklist:10.1',
    mending: /^kubectl --context \S+ label servicemonitor -n monitoring devlake-metrics /,
  },
  'labels the namespace of a ServiceMonitor': {
    breaks: async () => {
      const undo = await doors.patch(
        { kind: 'prometheus', name: 'kube-prometheus-prometheus', namespace: 'monitoring' },
        { spec: { serviceMonitorNamespaceSelector: { matchLabels: { scraped: 'yes' } } } },
      )
      return async () => {
        await undo()
        await doors.kubectl(['label', 'namespace', 'monitoring', 'scraped-'])
      }
    },
    tags: '@checklist:10.1',
    mending: /^kubectl --context \S+ label namespace monitoring /,
  },
  'names the Secret that an ExternalSecret writes': {
    breaks: fault('external-secret-elsewhere'),
    tags: '@section:1',
    mending: /^kubectl --context \S+ patch externalsecret -n fawkes /,
  },
  'makes an ExternalSecret write': {
    breaks: fault('external-secret-writes-nothing'),
    tags: '@section:1',
    mending: /^kubectl --context \S+ patch externalsecret -n fawkes .*creationPolicy/,
  },
  'reads the values of a Secret again': {
    breaks: fault('database-secret-key-missing'),
    tags: '@checklist:1.3',
    mending: /^kubectl --context \S+ annotate externalsecret -n fawkes devlake-db force-sync=/,
  },
  'lets a secret store serve the namespace': {
    breaks: fault('secret-store-refuses-namespace'),
    tags: '@section:0',
    mending: /^kubectl --context \S+ edit clustersecretstore vault$/,
    edit: 's/elsewhere/fawkes/',
  },
  'gives a secret store back to the operator': {
    breaks: fault('secret-store-of-another-controller'),
    tags: '@section:0',
    mending: /^kubectl --context \S+ edit clustersecretstore vault$/,
    edit: '/controller: staging/d',
  },
  'replaces a pod that runs with an old Secret': {
    breaks: fault('secret-rotated'),
    tags: '@checklist:1.3',
    mending: /^kubectl --context \S+ delete pod -n fawkes devlake-lake-0 --wait=false$/,
  },
  'turns the reconciliation of an Application on': {
    breaks: fault('application-not-reconciled'),
    tags: '@checklist:2.3',
    mending: /^kubectl --context \S+ annotate application -n fawkes devlake argocd\.argoproj\.io\/skip-reconcile-$/,
  },
  'compares an Application again': {
    breaks: () => doors.patch(application, { status: { reconciledAt: '2026-01-01T00:00:00Z' } }),
    tags: '@checklist:2.3',
    mending:
      /^kubectl --context \S+ annotate application -n fawkes devlake --overwrite argocd\.argoproj\.io\/refresh=normal$/,
  },
  'syncs an Application': {
    breaks: fault('application-out-of-sync'),
    tags: '@checklist:2.3',
    mending: /^kubectl --context \S+ patch application -n fawkes devlake .*"operation"/,
  },
  'applies the Application': {
    breaks: deleted(application, 'platform/apps/devlake/devlake-application.yaml'),
    tags: '@checklist:2.2',
    mending: /^kubectl --context \S+ apply -f platform\/apps\/devlake\/devlake-application\.yaml$/,
  },
  'applies the ServiceMonitor': {
    breaks: deleted(serviceMonitor, 'platform/apps/devlake/servicemonitor-devlake.yaml'),
    tags: '@checklist:10.2',
    mending: /^kubectl --context \S+ apply -f platform\/apps\/devlake\/servicemonitor-devlake\.yaml$/,
  },
  'resumes a Deployment': {
    breaks: () =>
      doors.patch({ kind: 'deployment', name: 'cert-manager', namespace: 'cert-manager' }, { spec: { paused: true } }),
    tags: '@checklist:0.5',
    mending: /^kubectl --context \S+ patch deployment -n cert-manager cert-manager .*"paused":false/,
  },
  'makes a Service select its pods': {
    breaks: fault('service-selects-nothing'),
    tags: '@checklist:4.1',
    mending: /^kubectl --context \S+ edit service -n fawkes devlake-lake$/,
    edit: 's/component: lakes$/component: lake/',
  },
}

describe('a printed command', () => {
  it.each(Object.entries(cases))(
    '%s',
    async (_, { breaks, tags, mending, edit }) => {
      heal = await breaks()
      const broken = await runSuite(environment, ['--tags', tags])
      expect(broken.verdict.verdict).toBe('rejected')
      const printed = broken.verdict.causes.flatMap(({ remedy }) => remedy)
      const command = printed.find((line) => mending.test(line))
      expect(command, printed.join('\n')).toBeDefined()
      // The context is in the command: no other cluster is reached, whatever is current.
      await execa('bash', ['-c', command ?? ''], {
        env: { ...environment, ...(edit ? { KUBE_EDITOR: `sed -i '${edit}'` } : {}) },
        ...(repository ? { cwd: repository } : {}),
      })
      await expect
        .poll(async () => (await runSuite(environment, ['--tags', tags])).verdict.causes, { timeout: 60_000 })
        .toEqual([])
    },
    180_000,
  )
})

/** The line as kubectl only tries it on the server. */
const tried = (line: string) => line.replace(/ (delete|patch|run) /, ' $1 --dry-run=server ')

describe('a printed command that the sandbox cannot show to the end', () => {
  it('is accepted by the API server: each of the rollback', async () => {
    heal = await fault('application-degraded')()
    const { rollback = [] } = (await runSuite(environment, ['--tags', '@checklist:2.3'])).verdict
    const lines = rollback.flatMap(({ commands }) => commands)
    expect(lines.some((line) => line.includes('delete application'))).toBe(true)
    for (const line of lines) await execa('bash', ['-c', tried(line)], { env: environment })
  }, 120_000)

  it('is accepted by the API server: the relay to a database outside the cluster', async () => {
    const file = environment.ACCEPTANCE_CONFIG ?? ''
    const configuration = parse(readFileSync(file, 'utf8'))
    const changed = join(dirname(file), 'unreachable.yaml')
    writeFileSync(
      changed,
      stringify({ ...configuration, database: { ...configuration.database, host: '127.0.0.1', port: 1 } }),
    )
    heal = async () => rmSync(changed)
    const { causes } = (await runSuite({ ...environment, ACCEPTANCE_CONFIG: changed }, ['--tags', '@section:6']))
      .verdict
    const lines = causes.flatMap(({ remedy }) => remedy).filter((line) => / run .*mysql-relay/.test(line))
    expect(lines).toHaveLength(1)
    for (const line of lines) await execa('bash', ['-c', tried(line)], { env: environment })
  }, 120_000)
})
