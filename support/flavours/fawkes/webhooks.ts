/** The webhooks of the contract `fawkes`, and the requests that create and remove its projects. */

import { z } from 'zod'
import { urlPart } from '../../basis/command'
import type { Happening } from '../../contracts/happening'
import type { WebhookContract } from '../../contracts/webhooks'

const date = (time: number | null) => (time === null ? null : new Date(time).toISOString())
const author = { name: 'DORA acceptance', email: 'acceptance@example.org' }

function bodyOf(happening: Happening): Record<string, unknown> {
  switch (happening.kind) {
    case 'deployment':
      return {
        project: happening.project,
        deployment_id: happening.id,
        commit_sha: happening.commit,
        status: happening.outcome,
        environment: happening.environment,
        ...(happening.finishedAt === null
          ? {}
          : {
              timestamp: date(happening.finishedAt),
              duration_seconds: (happening.finishedAt - happening.startedAt) / 1000,
            }),
        repository: happening.repository,
        ...(happening.commits.length > 0 ? { commits: happening.commits } : {}),
      }
    case 'sync':
      return {
        event_type: happening.event,
        application: happening.application,
        namespace: happening.project,
        revision: happening.revision,
        sync_started_at: date(happening.startedAt),
        sync_finished_at: date(happening.finishedAt),
        environment: happening.environment,
        service_name: happening.project,
      }
    case 'push':
      return {
        repository: happening.repository,
        ref: 'refs/heads/main',
        commits: happening.commits.map(({ sha, authoredAt, committedAt }) => ({
          id: sha,
          message: 'A change of an acceptance story',
          timestamp: date(committedAt),
          author: { ...author, date: date(authoredAt) },
        })),
      }
    case 'incident':
      return {
        id: happening.id,
        title: 'An incident of an acceptance story',
        service: happening.project,
        severity: happening.severity,
        status: happening.resolvedAt === null ? 'open' : 'resolved',
        createdDate: date(happening.createdAt),
        ...(happening.resolvedAt === null ? {} : { resolvedDate: date(happening.resolvedAt) }),
        environment: happening.environment,
        ...(happening.deployment === null ? {} : { deployment_id: happening.deployment }),
      }
    case 'build':
      return {
        type: happening.type,
        project: happening.project,
        commit_sha: happening.commit,
        stage: happening.stage,
        status: happening.outcome,
        timestamp: date(happening.finishedAt),
        duration_seconds: happening.durationSeconds,
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
  removed: async (project) => [`/api/projects/${urlPart(project)}`],
  leavings: (sent, _projects, idsOf) => {
    const deployments = sent.flatMap((one) => (one.kind === 'deployment' ? idsOf(one.project, one.id) : []))
    const incidents = sent.flatMap((one) => (one.kind === 'incident' ? idsOf(one.project, one.id) : []))
    const commits = sent.flatMap((one) => (one.kind === 'push' ? one.commits.map(({ sha }) => sha) : []))
    const byKey = (table: string, key: string, values: readonly string[]) => ({ table, column: key, values, key })
    return [
      byKey('deployments', 'id', deployments),
      byKey('cicd_deployments', 'id', deployments),
      byKey('incidents', 'id', incidents),
      byKey('commits', 'sha', commits),
    ]
  },
  deployments: (project) => `/api/deployments?project=${urlPart(project)}`,
}
