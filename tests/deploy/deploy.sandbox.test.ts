/** A run inside the cluster: the manifests in deploy/ grant exactly the rights that it needs, and its shards become one record. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../faults/runs/sandbox'
import { runSuite } from '../../faults/runs/suite'
import { files } from '../../sandbox/basis/layout'
import { type AccessRule, accessFor, accessManifests } from '../../support/platform/access-rules'
import { namesOf } from '../../support/platform/operation-names'
import { type Operation, operations, type Place, namespaceOf as placeIn } from '../../support/platform/operations'
import type { Verdict } from '../../support/record/verdict'
import { asServiceAccount, kubectl, type Overlay, type Pod, podsOfJob, whileDeployed } from '../fixtures/deployed'
import { root } from '../fixtures/features'
import { configuration } from '../fixtures/platform-of-objects'
import { withoutTimes } from '../fixtures/without-times'

const account = { namespace: 'dora-acceptance', name: 'dora-acceptance' }
const user = `system:serviceaccount:${account.namespace}:${account.name}`
const namespaceOf = (place: Place) => placeIn(configuration, place)

let environment: Record<string, string>
let directory: string

beforeAll(async () => {
  environment = await sandboxEnvironment()
  directory = mkdtempSync(join(tmpdir(), 'deploy-'))
}, 120_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Starts the Job of a CronJob and waits until the Job controller has created `count` pods. */
async function podsOfCronJob(cronJob: string, count: number): Promise<readonly Pod[]> {
  const job = `${cronJob}-by-hand`
  await kubectl(environment, ['create', 'job', '-n', account.namespace, job, `--from=cronjob/${cronJob}`])
  return podsOfJob(environment, job, count)
}

describe('the manifests', () => {
  it.each<[Overlay, number]>([
    ['base', 1],
    ['writes', 1],
    ['sharded', 4],
  ])('of %s are accepted by the API server, and the Job controller creates their pods', async (overlay, count) => {
    const pods = await whileDeployed(environment, overlay, () => podsOfCronJob('dora-acceptance', count))
    expect(pods.map(({ spec }) => spec.serviceAccountName)).toEqual(Array(count).fill(account.name))
  })

  it('grant the rights that the operations declare', async () => {
    for (const [file, options] of [
      ['deploy/base/access.yaml', []],
      ['deploy/writes/access.yaml', ['--', '--writes']],
    ] as const) {
      const { stdout } = await execa('npm', ['run', '-s', 'access', ...options], { cwd: root })
      expect(`${stdout}\n`, file).toBe(readFileSync(join(root, file), 'utf8'))
    }
  })
})

describe('a run with the rights of the shipped ServiceAccount', () => {
  it('is partial with exit code 0, uses only granted rights, and yields the same record in four shards', async () => {
    await whileDeployed(environment, 'sharded', async () => {
      const caller = await asServiceAccount(environment, account.name, directory)
      // The shipped Role names the Secrets of the defaults; this configuration has more tokens.
      const { stdout: rights } = await execa('npm', ['run', '-s', 'access'], { cwd: root, env: caller })
      await kubectl(environment, ['apply', '-f', '-'], rights)
      const from = readFileSync(files.audit, 'utf8').length
      const whole = await runSuite(caller)
      expect(whole.output).not.toContain('may not')
      expect(whole).toMatchObject({ exitCode: 0, verdict: { verdict: 'partial', problems: [] } })
      const asked = requestsSince(from)
      expect(asked).toEqual(
        expect.arrayContaining(['get pods/exec', 'get pods/log', 'get pods/portforward', 'list pods']),
      )
      expect(asked.filter((request) => !requestsAllowed().includes(request))).toEqual([])

      const pods = await podsOfCronJob('dora-acceptance', 4)
      // In sequence, because the pods have no nodes of their own here.
      for (const pod of pods) await runPod(pod, caller)
      const [merge] = await podsOfCronJob('dora-acceptance-merge', 1)
      if (!merge) expect.unreachable('there is no pod of the merge')
      const { exitCode, all } = await runPod(merge, caller)
      expect(exitCode, all).toBe(0)
      const merged = JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8')) as Verdict
      expect(withoutTimes(merged)).toEqual(withoutTimes(whole.verdict))
    })
  }, 300_000)

  /** Runs the command of a pod's container, with the reports in a temporary directory. */
  function runPod({ metadata, spec }: Pod, caller: Readonly<Record<string, string>>) {
    const [container] = spec.containers
    const [program = '', ...given] = [...(container?.command ?? []), ...(container?.args ?? [])]
    return execa(program, given, {
      cwd: root,
      env: {
        ...caller,
        ACCEPTANCE_REPORTS: directory,
        ACCEPTANCE_RUN: metadata.labels['batch.kubernetes.io/job-name'],
        JOB_COMPLETION_INDEX: metadata.annotations?.['batch.kubernetes.io/job-completion-index'],
      },
      all: true,
      reject: false,
    })
  }

  /** The distinct requests of the ServiceAccount in the audit log after `length`, such as "get secrets" or "create pods/exec". */
  function requestsSince(length: number): string[] {
    const asked = readFileSync(files.audit, 'utf8')
      .slice(length)
      .split('\n')
      .filter((line) => line.includes(user))
      .map((line) => JSON.parse(line))
      .map(({ verb, objectRef, requestURI }) =>
        objectRef
          ? `${verb} ${[objectRef.resource, objectRef.subresource].filter(Boolean).join('/')}`
          : `${verb} ${requestURI}`,
      )
    return [...new Set(asked)].sort()
  }

  const requestsAllowed = () => {
    const declared = accessFor('judging', namespaceOf).flatMap(({ rules }) =>
      rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources[0]}`)),
    )
    // The rights to read the volume of a claim and evictions are granted with those of the diagnosis: a run can do without them.
    const diagnosing = ['get persistentvolumes', 'list events']
    return [...declared, ...diagnosing, 'create selfsubjectaccessreviews', 'get /version']
  }
})

describe('a run of a section without one of the rights that it needs', () => {
  // The sandbox has ArgoCD and Ingresses, so that no right concerns Flux or the Gateway API.
  const names = (operation: Operation) => (namesOf(configuration, operation)?.length === 0 ? [] : undefined)
  const rights = accessFor('judging', namespaceOf, { names }).flatMap(({ namespace, rules }) =>
    rules.flatMap((rule) => rule.verbs.map((verb) => ({ namespace, rule, verb }))),
  )

  const namespace = ['-f', 'deploy/base/namespace.yaml']
  beforeAll(() => kubectl(environment, ['apply', ...namespace]))
  afterAll(() => kubectl(environment, ['delete', ...namespace]))

  it.each(rights)(
    'is blocked and names the missing right: $verb $rule.resources in $namespace',
    async ({ namespace, rule, verb }) => {
      const name = ['without', verb, ...rule.resources, namespace ?? 'cluster'].join('-').replaceAll('/', '-')
      const without = (one: AccessRule): AccessRule =>
        isSame(one, rule) ? { ...one, verbs: one.verbs.filter((other) => other !== verb) } : one
      const manifests = accessManifests('judging', namespaceOf, { ...account, name }).map((manifest) =>
        'rules' in manifest && manifest.metadata.namespace === namespace
          ? {
              ...manifest,
              rules: manifest.rules.map(without).filter(({ verbs }) => verbs.length > 0),
            }
          : manifest,
      )
      const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...account, name } }
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [serviceAccount, ...manifests] })
      await kubectl(environment, ['apply', '-f', '-'], list)
      try {
        const caller = await asServiceAccount(environment, name, directory)
        const run = await runSuite(caller, ['--tags', `@section:${sectionNeeding(rule, namespace)}`])
        expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
        const [group] = rule.apiGroups
        const resource = `${rule.resources[0]}${group ? `.${group}` : ''}`
        const expected = `The caller may not ${verb} ${resource}${namespace ? ` in ${namespace}` : ''}`
        expect(run.verdict.causes.map(({ summary }) => summary).join('\n')).toContain(expected)
      } finally {
        await kubectl(environment, ['delete', '--ignore-not-found', '-f', '-'], list)
      }
    },
  )

  const isSame = (one: AccessRule, other: AccessRule) =>
    one.apiGroups[0] === other.apiGroups[0] && one.resources[0] === other.resources[0]

  function sectionNeeding({ resources: [given], apiGroups: [group] }: AccessRule, namespace: string | undefined) {
    const needing = Object.values<Operation>(operations).filter(
      ({ effect, resource, subresource, place, sections, ...operation }) =>
        effect === 'read' &&
        sections.length > 0 &&
        operation.group === group &&
        [resource, subresource].filter(Boolean).join('/') === given &&
        namespaceOf(place) === namespace,
    )
    return needing[0]?.sections[0]
  }
})
