/** Section 19: a deployment through ArgoCD, by a sync of the test Application, and its traces in the service. */

import { z } from 'zod'
import { type CommandLine, command, configuration as example } from '../basis/command'
import { eventually } from '../basis/eventually'
import { applicable, Blocked, Unmet } from '../basis/expectation'
import { rememberOutcome } from '../basis/memo'
import { excerpt } from '../basis/redaction'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { showDeployments } from '../service/commands'
import { credentialsOf } from '../service/database-credentials'
import { expectSyncAllowed } from './application-operations'
import { expectAlive, missing } from './lifecycle'

/** The deployment as ArgoCD reports it. */
interface TestDeployment {
  readonly project: string
  /** The synced revision; several of an Application with several sources. */
  readonly revisions: readonly string[]
  /** Milliseconds since 1970 UTC, in whole seconds; so is the finish. */
  readonly startedAt: number
  readonly finishedAt: number
}

/**
 * 19.1: syncs the test Application once per run. Returns the deployment as ArgoCD reports it.
 * @throws Blocked when the configuration names no Application, Unmet when the sync does not succeed in time
 */
export const deployThroughArgoCd = rememberOutcome(deploy)

async function deploy(platform: Platform): Promise<TestDeployment> {
  const { testApplication, application, deadlines } = platform.configuration
  if (!testApplication)
    throw new Blocked({
      summary: 'The configuration names no Application that the run may deploy.',
      object: 'configuration key testApplication',
      expected: 'the name of an Application that the run may sync',
      found: 'nothing',
      remedy: [example`testApplication:\n  name: devlake-test-app`],
    })
  const { name, project = name } = testApplication
  const object = `Application ${application.namespace}/${name}`
  const remedy = [command`kubectl describe application -n ${application.namespace} ${name}`]
  const before = await platform.kubernetes.application(name)
  if (!before) throw missing(object, [command`kubectl get applications -n ${application.namespace}`])
  expectAlive('Application', before, { object })
  await expectSyncAllowed(platform, before, { object, remedy })
  const { syncs } = platform.kubernetes
  const earlier = await syncs.start(name, deadlines.condition)
  const succeeded = eventually(
    async () => {
      const operation = (await platform.kubernetes.application(name))?.status.operationState
      const { startedAt = '', finishedAt, phase, message } = operation ?? { phase: 'no operation' }
      if (phase === 'Succeeded' && startedAt > earlier && finishedAt)
        return {
          project,
          revisions: revisionsOf(operation?.syncResult),
          startedAt: Date.parse(startedAt),
          finishedAt: Date.parse(finishedAt),
        }
      throw new Unmet({
        summary: `The sync of ${object} did not succeed.`,
        object,
        expected: 'a successful operation that this run started',
        found: startedAt > earlier ? `${phase}: ${message ?? 'no message'}` : 'no newer operation',
        remedy,
      })
    },
    { deadlineMs: deadlines.condition },
  )
  return syncs.ending(name, succeeded)
}

/** ArgoCD leaves the single revision of several sources empty. */
const revisionsOf = (result: SyncResult): readonly string[] =>
  result?.revision ? [result.revision] : (result?.revisions ?? [])
type SyncResult = NonNullable<Application['status']['operationState']>['syncResult']

const row = z.looseObject({
  commit: z.string().nullable(),
  result: z.string().nullable(),
  environment: z.string().nullable(),
  finished: z.coerce.number().nullable(),
})

/** A deployment as the service stores it. */
interface StoredDeployment {
  readonly result: string | null
  readonly environment: string
  readonly finished: number
}

/**
 * 19.2 and 19.4: the deployments table holds the deployment within the deadline of a collection. Waits once per run.
 * @returns milliseconds from the end of the sync until the deployment was found
 */
export const expectInTable = rememberOutcome(untilInTable)

async function untilInTable(platform: Platform): Promise<number> {
  const { configuration, contract, database } = platform
  const deployment = await deployThroughArgoCd(platform)
  const begin = performance.now()
  const credentials = await credentialsOf(platform, 'service')
  await eventually(
    async () => {
      const rows = await database.rows(
        credentials,
        row,
        contract.database.statements.deploymentsOf(`\`${configuration.database.name}\``),
        [deployment.project],
      )
      const own = rows.flatMap(({ commit, result, environment, finished }) =>
        commit !== null && deployment.revisions.includes(commit) && finished !== null
          ? [{ result, environment: environment ?? '', finished }]
          : [],
      )
      expectAmong(own, deployment, 'the deployments table', [showDeployments(platform, deployment.project)])
    },
    { deadlineMs: configuration.deadlines.collection },
  )
  return performance.now() - begin
}

const listed = z.looseObject({
  deployments: z.array(
    z.looseObject({
      commit_sha: z.string().nullish(),
      result: z.string().nullable(),
      environment: z.string(),
      finished_date: z.string().nullable(),
    }),
  ),
})

/** 19.3: the API returns the deployment once it is collected. */
export async function expectInApi(platform: Platform): Promise<void> {
  const path = applicable(platform.contract.webhooks.deployments)
  const deployment = await deployThroughArgoCd(platform)
  await expectInTable(platform)
  const answer = await platform.rest.get(path(deployment.project), await apiToken(platform))
  expectStatus(answer, 200)
  const remedy = [command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`]
  const parsed = listed.safeParse(jsonOf(answer))
  if (!parsed.success)
    throw new Unmet({
      summary: 'The API does not list deployments as documented.',
      object: answer.url,
      expected: 'deployments with their commit, result, environment and finish',
      found: excerpt(answer.body, 300),
      remedy,
    })
  const own = parsed.data.deployments
    .filter(({ commit_sha }) => deployment.revisions.includes(commit_sha ?? ''))
    .map(({ finished_date, ...rest }) => ({ ...rest, finished: finished_date ? Date.parse(finished_date) : 0 }))
  expectAmong(own, deployment, 'the answer of the API', remedy)
}

function expectAmong(
  rows: readonly StoredDeployment[],
  { project, revisions, startedAt, finishedAt }: TestDeployment,
  where: string,
  remedy: readonly CommandLine[],
): void {
  // ArgoCD's own times are whole seconds; the times in its notifications may be finer.
  const own = rows.filter(({ finished }) => finished >= startedAt && finished < finishedAt + 1000)
  if (own.some(({ result, environment }) => result === 'SUCCESS' && environment.toLowerCase() === counted)) return
  const shown = (all: typeof rows) =>
    all.map(
      ({ result, environment, finished }) =>
        `${result} in ${environment || 'no environment'} at ${new Date(finished).toISOString()}`,
    )
  const [first] = shown(own)
  throw new Unmet({
    summary: first
      ? `The deployment of ${project} through ArgoCD is stored with wrong values: ${first}.`
      : `The deployment of ${project} through ArgoCD is not in ${where}.`,
    object: `deployment of ${project}`,
    expected: `SUCCESS of ${revisions.join(' or ')} in ${counted}, finished at ${new Date(finishedAt).toISOString()}`,
    found: shown(own.length > 0 ? own : rows.slice(0, 5)).join('; ') || 'no deployment of that revision',
    remedy,
  })
}

/** The environment that the metrics count, in any case. */
const counted = 'production'
