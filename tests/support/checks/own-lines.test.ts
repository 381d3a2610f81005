/** Log lines that the suite itself causes are no errors of the service; errors of the service remain errors. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOwnLine, seenUntil } from '../../../support/checks/own-lines'
import { LogEntries } from '../../../support/formats/log-entries'
import { OwnRequests, type RefusedRequest } from '../../../support/platform/own-requests'

const at = Date.parse('2026-02-21T09:42:10Z')
const refused: readonly RefusedRequest[] = [
  { path: '/api/projects', status: 401, from: at, to: at + 200 },
  { path: '/api/webhooks/7/incidents?x=1', status: 400, from: at, to: at + 200 },
]
const line = (text: string, seconds = 0) => `${new Date(at + seconds * 1000).toISOString().slice(0, -1)}123456Z ${text}`

describe('a line about a refused request of the suite', () => {
  it.each([
    'time="2026-02-21 09:42:10" level=error msg="GET /api/projects: 401 UNAUTHORIZED"',
    '{"level":"error","path":"/api/projects","status":401}',
    '[GIN] ERROR | 401 | 1.2ms | 10.0.0.1 | GET "/api/projects"',
    'level=error msg="POST http://lake:8080/api/webhooks/7/incidents -> 400"',
  ])('at the time of the request is recognised: %s', (text) => {
    expect(isOwnLine(line(text), refused)).toBe(true)
    expect(isOwnLine(line(text, 60), refused)).toBe(false)
    expect(isOwnLine(line(text, -60), refused)).toBe(false)
    expect(isOwnLine(line(text), [])).toBe(false)
  })

  it.each([
    'level=error msg="GET /api/dora/metrics?project=no-such-project-of-this-platform: 404 INVALID_PROJECT"',
    'level=error msg="project no-such-project-of-this-platform not found"',
    'level=error msg="error getting project (404) Wraps: could not find project [no-such-project-of-this-platform] in DB (404)"',
    'level=error msg="Cannot query field \\"noSuchFieldOfThisService\\" on type \\"Query\\""',
    'level=error msg="login failed: unknown user nobody-0123456789ab"',
    '10.0.0.1 "GET /api/projects HTTP/1.1" 401 "dora-acceptance" ERROR',
  ])('with a name that only the suite asks for is recognised in every run: %s', (text) => {
    expect(isOwnLine(line(text, -3000), [])).toBe(true)
  })
})

/** Recorded from a lake on which the suite asked whether anyone may write. */
const provoked = String.raw`time="2026-11-28 21:05:01" level=error msg="HTTP 500 error\n\tcaused by: error inserting request body into table no_such_table (500)\n\tWraps: (2) Error 1146 (42S02): Table 'lake.no_such_table' doesn't exist (500)\n\tWraps: (3) Error 1146 (42S02): Table 'lake.no_such_table' doesn't exist\n\tError types: (1) *hintdetail.withDetail (2) *hintdetail.withDetail (3) *mysql.MySQLError"`

describe('a failure that the suite provokes', () => {
  it('is recognised in every run, for its request asks for a row in a table that does not exist', () => {
    expect(isOwnLine(line(provoked, -3000), [])).toBe(true)
  })

  it.each([
    provoked.replaceAll('no_such_table', 'cicd_deployments'),
    provoked.replace(/Error 1146 .*/, 'Error 1205 (HY000): Lock wait timeout exceeded'),
    `${provoked} panic: runtime error`,
  ])('is no excuse for another failure: %s', (text) => {
    expect(isOwnLine(line(text), [])).toBe(false)
  })
})

/** Recorded from a lake that allows rows for some tables only (PUSH_API_ALLOWED_TABLES). */
const refusedRow = String.raw`time="2026-11-29 01:58:14" level=error msg="HTTP 403 error\n\tcaused by: error inserting request body into table no_such_table (403)\n\tWraps: (2) table name is not in the allowed list (403)\n\tError types: (1) *hintdetail.withDetail (2) *errors.errorString"`
const unknownProject = String.raw`time="2026-11-29 01:58:14" level=error msg="HTTP 404 error\n\tcaused by: error getting project (404)\n\tWraps: (2) could not find project [no-such-project-of-this-platform] in DB (404)"`

/** The same with a part of the stack trace that a lake writes in development. */
const traced = (text: string) =>
  text.replace(
    'caused by: ',
    String.raw`caused by: attached stack trace\n\t  -- stack trace:\n\t  | github.com/apache/incubator-devlake/impls/dalgorm.(*Dalgorm).convertGormError\n\t  | \t/app/impls/dalgorm/dalgorm.go:547\n\t  | \t/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/gin.go:576\n\tWraps: (2) `,
  )

describe('the log of a lake after a run', () => {
  const after = [
    'time="2026-11-29 01:58:14" level=info msg="redirect path: /rest/projects to: /projects"',
    '[GIN] 2026/11/29 - 01:58:14 | 500 |    4.861023ms |       127.0.0.1 | POST     "/push/no_such_table"',
    '[GIN] 2026/11/29 - 01:58:15 | 504 |    4.861023ms |       127.0.0.1 | GET      "/projects"',
  ]
  const errorsIn = (lines: readonly string[]) => {
    const entries = new LogEntries()
    return [...lines.map((text) => entries.next(line(text))), entries.end()].filter((error) => error !== undefined)
  }

  it.each([
    ['an error about a table', provoked],
    ['an error about a table, with its stack trace', traced(provoked)],
    ['a refused table', refusedRow],
    ['a refused table, with its stack trace', traced(refusedRow)],
    ['an unknown project, with its stack trace', traced(unknownProject)],
  ])('holds %s, and requests, which are no errors', (_, text) => {
    const errors = errorsIn([text, ...after.slice(1), ...after])
    expect(errors).toHaveLength(1)
    expect(errors.filter(({ lines }) => !isOwnLine(lines.join('\n'), []))).toEqual([])
  })

  it('holds an error of the service about another table', () => {
    const errors = errorsIn([traced(provoked.replaceAll('no_such_table', 'cicd_deployments')), ...after])
    expect(errors.filter(({ lines }) => !isOwnLine(lines.join('\n'), []))).toHaveLength(1)
  })
})

describe('an error of the service', () => {
  it.each([
    'level=error msg="GET /api/projects: 500 connection lost"',
    'level=error msg="GET /api/projects: 403 FORBIDDEN"',
    'level=error msg="GET /api/projects/payments: 401 UNAUTHORIZED"',
    'level=error msg="GET /internal/api/projects-old: 401"',
    'level=error msg="/api/projects took 401ms"',
    'level=error msg="cannot compute the metrics of checkout: 401 rows are corrupt"',
    'level=error msg="GET /api/projects: 401, then panic: nil pointer"',
  ])('at the time of a refused request is found: %s', (text) => {
    expect(isOwnLine(line(text), refused)).toBe(false)
  })

  it.each([
    'level=error msg="cannot store the metrics of no-such-project-of-this-platform: Error 1205: Lock wait timeout"',
    'level=error msg="Error 1054: Unknown column x for no-such-project-of-this-platform"',
    'level=error msg="no-such-project-of-this-platform: 500, project not found"',
    'level=error msg="disk full while reading no-such-project-of-this-platform"',
    'panic: no-such-project-of-this-platform not found',
    'level=error msg="collecting project acceptance-1 failed: unknown commit"',
  ])('that merely mentions a name is found: %s', (text) => {
    expect(isOwnLine(line(text), refused)).toBe(false)
  })

  it('with any text is found unless it names a request of the suite', () => {
    fc.assert(fc.property(fc.string(), (text) => !isOwnLine(line(`level=error msg="${text}"`), refused)))
  })
})

describe('the requests of a run', () => {
  it('are remembered if they were refused, by the clock of the server', () => {
    const own = new OwnRequests()
    const now = at
    own.note('http://lake:8080/api/ping', 200, undefined, now - 50, now)
    own.note('http://lake:8080/api/projects?a=1', 401, undefined, now - 50, now)
    own.note('http://lake:8080/api/projects', 404, new Date(now - 600_000).toUTCString(), now - 50, now)
    own.note('http://lake:8080/api/projects', 500, undefined, now - 50, now)
    expect(own.refused).toEqual([
      { path: '/api/projects?a=1', status: 401, from: now - 50, to: now },
      { path: '/api/projects', status: 404, from: now - 600_050, to: now - 600_000 },
    ])
  })
})

it('a line says until when it counts', () => {
  expect(seenUntil(line('level=error'), 3_600_000)).toBe('; it counts until 2026-02-21T10:42:10Z')
  expect(seenUntil('2026-02-21T09:42:10+02:00 level=error', 3_600_000)).toBe('; it counts until 2026-02-21T08:42:10Z')
  expect(seenUntil('level=error', 3_600_000)).toBe('')
})
