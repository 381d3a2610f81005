/** Answers and values in another form than the documented one: lists of connections and projects. */
import { internalError, lake, provenByEvents, provenOnSurfaces, replacing } from './breaking'
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
    id: 'projects-break',
    title: '/api/projects returns an internal error',
    expects: {
      failed: ['7.3'],
      blocked: ['8.2', '9.2', '11.2', '11.3', '12.1', '12.2', '14.1', ...provenByEvents, ...provenOnSurfaces],
    },
    cause: { object: '/api/projects', summary: 'answers 500 where 200 is expected' },
    apply: lake('^/api/projects$', internalError),
  },
  {
    id: 'project-list-empty',
    title: 'The list of projects over REST is empty',
    expects: { failed: ['7.3', '8.2'], blocked: [...provenByEvents, ...provenOnSurfaces] },
    // Without a project, nothing is compared, and no other reason for that is named.
    needs: ['8.1', '9.1', '9.2', '10.1', '10.2', '10.3'],
    cause: { object: 'project ', summary: 'REST does not list the project' },
    apply: lake('^/api/projects$', replacing(['"projects":\\[.*\\],"count":[0-9]+', '"projects":[],"count":0'])),
  },
]
