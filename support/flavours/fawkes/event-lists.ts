/**
 * The lists of stored events of the contract `fawkes`. The platform's reference leaves the fields of their entries open, so a
 * field is recognised by the names that the reference uses for it elsewhere: columns of the tables, and camel case in GraphQL.
 */
import { z } from 'zod'
import { urlPart } from '../../basis/command'
import type { ListedEvent, NotCompared, RestList } from '../../contracts/dora'
import { instant, project } from './answer-values'

/** The names under which an entry may show each of its fields, the preferred one first. */
export type Names = Readonly<Partial<Record<keyof ListedEvent, readonly string[]>>>

const commonNames: Names = {
  id: ['deployment_id', 'deploymentId', 'id'],
  project: ['project', 'cicd_scope_id', 'cicdScopeId'],
  result: ['result'],
  environment: ['environment'],
  repository: ['repository', 'repo_id', 'repoId'],
  severity: ['severity'],
  started: ['startedAt', 'startedDate', 'started_date'],
  finished: ['finishedAt', 'finishedDate', 'finished_date'],
}

const text = z.string().nullish()
const time = instant.nullish()
const event = z.object({
  id: text,
  ...{ project: text, result: text, environment: text, repository: text, severity: text },
  ...{ started: time, finished: time, created: time, resolved: time },
})

/** An entry of a list, with the contract's names for its fields. */
export const entry = (own: Names = {}) =>
  z
    .record(z.string(), z.unknown())
    .transform((shown) =>
      Object.fromEntries(
        Object.entries({ ...commonNames, ...own }).map(([field, names]) => {
          const name = names.find((one) => shown[one] !== undefined)
          return [field, name === undefined ? undefined : shown[name]]
        }),
      ),
    )
    .pipe(event)

/** Of the names that entries show, those under which each field is read: one for each. */
export const comparedIn =
  (own: Names = {}) =>
  (shown: readonly string[]): ReadonlySet<string> =>
    new Set(
      Object.values({ ...commonNames, ...own }).flatMap((names) => names.find((one) => shown.includes(one)) ?? []),
    )

const derived = 'it is derived from the start and the finish, which are compared'
const free = 'it is free text'

/** The fields of entries that are not compared, by their own name. */
export const notComparedIn: NotCompared = {
  ...{ name: free, title: free, description: free, url: free, displayTitle: free, display_title: free },
  ...{
    status: 'the contract does not define the words of a status',
    original_status: 'the contract does not define it',
  },
  ...{ duration_sec: derived, durationSeconds: derived, duration_seconds: derived },
  commit_sha: 'the lead time is compared, which depends on all commits of a deployment',
  commitSha: 'the lead time is compared, which depends on all commits of a deployment',
}

export const fawkesDeployments: RestList = {
  path: (project) => `/api/deployments?project=${urlPart(project)}`,
  answer: z.preprocess(
    (body) => (Array.isArray(body) ? { deployments: body } : body),
    z
      .looseObject({ deployments: z.array(entry()), count: z.number().int().nonnegative().optional(), project })
      .transform(({ deployments, count, project }) => ({ entries: deployments, count, project })),
  ),
  list: 'deployments',
  beside: new Set(['count', 'project']),
  compared: comparedIn(),
  notCompared: notComparedIn,
}
