/** Accidents of REST and GraphQL: sections 7 and 8 of the checklist. */
import type { Rule } from '../../sandbox/interference/rules'
import type { Doors } from '../doors'
import type { Fault } from '../fault'
import { lake, provenOnSurfaces, replacing } from './breaking'

/** One path of the REST API that answers in a way that no client can use. */
const version = (id: string, title: string, summary: string, how: Rule['how']): Fault => ({
  id: `version-${id}`,
  title: `/api/version ${title}`,
  expects: { failed: ['7.2'], blocked: [] },
  cause: { object: '/api/version', summary },
  apply: lake('^/api/version$', how),
})

/** Whoever asks this path is taken for a caller with the token. */
const authorized = (path: string) => async (doors: Doors) =>
  doors.interfere({
    process: 'lake',
    path,
    how: {
      kind: 'header',
      name: 'authorization',
      value: `Bearer ${doors.vault('fawkes/devlake/secrets', 'api-token')}`,
    },
  })

export const apiFaults: readonly Fault[] = [
  {
    id: 'ping-as-text',
    title: '/api/ping answers pong as text',
    expects: { failed: ['7.1'], blocked: [] },
    cause: { object: '/api/ping', summary: 'no valid JSON where JSON is expected' },
    apply: lake('^/api/ping$', { kind: 'answer', status: 200, type: 'text/plain', body: 'pong' }),
  },
  {
    id: 'ping-broken',
    title: '/api/ping answers an internal error',
    expects: { failed: ['4.2', '5.2', '5.3', '7.1'], blocked: [] },
    cause: { object: '/api/ping', summary: '/api/ping answers 500 where 200 is expected' },
    apply: lake('^/api/ping$', {
      kind: 'answer',
      status: 500,
      type: 'application/json',
      body: '{"error":{"code":"INTERNAL_ERROR","message":"the service could not answer"}}',
    }),
  },
  version('page', 'answers the page of the UI', 'answers a page (HTML) where JSON is expected', {
    kind: 'answer',
    status: 200,
    type: 'text/html',
    body: '<!doctype html><html><title>DevLake</title></html>',
  }),
  version('invalid-json', 'answers invalid JSON', 'answers no valid JSON where JSON is expected', {
    kind: 'answer',
    status: 200,
    type: 'application/json',
    body: '{"version": ',
  }),
  version('hang', 'never answers', 'no whole answer within 10 s', { kind: 'hang' }),
  version('slow', 'answers after a minute', 'no whole answer within 10 s', { kind: 'delay', ms: 60_000 }),
  version('reset', 'resets the connection', 'a connection that was refused, reset or cut off', { kind: 'reset' }),
  version('half', 'answers half a body', 'a connection that ended before the answer was whole', { kind: 'half' }),
  version('flood', 'answers 50 MB', 'a body of more than 20 MB', { kind: 'flood', megabytes: 50 }),
  version('broken-text', 'answers invalid UTF-8', 'a body that is not valid UTF-8', { kind: 'broken text' }),
  {
    id: 'projects-open',
    title: '/api/projects is open without a token',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '/api/projects', summary: 'gives its data to a caller with no token' },
    apply: authorized('^/api/projects'),
  },
  {
    id: 'graphql-field-renamed',
    title: 'The GraphQL field leadTimeForChanges has another name',
    expects: { failed: ['8.1'], blocked: provenOnSurfaces },
    cause: { object: '/api/graphql', summary: 'DORAMetrics.leadTimeForChanges was removed' },
    apply: lake('^/api/graphql$', replacing(['"leadTimeForChanges"', '"leadTime"'])),
  },
  {
    id: 'graphql-open',
    title: 'GraphQL gives data without a token',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'data is given without a token' },
    apply: authorized('^/api/graphql$'),
  },
]
