/**
 * The newest commits at GitHub and GitLab that the service must have stored by now: those that were pushed to the default branch. The
 * service passes the questions on to the forge with the token of its connection
 * (backend/helpers/pluginhelper/api/ds_remote_api_proxy_api.go of apache/incubator-devlake), so the suite needs no login of its own.
 */

import { z } from 'zod'
import { comment, urlPart } from '../../basis/command'
import { Blocked, Unmet } from '../../basis/expectation'
import { excerpt } from '../../basis/redaction'
import type { ConnectionScope } from '../../contracts/data-sources'
import { jsonIn } from '../../formats/json'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { credentialsOf } from '../../service/database-credentials'
import { expectConnections, scopesOf } from '../data-sources'
import { forEachForge } from '../forges'
import { partOfDay } from '../rotation'
import { type AtSource, unlessUnreadable } from './at-source'
import { type Deadlines, ifLessOften } from './freshness'

/** The repositories that the service collects commits from. */
export interface AskedRepositories {
  readonly of: number
  /** The number of those that were asked today. */
  readonly asked: number
  /** The reasons why the newest commit of an asked one is unknown, each with the name of the repository. */
  readonly unknown: readonly string[]
}

/** The repositories that are asked on one day, with two questions each: the token has a rate limit. */
const most = 10

/** A push to a branch. */
interface Push {
  /** In milliseconds since 1970 UTC. */
  readonly at: number
  readonly branch: string
  /** The newest commit that was pushed. */
  readonly sha: string
  /** The newest commit of the branch before the push; null for a new branch, or a name that no commit has. */
  readonly before: string | null
  /** True if it replaced commits, as far as the forge says so: those may be gone before they are collected. */
  readonly isForced: boolean
}

/** A push that is old enough to be stored, and commits that the branch had before it. */
interface Due extends Push {
  readonly earlier: readonly string[]
}

/** The names of owners and repositories that GitHub allows: no part of a name may lead to another path. */
const nameAtGitHub = /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/

const sha = z.string().regex(/^[0-9a-f]{40,64}$/)
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** The newest events of a repository: the largest page of either forge. */
interface Page {
  readonly pushes: readonly Push[]
  /** True if there are no older events. */
  readonly isWhole: boolean
}
const pageSize = 100

/** @param entry yields undefined for an event that is no push of a commit */
const page = (entry: z.ZodType<Push | undefined>) =>
  z.array(entry).transform((all): Page => ({ pushes: all.flatMap((one) => one ?? []), isWhole: all.length < pageSize }))

const activity = z
  .looseObject({ activity_type: z.string(), timestamp: time, ref: z.string(), before: sha, after: sha })
  .transform(({ activity_type: type, timestamp: at, ref, before, after }) =>
    ['push', 'force_push', 'pr_merge', 'merge_queue_merge'].includes(type)
      ? { at, branch: ref.replace(/^refs\/heads\//, ''), sha: after, before, isForced: type === 'force_push' }
      : undefined,
  )

const pushEvent = z
  .looseObject({
    created_at: time,
    push_data: z.looseObject({
      ref_type: z.string(),
      ref: z.string().nullable(),
      commit_from: sha.nullable(),
      commit_to: sha.nullable(),
    }),
  })
  .transform(({ created_at: at, push_data: { ref_type: type, ref, commit_from: before, commit_to: last } }) =>
    type === 'branch' && ref !== null && last !== null
      ? { at, branch: ref, sha: last, before, isForced: false }
      : undefined,
  )

interface Forge {
  readonly title: string
  /** The path of a repository; undefined if it has none. */
  readonly repository: (scope: ConnectionScope) => string | undefined
  /** The path of the newest pushes, below that of the repository. */
  readonly pushes: (branch: string) => string
  readonly page: z.ZodType<Page>
}

/**
 * https://docs.github.com/en/rest/repos/repos#list-repository-activities and https://docs.gitlab.com/api/events. A commit does not
 * say when it was pushed, which may be days after its own dates.
 */
const forges: Readonly<Record<'github' | 'gitlab', Forge>> = {
  github: {
    title: 'GitHub',
    repository: ({ name }) => (nameAtGitHub.test(name) ? `repos/${name}` : undefined),
    pushes: (branch) => `activity?ref=${urlPart(`refs/heads/${branch}`)}&per_page=${pageSize}`,
    page: page(activity),
  },
  gitlab: {
    title: 'GitLab',
    repository: ({ id }) => (id === undefined ? undefined : `projects/${id}`),
    pushes: () => `events?action=pushed&per_page=${pageSize}`,
    page: page(pushEvent),
  },
}

interface Repository {
  readonly forge: 'github' | 'gitlab'
  readonly connection: number
  readonly scope: ConnectionScope
  /** True if the service says that its projects use other repositories of the connection, and not this one. */
  readonly isSpare: boolean
}

/**
 * Asks the forges for the newest commits that are old enough to be stored, and the database for these.
 * @param now in milliseconds since 1970 UTC
 */
export async function commitsAtForges(
  platform: Platform,
  now: number,
  deadlines: Deadlines = platform.configuration.deadlines,
): Promise<{ commits: AtSource[]; repositories: AskedRepositories }> {
  const all = await repositoriesOf(platform)
  const asked = partOfDay(all, most, now)
  const unknown: string[] = []
  const commits: AtSource[] = []
  for (const repository of asked) {
    const push = await newestDue(platform, repository, now - deadlines.collection - deadlines.schedule).catch(
      (error: unknown) => {
        unknown.push(`${repository.scope.name}: ${reasonOf(error)}`)
        return undefined
      },
    )
    if (push === undefined) continue
    const commit = await inService(platform, repository, push, deadlines)
    if (commit) commits.push(commit)
    else unknown.push(`${repository.scope.name}: none of its pushes is stored, and all are older than its connection`)
  }
  return { commits, repositories: { of: all.length, asked: asked.length, unknown } }
}

/** The repositories whose newest commit was compared, as a line of the evidence. */
export function repositoriesInWords({ of, asked, unknown }: AskedRepositories): string {
  if (of === 0) return 'the newest commit at its source is unknown: the service collects from no repository of a forge'
  const left = asked < of ? `, ${of - asked} left out today` : ''
  const reasons = unknown.length === 0 ? '' : `; unknown for ${unknown.join('; ')}`
  return `the newest commit at its source is known for ${asked - unknown.length} of ${of} repositories${left}${reasons}`
}

/** The newest commit of a repository is unknown, for a reason that fails nothing. */
class Unknown extends Error {}

/** @throws the error if it is one of the suite */
function reasonOf(error: unknown): string {
  if (error instanceof Unknown) return error.message
  if (error instanceof Unmet || error instanceof Blocked) return error.finding.summary
  throw error
}

/** The repositories whose commits the service collects through the connections that section 11 of the checklist judges. */
async function repositoriesOf(platform: Platform): Promise<Repository[]> {
  const { configuration } = platform
  const found = await forEachForge(configuration, 'github', async (forge) => {
    const named = configuration.dataSources[forge]?.scopes
    const connections = await unlessUnreadable(expectConnections(platform, forge))
    const scopes = connections.map(async ({ id: connection }) => {
      const all = await unlessUnreadable(scopesOf(platform, forge, connection))
      const saysUse = all.some(({ isUsed }) => isUsed)
      return all
        .filter(({ name, collects }) => collects.includes('commits') && (named?.includes(name) ?? true))
        .map((scope) => ({ forge, connection, scope, isSpare: saysUse && !scope.isUsed }))
    })
    return (await Promise.all(scopes)).flat()
  })
  return found.flat()
}

/**
 * The newest push to the default branch that is old enough; undefined if every push is too young.
 * @param due the time until which a push is old enough
 * @throws Unknown
 */
async function newestDue(
  platform: Platform,
  { forge, connection, scope, isSpare }: Repository,
  due: number,
): Promise<Due | undefined> {
  const { title, repository, pushes, page: newest } = forges[forge]
  const path = repository(scope)
  if (path === undefined) throw new Unknown(`${title} has no repository of this name`)
  if (isSpare) throw new Unknown('no project of the service uses it')
  if (scope.since === undefined) throw new Unknown('the service does not say since when it collects it')
  // The service may not have collected a new repository yet, whatever the age of its commits.
  if (scope.since > due) throw new Unknown('it was connected so recently that its first collection may not have ended')
  const ask = <T>(below: string, format: z.ZodType<T>) =>
    passedOn(platform, title, platform.contract.dataSources.passedOn(forge, connection, `${path}${below}`), format)
  const branch = await ask('', defaultBranch)
  if (branch === null) return undefined
  const { pushes: listed, isWhole } = await ask(`/${pushes(branch)}`, newest)
  const here = listed.filter((one) => one.branch === branch).sort((one, other) => other.at - one.at)
  const [push, ...older] = here.filter((one) => one.at <= due)
  if (push === undefined && !isWhole) throw new Unknown(`its last ${pageSize} pushes are new or to other branches`)
  if (push === undefined) return undefined
  if (here.some(({ at, isForced }) => isForced && at > due)) throw new Unknown('a later push may have replaced it')
  const earlier = [push.before, ...older.flatMap(({ sha: pushed, before }) => [pushed, before])]
  return { ...push, earlier: earlier.flatMap((one) => one ?? []) }
}

const defaultBranch = z
  .looseObject({ default_branch: z.string().min(1).nullable() })
  .transform(({ default_branch: branch }) => branch)

/** Reads an answer of a forge. The reports show only what is read of it: answers of a forge name people. @throws Unknown */
async function passedOn<T>(platform: Platform, title: string, path: string, format: z.ZodType<T>): Promise<T> {
  const read = (body: string) => format.safeParse(jsonIn(body))
  const answer = await platform.rest.get(path, await apiToken(platform), (body) => {
    const { success, data } = read(body)
    return success ? JSON.stringify(data) : excerpt(body)
  })
  if (answer.status !== 200) throw new Unknown(`${new URL(answer.url).pathname} answers ${answer.status}`)
  const { success, data } = read(answer.body)
  if (success) return data
  throw new Unknown(`${new URL(answer.url).pathname} does not answer as ${title} does`)
}

const stored = z.looseObject({ known: z.coerce.number(), earlier: z.coerce.number(), newest: z.coerce.string() })

/**
 * Compares a pushed commit with the stored ones. The service says that it collects the repository, so a push after its connection
 * must be stored even if it is the first one.
 * @returns undefined if no commit of the branch is stored and the push is older than the connection: a first collection may leave
 * out what happened before it
 */
async function inService(
  platform: Platform,
  { forge, scope: { name, since = 0 } }: Repository,
  push: Due,
  deadlines: Deadlines,
): Promise<AtSource | undefined> {
  const commits = `\`${platform.configuration.database.name}\`.commits`
  const [row] = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    stored,
    `SELECT EXISTS (SELECT 1 FROM ${commits} WHERE sha = ?) AS known,
       EXISTS (SELECT 1 FROM ${commits} WHERE sha IN (?${', ?'.repeat(push.earlier.length)})) AS earlier,
       COALESCE((SELECT DATE_FORMAT(MAX(authored_date), '%Y-%m-%dT%TZ') FROM ${commits}), 'none') AS newest`,
    [push.sha, push.sha, ...push.earlier],
  )
  const isStored = row === undefined || row.known === 1
  const isFirst = row?.earlier === 0
  if (!isStored && isFirst && push.at <= since) return undefined
  return {
    ...{ event: `the commit ${push.sha} of ${name}`, object: `commits of ${name}` },
    ...{ source: forges[forge].title, at: Math.max(push.at, since), isStored },
    newest: isFirst
      ? `none of ${name}; of any repository, one authored at ${row.newest}`
      : `a commit of any repository authored at ${row?.newest}`,
    remedy: [
      inMySql(platform, 'SELECT sha, authored_date, committed_date FROM commits ORDER BY authored_date DESC LIMIT 5'),
      comment`search the log of the service for the collection of ${name}`,
      ...ifLessOften(deadlines),
    ],
  }
}
