/** The run as a PostSync hook: the real ArgoCD takes a sync for good only if the verdict is accepted or partial. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubernetesObject, V1Job } from '@kubernetes/client-node'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { Doors } from '../../faults/doors/doors'
import { until } from '../../faults/doors/until'
import { committing, repositoryOf, statusOf } from '../../faults/real/deploying'
import { sandboxEnvironment } from '../../faults/runs/sandbox'
import { runSuite } from '../../faults/runs/suite'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import { asServiceAccount, kubectl, podsOfJob, whileDeployed } from '../fixtures/deployed'
import { root } from '../fixtures/features'

const account = 'dora-acceptance'
const application = { kind: 'application', name: 'judged-after-sync', namespace: 'fawkes' }
const job = 'dora-acceptance-after-sync'
const path = 'platform/apps/judged-after-sync'

let environment: Record<string, string>
let doors: Doors
let directory: string
let remove: () => Promise<void>

beforeAll(async () => {
  environment = await sandboxEnvironment()
  doors = new Doors(environment)
  directory = mkdtempSync(join(tmpdir(), 'after-sync-'))
  remove = await committing(`${path}/manifests.yaml`, await hook())()
})

afterAll(async () => {
  await remove()
  rmSync(directory, { recursive: true })
})

/** The manifests of deploy/argocd. The sandbox's kubelet leaves the pods of the hook alone: the test ends them. */
async function hook(): Promise<string> {
  const rendered = await kubectl(environment, ['kustomize', 'deploy/argocd'])
  const objects = parseAllDocuments(rendered).map((document) => document.toJS() as KubernetesObject)
  const isJob = (object: KubernetesObject): object is V1Job => object.kind === 'Job'
  for (const { spec } of objects.filter(isJob))
    if (spec) spec.template.metadata = { ...spec.template.metadata, annotations: { [holdAnnotation]: 'true' } }
  return objects.map((object) => stringify(object)).join('---\n')
}

/** Ends a pod of the hook as its kubelet would, with the exit code of its container. */
function end(name: string, exitCode: number) {
  const [phase, reason] = exitCode === 0 ? ['Succeeded', 'Completed'] : ['Failed', 'Error']
  const container = { name: 'acceptance', image: 'dora-acceptance', imageID: '', ready: false, restartCount: 0 }
  const status = { phase, containerStatuses: [{ ...container, state: { terminated: { exitCode, reason } } }] }
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]
  return kubectl(environment, ['patch', 'pod', name, '-n', account, ...patch])
}

/**
 * Syncs an Application with the hook. Each pod of the hook ends with the exit code of the run for which it stands.
 * @returns the phase of the sync, and the verdicts
 */
async function sync(runs: readonly ((caller: Record<string, string>) => ReturnType<typeof runSuite>)[]) {
  const repoURL = await repositoryOf(doors)
  return whileDeployed(environment, 'base', async () => {
    const caller = await asServiceAccount(environment, account, directory)
    // The shipped Role names the Secrets of the defaults; the configuration of the sandbox has more tokens.
    const { stdout: rights } = await execa('npm', ['run', '-s', 'access'], { cwd: root, env: caller })
    await kubectl(environment, ['apply', '-f', '-'], rights)
    await kubectl(
      environment,
      ['create', '-f', '-'],
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: application.name, namespace: application.namespace },
        spec: {
          project: 'default',
          source: { repoURL, path, targetRevision: 'main' },
          destination: { server: 'https://kubernetes.default.svc', namespace: account },
        },
        operation: { sync: {} },
      }),
    )
    try {
      const verdicts: string[] = []
      for (const [index, run] of runs.entries()) {
        const pods = await podsOfJob(environment, job, index + 1)
        const { exitCode, verdict } = await run(caller)
        verdicts.push(verdict.verdict)
        await end(pods.at(-1)?.metadata.name ?? '', exitCode)
      }
      const phase = async () => (await statusOf(doors, application)).operationState?.phase
      await until('the sync to end', async () => !['Running', undefined].includes(await phase()), 60_000)
      return { phase: await phase(), verdicts }
    } finally {
      await doors.delete(application)
      // ArgoCD keeps the Job until the next sync of the Application, which there will not be.
      await kubectl(environment, [
        'patch',
        'job',
        job,
        '-n',
        account,
        '--type=merge',
        '-p',
        '{"metadata":{"finalizers":null}}',
      ])
    }
  })
}

it('a sync succeeds after a run that is partial, because it only reads', async () => {
  expect(await sync([runSuite])).toEqual({ phase: 'Succeeded', verdicts: ['partial'] })
})

it('a sync fails after one run that is rejected', async () => {
  const heal = await doors.delete({ kind: 'servicemonitor', name: 'devlake-metrics', namespace: 'monitoring' })
  try {
    expect(await sync([runSuite])).toEqual({ phase: 'Failed', verdicts: ['rejected'] })
  } finally {
    await heal()
  }
})

it('a sync succeeds if the run after a blocked one is partial', async () => {
  const blocked = async (caller: Record<string, string>) => {
    const heal = await doors.delete({ kind: 'clusterrolebinding', name: account })
    try {
      return await runSuite(caller)
    } finally {
      await heal()
    }
  }
  expect(await sync([blocked, runSuite])).toEqual({ phase: 'Succeeded', verdicts: ['blocked', 'partial'] })
})
