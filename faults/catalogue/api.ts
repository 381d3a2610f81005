/** Faults of REST and GraphQL: sections 7 and 8 of the checklist. */
import type { Rule } from '../../sandbox/interference/rules'
import {
  answering,
  authorized,
  base64,
  inService,
  internalError,
  lake,
  provenByEvents,
  provenOnSurfaces,
  replacing,
} from './breaking'
import type { Fault } from './fault'

/** A response of /api/version that no client can use. */
const version = (id: string, title: string, summary: string, how: Rule['how']): Fault => ({
  id: `version-${id}`,
  title: `/api/version ${title}`,
  expects: { failed: ['7.2'], blocked: [] },
  cause: { object: '/api/version', summary },
  apply: lake('^/api/version$', how),
})

export const apiFaults: readonly Fault[] = [
  {
    id: 'ping-as-text',
    title: '/api/ping returns pong as plain text',
    expects: { failed: ['7.1'], blocked: [] },
    cause: { object: '/api/ping', summary: 'returns invalid JSON' },
    apply: lake('^/api/ping$', { kind: 'answer', status: 200, type: 'text/plain', body: 'pong' }),
  },
  {
    id: 'ping-broken',
    title: '/api/ping returns an internal error',
    expects: { failed: ['4.2', '5.2', '5.3', '7.1'], blocked: [] },
    // A broken database or volume, or a service that leads elsewhere, would explain the status.
    needs: ['0.3', '3.1', '4.1'],
    cause: { object: '/api/ping', summary: '/api/ping answers 500 where 200 is expected' },
    apply: lake('^/api/ping$', internalError),
  },
  version('page', 'returns the page of the UI', 'returns an HTML page instead of JSON', {
    kind: 'answer',
    status: 200,
    type: 'text/html',
    body: '<!doctype html><html><title>DevLake</title></html>',
  }),
  version('invalid-json', 'returns invalid JSON', 'returns invalid JSON', answering(200, '{"version": ')),
  version('hang', 'never answers', 'no complete response within', { kind: 'hang' }),
  version('slow', 'answers after a minute', 'no complete response within', { kind: 'delay', ms: 60_000 }),
  version('reset', 'resets the connection', 'the connection behind the ingress was refused, reset or cut off', {
    kind: 'reset',
  }),
  version('half', 'returns half a body', 'the connection was closed before the response was complete', {
    kind: 'half',
  }),
  version('flood', 'returns 50 MB', 'the body is larger than 20 MB', { kind: 'flood', megabytes: 50 }),
  version('broken-text', 'returns invalid UTF-8', 'the body is not valid UTF-8', { kind: 'broken text' }),
  {
    id: 'projects-open',
    title: '/api/projects is open without a token',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '/api/projects', summary: 'returns data to a caller with no token' },
    apply: authorized('^/api/projects'),
  },
  {
    id: 'one-path-open',
    title: 'One REST path is open without a token, while the others refuse',
    expects: { failed: ['7.3'], blocked: [] },
    cause: {
      object: '/api/dora/rework?project=catalog&timeRange=last7days',
      summary: '/api/dora/rework answers 200 where 401 is expected',
    },
    apply: authorized('^/api/dora/rework'),
  },
  {
    id: 'one-path-moved',
    title: 'One REST path sends every caller elsewhere',
    expects: { failed: [], blocked: ['7.3'] },
    cause: {
      object: '/api/dora/rework?project=catalog&timeRange=last7days',
      summary: 'It is unknown whether /api/dora/rework refuses a caller with no token: it redirects',
    },
    apply: lake('^/api/dora/rework', answering(302, '')),
  },
  {
    id: 'api-token-rotated',
    title: 'The API token was rotated in the service but not in its Secret',
    expects: {
      failed: ['7.3'],
      blocked: ['8.2', '9.2', '11.2', '11.3', '12.1', '12.2', '14.1', ...provenByEvents, ...provenOnSurfaces],
    },
    cause: {
      object: 'Secret fawkes/devlake-api-token, key token',
      summary: 'The service does not accept the token',
    },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-api-token'), { data: { token: base64('a-token-of-last-month') } }),
  },
  {
    id: 'api-token-empty',
    title: 'The Secret of the API token holds none',
    expects: {
      failed: [],
      blocked: ['7.3', '8.2', '9.2', '11.2', '11.3', '12.1', '12.2', '14.1', ...provenByEvents, ...provenOnSurfaces],
    },
    cause: { object: 'Secret fawkes/devlake-api-token, key token', summary: 'holds no API token' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-api-token'), { data: { token: '' } }),
  },
  {
    id: 'expired-token-accepted',
    title: 'A token is accepted after it has expired',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '/api/projects', summary: 'returns data to a caller with an expired token' },
    apply: (doors) =>
      doors.patch(inService('secret', 'devlake-api-token-expired'), {
        data: { token: base64(doors.vault('fawkes/devlake/secrets', 'api-token')) },
      }),
  },
  {
    id: 'unknown-project-breaks',
    title: 'A request for an unknown project causes an internal error',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '?project=no-such-project-of-this-platform', summary: 'answers 500 where 404 is expected' },
    apply: lake('^/api/dora/metrics\\?project=no-such-project', internalError),
  },
  {
    id: 'empty-range-answered',
    title: 'A time range that ends before it begins returns zeros',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: 'endDate=2026-01-01T00:00:00Z', summary: 'answers 200 where 400 is expected' },
    apply: lake(
      'startDate=2026-02-01',
      answering(200, '{"project":"catalog","metrics":{"deploymentFrequency":{"value":0,"level":"low"}}}'),
    ),
  },
  {
    id: 'rate-limit-hidden',
    title: 'A gateway removes the rate-limit headers from responses',
    expects: { failed: ['7.3'], blocked: [] },
    cause: { object: '/api/projects', summary: 'answers without a valid x-ratelimit-limit' },
    apply: lake('^/api/projects$', {
      kind: 'without headers',
      names: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
    }),
  },
  {
    id: 'graphql-field-renamed',
    title: 'The GraphQL field leadTimeForChanges was renamed',
    expects: { failed: ['8.1'], blocked: provenOnSurfaces },
    cause: { object: '/api/graphql', summary: 'DORAMetrics.leadTimeForChanges was removed' },
    apply: lake('^/api/graphql$', replacing(['"leadTimeForChanges"', '"leadTime"'])),
  },
  {
    id: 'graphql-open',
    title: 'GraphQL returns data without a token',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'data is returned without a token' },
    apply: authorized('^/api/graphql$'),
  },
  {
    id: 'graphql-field-open',
    title: 'One GraphQL field returns data without a token, while the others refuse',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'data is returned without a token: incidents' },
    apply: lake(
      '^/api/graphql$',
      replacing(['^.*"path":\\["incidents"\\].*$', '{"data":{"incidents":[{"__typename":"Incident"}]}}']),
    ),
  },
  {
    id: 'graphql-introspection-off',
    title: 'GraphQL introspection is disabled',
    expects: { failed: ['8.1'], blocked: provenOnSurfaces },
    cause: { object: '/api/graphql', summary: 'introspection fails without a token' },
    apply: lake(
      '^/api/graphql$',
      replacing(['^\\{"data":\\{"__schema".*$', '{"errors":[{"message":"GraphQL introspection has been disabled"}]}']),
    ),
  },
  {
    id: 'graphql-projects-fewer',
    title: 'GraphQL omits a project that REST lists',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'the projects query returns different projects than REST' },
    apply: lake('^/api/graphql$', replacing(['\\{"name":"catalog"\\},?', ''], ['\\},\\]', '}]'])),
  },
  {
    id: 'graphql-error-beside-data',
    title: 'GraphQL returns null for the metrics, together with an error',
    expects: { failed: ['8.2'], blocked: provenOnSurfaces },
    cause: { object: '/api/graphql', summary: 'cannot be queried' },
    apply: lake(
      '^/api/graphql$',
      replacing([
        '^\\{"data":\\{"doraMetrics":.*$',
        '{"data":{"doraMetrics":null},"errors":[{"message":"Cannot return null for non-nullable field"}]}',
      ]),
    ),
  },
  {
    id: 'graphql-takes-any-query',
    title: 'GraphQL ignores a field that is not in its schema',
    expects: { failed: ['8.2'], blocked: [] },
    cause: { object: '/api/graphql', summary: 'an invalid query does not return an error' },
    apply: lake('^/api/graphql$', replacing(['^.*noSuchField.*$', '{"data":{}}'])),
  },
]
