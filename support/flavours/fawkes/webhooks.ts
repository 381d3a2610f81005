/** The webhooks of the contract `fawkes`, and how its projects are made and removed. */
import { z } from 'zod'
import type { Happening } from '../../contracts/happening'
import type { WebhookContract } from '../../contracts/webhooks'

const date = (time: number | null) => (time === null ? null : new Date(time).toISOString())
const author = { name: 'DORA acceptance', email: 'acceptance@example.org' }

function bodyOf(told: Happening): Record<string, unknown> {
  switch (told.kind) {
    case 'deployment':
      return {
        project: told.project,
        deployment_id: told.id,
        commit_sha: told.commit,
        status: told.outcome,
        environment: told.environment,
        ...(told.finishedAt === null
          ? {}
          : { timestamp: date(told.finishedAt), duration_seconds: (told.finishedAt - told.startedAt) / 1000 }),
        repository: told.repository,
        ...(told.commits.length > 0 ? { commits: told.commits } : {}),
      }
    case 'sync':
      return {
        event_type: told.event,
        application: told.application,
        namespace: told.project,
        revision: told.revision,
        sync_started_at: date(told.startedAt),
        sync_finished_at: date(told.finishedAt),
        environment: told.environment,
        service_name: told.project,
      }
    case 'push':
      return {
        repository: told.repository,
        ref: 'refs/heads/main',
        commits: told.commits.map(({ sha, authoredAt, committedAt }) => ({
          id: sha,
          message: 'A change of an acceptance story',
          timestamp: date(committedAt),
          author: { ...author, date: date(authoredAt) },
        })),
      }
    case 'incident':
      return {
        id: told.id,
        title: 'An incident of an acceptance story',
        service: told.project,
        severity: told.severity,
        status: told.resolvedAt === null ? 'open' : 'resolved',
        createdDate: date(told.createdAt),
        ...(told.resolvedAt === null ? {} : { resolvedDate: date(told.resolvedAt) }),
        environment: told.environment,
        ...(told.deployment === null ? {} : { deployment_id: told.deployment }),
      }
    case 'build':
      return {
        type: told.type,
        project: told.project,
        commit_sha: told.commit,
        stage: told.stage,
        status: told.outcome,
        timestamp: date(told.finishedAt),
        duration_seconds: told.durationSeconds,
      }
  }
}

/** `cfr.window_days: 3` as `{cfr: {window_days: 3}}`. */
function optionOf(settings: Readonly<Record<string, unknown>>): Record<string, Record<string, unknown>> {
  const option: Record<string, Record<string, unknown>> = {}
  for (const [path, value] of Object.entries(settings)) {
    const [group = '', key = ''] = path.split('.')
    option[group] = { ...option[group], [key]: value }
  }
  return option
}

const base = '/api/plugins/webhook/1'

export const fawkesWebhooks: WebhookContract = {
  connections: '/api/plugins/webhook/connections',
  incidents: `${base}/incidents`,
  noIncident: {
    body: '',
    withToken: false,
    refusal: z.looseObject({ error: z.looseObject({ message: z.string().min(1) }) }),
  },
  signatureHeader: 'x-hub-signature-256',
  event: (happening, spoiled) => {
    const body = bodyOf(happening)
    return {
      route: happening.webhook,
      body: spoiled?.by === 'field' ? { ...body, [spoiled.field]: spoiled.value } : body,
    }
  },
  open: async (name, settings, ask) => {
    const metrics = [{ pluginName: 'dora', pluginOption: optionOf(settings), enable: true }]
    const project = {
      name,
      description: 'A story of the DORA acceptance suite',
      ...(Object.keys(settings).length > 0 ? { metrics } : {}),
    }
    await ask('POST', '/api/projects', project, z.unknown())
    return { webhook: base }
  },
  severitiesIn: (settings) => z.array(z.string()).nullable().default(null).parse(settings['mttr.severities']),
  removed: (project) => [`/api/projects/${encodeURIComponent(project)}`],
  leavings: (told, idOf) => {
    const deployments = told.flatMap((one) => (one.kind === 'deployment' ? [idOf(one.project, one.id)] : []))
    const incidents = told.flatMap((one) => (one.kind === 'incident' ? [idOf(one.project, one.id)] : []))
    const commits = told.flatMap((one) => (one.kind === 'push' ? one.commits.map(({ sha }) => sha) : []))
    const byKey = (table: string, key: string, values: readonly string[]) => ({ table, column: key, values, key })
    return [
      byKey('deployments', 'id', deployments),
      byKey('cicd_deployments', 'id', deployments),
      byKey('incidents', 'id', incidents),
      byKey('commits', 'sha', commits),
    ]
  },
  deployments: (project) => `/api/deployments?project=${encodeURIComponent(project)}`,
}
