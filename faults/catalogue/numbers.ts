/** Numbers that agree with each other and are still not what the platform needs: old, without samples, or wrongly labelled. */

import { create } from '../doors/create'
import type { Doors } from '../doors/doors'
import { authorized, connectionOf, inService, lake, namespace, provenOnSurfaces, replacing } from './breaking'
import type { Fault } from './fault'

const recomputed = ['21.3', '21.4', '21.5', '21.6']
const trigger = 'acceptance_fault_collections'

/** Every surface reports ranges that ended three days ago. */
async function stoppedCollection(doors: Doors): Promise<() => Promise<void>> {
  await doors.sql(
    `CREATE TRIGGER ${trigger} BEFORE INSERT ON collections FOR EACH ROW
     SET NEW.completed_at = UTC_TIMESTAMP(3) - INTERVAL 3 DAY`,
    'UPDATE collections SET completed_at = UTC_TIMESTAMP(3) - INTERVAL 3 DAY',
  )
  return async () => {
    await doors.sql(`DROP TRIGGER ${trigger}`)
    await doors.sql('UPDATE collections SET completed_at = UTC_TIMESTAMP(3)')
  }
}

/** An Application with the name of a project, whose history has a sync of two hours ago. */
async function syncedTwoHoursAgo(doors: Doors): Promise<() => Promise<void>> {
  const like = (await doors.get(inService('application', 'devlake-test-app'))) as unknown as {
    readonly spec: { readonly syncPolicy?: object }
  }
  const { syncPolicy: _automated, ...spec } = like.spec
  const undo = await create(doors, {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', spec },
    metadata: { name: 'catalog', namespace },
    status: { history: [syncAt(new Date(Date.now() - 7_200_000).toISOString())] },
  })
  const connection = await connectionOf(doors, 'argocd')
  const scopeConfigId = await doors.idOf(`${connection}/scope-configs`)
  const scopes = `${connection}/scopes`
  await doors.service('PUT', scopes, { data: [{ name: 'catalog', namespace, project: 'default', scopeConfigId }] })
  return async () => {
    await doors.service('DELETE', `${scopes}/catalog`)
    await undo()
  }
}

const pushedTwoHoursAgo = () => ({
  ...({ forge: 'github', repository: 'shop/checkout' } as const),
  at: new Date(Date.now() - 7_200_000).toISOString(),
})

const syncAt = (deployedAt: string) => ({ id: 0, revision: '0'.repeat(40), deployedAt, deployStartedAt: deployedAt })

/** The statement that stores one deployment of a project. @param at in SQL */
const deploymentOf = (project: string, at: string) =>
  `INSERT INTO deployments (id, cicd_scope_id, result, environment, started_date, finished_date, created_at, updated_at)
   VALUES ('${project}:d1', '${project}', 'SUCCESS', 'production', ${at}, ${at}, ${at}, ${at})`

export const numbersFaults: readonly Fault[] = [
  {
    id: 'incident-without-creation',
    title: 'An incident was stored without the time of its creation',
    expects: { failed: provenOnSurfaces, blocked: [] },
    cause: { object: 'incident ', summary: 'has no created_date' },
    apply: async (doors) => {
      await doors.sql(
        'CREATE TABLE acceptance_fault AS SELECT id, created_date FROM incidents ORDER BY id LIMIT 1',
        'UPDATE incidents i JOIN acceptance_fault f USING (id) SET i.created_date = NULL',
      )
      return () =>
        doors.sql(
          'UPDATE incidents i JOIN acceptance_fault f USING (id) SET i.created_date = f.created_date',
          'DROP TABLE acceptance_fault',
        )
    },
  },
  {
    id: 'collection-stopped',
    title: 'The last collection ended three days ago, and every surface agrees on its numbers',
    expects: { failed: recomputed, blocked: [] },
    cause: {
      object: 'collection of the service',
      summary: 'The last completed collection of the service is',
    },
    apply: stoppedCollection,
  },
  {
    id: 'deployment-not-converted',
    title:
      'A failed deployment that a plugin collected was never stored where the metrics are computed, while later ones were',
    expects: { failed: recomputed, blocked: [] },
    cause: { object: 'deployments of catalog', summary: 'that the table cicd_deployments has had for' },
    apply: async (doors) => {
      const at = 'UTC_TIMESTAMP(3) - INTERVAL 20 DAY'
      const added = 'acceptance-fault-deployment'
      await doors.sql(
        `INSERT INTO cicd_deployments (id, cicd_scope_id, result, environment, finished_date, created_at, updated_at)
         VALUES ('${added}', 'catalog', 'FAILURE', 'production', ${at}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      )
      return () => doors.sql(`DELETE FROM cicd_deployments WHERE id = '${added}'`)
    },
  },
  {
    id: 'sync-not-stored',
    title: 'A sync of an Application that the service collects from was never stored as a deployment',
    expects: { failed: recomputed, blocked: [] },
    cause: { object: 'deployments of catalog', summary: "that ArgoCD's Application catalog has had for" },
    apply: syncedTwoHoursAgo,
  },
  {
    id: 'push-not-collected',
    title: 'A commit that was pushed two hours ago to a repository that the service collects from was never stored',
    expects: { failed: recomputed, blocked: [] },
    cause: { object: 'commits of shop/checkout', summary: 'that GitHub has had for' },
    apply: (doors) => doors.push({ ...pushedTwoHoursAgo(), sha: 'f'.repeat(40) }),
  },
  {
    id: 'repository-never-collected',
    title: 'A repository was connected a month ago, and none of its commits was ever stored',
    expects: { failed: recomputed, blocked: [] },
    cause: { object: 'commits of shop/checkout', summary: 'that GitHub has had for' },
    apply: (doors) => doors.push({ ...pushedTwoHoursAgo(), sha: 'f'.repeat(40) }, { isCollected: false }),
  },
  {
    id: 'benchmarks-changed',
    title: 'The bounds of the lead time in dora_benchmarks were changed',
    expects: { failed: ['21.4'], blocked: [] },
    cause: {
      object: 'bounds of the lead time in dora_benchmarks',
      summary: 'differs from the published bounds of the lead time',
    },
    apply: async (doors) => {
      const bounds = (minutes: number) =>
        doors.sql(
          `UPDATE dora_benchmarks SET max_value = ${minutes} WHERE metric_name = 'lead_time' AND performance_level = 'elite'`,
        )
      await bounds(120)
      return () => bounds(60)
    },
  },
  {
    id: 'environment-mislabelled',
    title: 'The metrics page says that production deployments went to staging',
    expects: { failed: ['21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'reports staging for the environment label of' },
    apply: lake('^/metrics$', replacing(['environment="production"', 'environment="staging"'])),
  },
  {
    id: 'minutes-as-hours',
    title: 'REST says hours for durations in minutes',
    expects: { failed: ['18.5', '21.4', '21.6'], blocked: [] },
    cause: { object: 'lead time of ', summary: 'reports hours for the lead time unit of' },
    apply: lake('^/api/dora/metrics', replacing(['"unit":"minutes"', '"unit":"hours"'])),
  },
  {
    id: 'per-day-as-per-week',
    title: 'REST says per week for deployments per day',
    expects: { failed: ['18.2', '21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'reports per_week for the deployment frequency unit of' },
    apply: lake('^/api/dora/deployment-frequency', replacing(['"unit":"per_day"', '"unit":"per_week"'])),
  },
  {
    id: 'failures-listed-short',
    title: 'REST lists another failed deployment than it counts',
    expects: { failed: ['18.4', '21.5'], blocked: [] },
    cause: { object: 'change failure rate of ', summary: 'for the listed failures of' },
    apply: lake(
      '^/api/dora/change-failure-rate',
      replacing(['"deployment_id":"[^"]*"', '"deployment_id":"deployment-of-nobody"']),
    ),
  },
  {
    id: 'stages-of-one-minute',
    title: 'Every stage of the lead time takes one minute',
    expects: { failed: ['18.3'], blocked: [] },
    cause: { object: 'lead time stages of ', summary: 'add up to 3 min instead of' },
    apply: lake('^/api/dora/lead-time\\?.*includeStages', replacing(['"duration":[0-9.]+', '"duration":1'])),
  },
  {
    id: 'lead-time-otherwise-with-stages',
    title: 'REST reports another lead time if its stages are asked for',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of ', summary: 'lead-time with stages reports 1 min for the lead time p95 of' },
    apply: lake('^/api/dora/lead-time\\?.*includeStages', replacing(['"p95":[0-9.]+', '"p95":1'])),
  },
  {
    id: 'stages-of-one-minute-over-graphql',
    title: 'Every stage of the lead time takes one minute over GraphQL',
    expects: { failed: ['18.3'], blocked: [] },
    cause: { object: 'lead time stages of ', summary: 'add up to 3 min instead of' },
    apply: lake('^/api/graphql', replacing(['"duration":[0-9.]+', '"duration":1'])),
  },
  {
    id: 'project-missing-everywhere',
    title: 'REST and GraphQL both omit a project',
    expects: { failed: ['7.3', '8.2'], blocked: [] },
    // The numbers of the project are not compared.
    needs: ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    cause: { object: 'project catalog', summary: 'does not list the project catalog, which has settings' },
    apply: lake(
      '^/api/(projects|graphql)',
      replacing(['\\{"name":"catalog"[^}]*\\},?', ''], ['\\],"count":[0-9]+', ']']),
    ),
  },
  {
    id: 'project-of-deployments-missing',
    title: 'A project with recent deployments and without settings is missing everywhere',
    expects: { failed: ['7.3', '8.2'], blocked: [] },
    cause: {
      object: 'project ghost-shop',
      summary: 'does not list the project ghost-shop, which has deployments in the last 30 days',
    },
    apply: async (doors) => {
      const at = 'UTC_TIMESTAMP(3) - INTERVAL 2 DAY'
      await doors.sql(deploymentOf('ghost-shop', at))
      return () => doors.sql("DELETE FROM deployments WHERE cicd_scope_id = 'ghost-shop'")
    },
  },
  {
    id: 'project-of-old-deployments-missing',
    title:
      'A project without settings, whose last deployment is two months old, is missing from both lists and from the metrics page',
    expects: { failed: ['7.3', '8.2'], blocked: [] },
    cause: {
      object: 'project quiet-shop',
      summary: 'does not list the project quiet-shop, which has deployments in the last 90 days',
    },
    apply: async (doors) => {
      const at = 'UTC_TIMESTAMP(3) - INTERVAL 60 DAY'
      await doors.sql(
        `INSERT INTO projects (name, description, created_at, updated_at) VALUES ('quiet-shop', '', ${at}, ${at})`,
        deploymentOf('quiet-shop', at),
      )
      const lists = await lake(
        '^/api/(projects|graphql)',
        replacing(['\\{"name":"quiet-shop"[^}]*\\},?', ''], [',\\]', ']'], ['\\],"count":[0-9]+', ']']),
      )(doors)
      const series = await lake('^/metrics$', replacing(['^dora_[^\\n]*project="quiet-shop"[^\\n]*\\n', '']))(doors)
      return async () => {
        await series()
        await lists()
        await doors.sql(
          "DELETE FROM deployments WHERE cicd_scope_id = 'quiet-shop'",
          "DELETE FROM projects WHERE name = 'quiet-shop'",
        )
      }
    },
  },
  {
    id: 'deleted-project-exposed',
    title: 'The metrics page still has series of a deleted project',
    expects: { failed: ['9.2'], blocked: [] },
    cause: { object: 'series of legacy-shop', summary: 'which is not a project' },
    apply: lake(
      '^/metrics$',
      replacing(['^(dora_change_failure_rate)\\{project="catalog"\\}.*$', '$&\n$1{project="legacy-shop"} 0.1']),
    ),
  },
  {
    id: 'metrics-open',
    title: 'Every REST path but the list of projects is open without a token',
    expects: { failed: ['7.3'], blocked: [] },
    cause: {
      object: '/api/deployments?project=catalog',
      summary: '/api/deployments answers 200 where 401 is expected',
    },
    apply: authorized('^/api/(deployments|dora|plugins/[a-z]+/connections)'),
  },
]
