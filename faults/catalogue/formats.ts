/** Answers and values in another form than the documented one: lists of connections and projects, and an incident. */
import { lake, provenByEvents, provenOnSurfaces, replacing } from './breaking'
import type { Fault } from './fault'

export const formatFaults: readonly Fault[] = [
  {
    id: 'connections-listed-in-pages',
    title: 'The lists of connections have become pages with a count',
    expects: { failed: ['11.2', '12.1', '14.1'], blocked: ['11.3', '12.2'] },
    needs: ['13.1'],
    cause: {
      object: '/api/plugins/github/connections',
      summary: 'The list of connections to GitHub does not have the documented format',
    },
    apply: lake(
      '^/api/plugins/(github|argocd|webhook)/connections$',
      replacing(['^(\\[.*\\])$', '{"connections":$1,"count":1}']),
    ),
  },
  {
    id: 'incident-without-date',
    title: 'An incident of a project has no creation time',
    expects: { failed: provenOnSurfaces, blocked: [] },
    cause: { object: 'incident acceptance-fault-incident', summary: 'The database holds an invalid event' },
    apply: async (doors) => {
      const id = "'acceptance-fault-incident'"
      await doors.sql(
        `INSERT INTO incidents (id, title, severity, created_at, updated_at)
         VALUES (${id}, 'without a time', 'high', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        `INSERT INTO incident_scopes (incident_id, project_name, environment) VALUES (${id}, 'catalog', 'production')`,
      )
      return () =>
        doors.sql(`DELETE FROM incident_scopes WHERE incident_id = ${id}`, `DELETE FROM incidents WHERE id = ${id}`)
    },
  },
  {
    id: 'projects-break',
    title: '/api/projects returns an internal error',
    expects: {
      failed: ['7.3'],
      blocked: ['8.2', '9.2', '11.2', '11.3', '12.1', '12.2', '14.1', ...provenByEvents, ...provenOnSurfaces],
    },
    cause: { object: '/api/projects', summary: 'answers 500 where 200 is expected' },
    apply: lake('^/api/projects$', {
      ...{ kind: 'answer', status: 500, type: 'application/json' },
      body: '{"error":{"code":"INTERNAL_ERROR","message":"the service could not answer"}}',
    }),
  },
  {
    id: 'project-list-empty',
    title: 'The list of projects over REST is empty',
    expects: { failed: ['7.3', '8.2'], blocked: [...provenByEvents, ...provenOnSurfaces] },
    cause: { object: 'project ', summary: 'REST does not list the project' },
    apply: lake('^/api/projects$', replacing(['"projects":\\[.*\\],"count":[0-9]+', '"projects":[],"count":0'])),
  },
]
