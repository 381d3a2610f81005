/** The contract `devlake` against recorded answers of a real lake, through the real checks and clients. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Blocked, NotApplicable, Unmet } from '../../../../support/basis/expectation'
import { connectionsTo } from '../../../../support/checks/data-sources'
import { expectSchema } from '../../../../support/checks/graphql'
import { expectIncidentAddress, expectWebhookPlugin } from '../../../../support/checks/incident-webhook'
import { expectNoOpenRoute } from '../../../../support/checks/outside-answers'
import {
  expectPong,
  expectQuestionRefused,
  expectRateLimit,
  expectRefused,
  expectServiceVersion,
} from '../../../../support/checks/rest'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import type { Platform } from '../../../../support/platform/platform'
import { expectExposition } from '../../../../support/service/exposition'
import { expectProjects } from '../../../../support/service/projects'
import { platformOf } from '../../../fixtures/devlake/platform'
import { Replay } from '../../../fixtures/devlake/replay'

let replay: Replay
let platform: Platform

async function lake(names: readonly string[], elsewhere: Readonly<Record<string, string>> = {}): Promise<Platform> {
  replay = await Replay.start(['ping', ...names], elsewhere)
  platform = platformOf(replay)
  return platform
}

afterEach(async () => {
  await platform.close()
  replay.stop()
  vi.unstubAllEnvs()
  expect(replay.unrecorded).toEqual([])
})

const projectsNamed = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ name: `project ${from + index}` }))

const caught = (check: Promise<unknown>): Promise<unknown> =>
  check.then(
    () => expect.unreachable('The check passed.'),
    (error: unknown) => error,
  )

const rejection = async (check: Promise<unknown>) => {
  const error = await caught(check)
  if (!(error instanceof Unmet || error instanceof Blocked)) throw error
  expect(JSON.stringify(error.finding)).not.toMatch(/Wraps|Error types|stack trace|hintdetail/)
  return error
}

describe('a lake', () => {
  it('answers a ping with an empty body, and returns its version', async () => {
    const found = await lake(['version'])
    await expectPong(found)
    expect(await expectServiceVersion(found)).toMatch(/^v1\.0\.3-beta12/)
  })

  it('lists its projects to anyone, and accepts the token where it requires one', async () => {
    expect(await expectProjects(await lake(['auth-rest-wide-key-ping', 'projects-list']))).toEqual(['ACC-P1', 'acc-p1'])
    expect(replay.taken).toContain('auth-rest-wide-key-ping')
  })

  it('lists all its projects, of which a page holds 50', async () => {
    replay = await Replay.start(
      ['ping', 'auth-rest-wide-key-ping'],
      {},
      {
        '/projects': { projects: projectsNamed(0, 50), count: 58 },
        '/projects?page=2&pageSize=50': { projects: projectsNamed(50, 58), count: 58 },
      },
    )
    platform = platformOf(replay)
    expect(await expectProjects(platform)).toEqual(projectsNamed(0, 58).map(({ name }) => name))
  })

  it.each([
    ['no', 'authon-rest-no-token'],
    ['wrong', 'authon-rest-bad-key'],
  ] as const)('refuses callers with %s token', async (intruder, name) => {
    await expectRefused(await lake(['auth-rest-wide-key-ping', 'projects-list', name]), intruder)
    expect(replay.taken).toContain(name)
  })

  it('refuses an expired token for any request', async () => {
    const found = await lake(['auth-rest-wide-key-ping', 'projects-list'], {
      '/rest/projects': 'auth-rest-expired-key',
    })
    const { configuration } = found
    const expired = { name: 'expired', key: 'token' }
    Object.assign(configuration, { tokens: { ...configuration.tokens, expired } })
    await expectRefused(found, 'expired')
  })

  it('reports an unknown project', async () => {
    await expectQuestionRefused(await lake(['nostack-project-unknown']), 'unknown project')
  })

  it('lists its webhooks, each of which refuses a body that is not an incident', async () => {
    const found = await lake(['webhook-connections-list', 'nostack-issue-empty-object'])
    expect(await expectWebhookPlugin(found)).toBe(1)
    await expectIncidentAddress(found)
    expect(replay.taken).toContain('nostack-issue-empty-object')
  })
})

describe('a lake without a webhook', () => {
  it('has the plugin, but no connection that accepts incidents', async () => {
    const found = await lake(['webhook-connections-empty'])
    expect(await expectWebhookPlugin(found)).toBe(0)
    const { finding } = await rejection(expectIncidentAddress(found))
    expect(finding.summary).toBe('The webhook plugin has no connection that accepts incidents.')
  })
})

describe('the route that accepts rows for any table', () => {
  const outside = '/api/push/no_such_table'

  it('is a finding with a remedy when it is open to the outside', async () => {
    const found = await lake([], { [outside]: 'nostack-push-unknown-table' })
    const { finding } = await rejection(expectNoOpenRoute(found))
    expect(finding.summary).toBe(
      'devlake.127.0.0.1.nip.io lets anyone write to the database of the service without a login, through /api/push/no_such_table.',
    )
    expect(finding.found).toContain('error inserting request body into table no_such_table')
    expect(finding.remedy.join('\n')).toContain('PUSH_API_ALLOWED_TABLES')
  })

  it('is not a finding when it requires a login', async () => {
    await expectNoOpenRoute(await lake([], { [outside]: 'authon-projects' }))
    expect(replay.taken).toEqual(['authon-projects'])
  })

  it('is not a finding when a host that leads to the lake does not know it', async () => {
    await expectNoOpenRoute(await lake([], { [outside]: 'unknown-route', '/api/rest/ping': 'authon-rest-no-token' }))
    expect(replay.taken).toEqual(['unknown-route', 'authon-rest-no-token'])
  })

  it('blocks when nothing shows that the host leads to the lake', async () => {
    const found = await lake([], { [outside]: 'unknown-route', '/api/rest/ping': 'unknown-route' })
    expect(await rejection(expectNoOpenRoute(found))).toBeInstanceOf(Blocked)
  })

  it('is not applicable to the checklist’s own service', async () => {
    await lake([])
    expect(await caught(expectNoOpenRoute({ ...platform, contract: fawkes } as Platform))).toBeInstanceOf(NotApplicable)
  })
})

describe('a lake has no counterpart for', () => {
  it('routes that it does not know', async () => {
    const { rest } = await lake(['metrics-absent', 'graphql-absent-post'])
    expect((await rest.get('/metrics')).status).toBe(404)
    expect((await rest.query('/graphql', '{"query":"{ __typename }"}', {})).status).toBe(404)
  })

  it.each<[string, (lake: Platform) => Promise<unknown>, string]>([
    ['GraphQL', expectSchema, 'Stock DevLake has no GraphQL API.'],
    ['metrics', expectExposition, 'Stock DevLake exposes no metrics to Prometheus: it has no /metrics.'],
    ['a rate limit', expectRateLimit, 'Stock DevLake has no rate limit.'],
  ])('%s', async (_, check, reason) => {
    expect(await caught(check(await lake([])))).toEqual(new NotApplicable(reason))
  })

  it('an empty range', async () => {
    const error = await caught(expectQuestionRefused(await lake([]), 'empty range'))
    expect(error).toEqual(new NotApplicable('The API of stock DevLake takes no ranges.'))
  })

  it('the plugin for ArgoCD, on a version that does not know its route', async () => {
    const found = await lake([], { '/plugins/argocd/connections': 'unknown-route' })
    expect(await caught(connectionsTo(found, 'argocd'))).toBeInstanceOf(NotApplicable)
  })

  it('the plugin for ArgoCD only: the plugin for GitHub is in every version', async () => {
    const found = await lake([], { '/plugins/github/connections': 'unknown-route' })
    expect(await caught(connectionsTo(found, 'github'))).toBeInstanceOf(Unmet)
  })
})

describe('an error of a lake', () => {
  it('401 of a lake that asks for a login is a login in front of the API', async () => {
    const { finding } = await rejection(expectProjects(await lake([], { '/rest/ping': 'authon-rest-good-key' })))
    expect(finding.object).toBe('login in front of the API')
    expect(finding.found).toContain('401')
  })

  it('403 of a key for something else names the scope', async () => {
    const { finding } = await rejection(expectProjects(await lake([], { '/rest/ping': 'auth-rest-out-of-scope' })))
    expect(finding.summary).toBe(
      'The API token in Secret fawkes/devlake-api-token, key token is valid for other paths only.',
    )
    expect(finding.found).toContain("doesn't match api key's scope")
  })

  it('is not needed to explain how to create a missing token', async () => {
    const found = await lake([])
    vi.spyOn(found.kubernetes, 'secret').mockResolvedValue(new Map())
    const { finding } = await rejection(expectProjects(found))
    expect(finding.remedy.join('\n')).toContain('http://localhost:8080/api-keys')
  })

  it('401 without a token is reported with its message', async () => {
    const { finding } = await rejection(expectProjects(await lake(['auth-rest-wide-key-ping', 'authon-projects'])))
    expect(finding.found).toBe('/projects answers 401: {"message":"unauthorized","success":false}')
  })

  it('404 of a route is reported as an unexpected status', async () => {
    const { finding } = await rejection(expectServiceVersion(await lake([], { '/version': 'unknown-route' })))
    expect(finding.summary).toBe('/version answers 404 where 200 is expected.')
  })

  it('200 instead of 404 is reported for an unknown project', async () => {
    const { finding } = await rejection(
      expectQuestionRefused(
        await lake([], { '/projects/no-such-project-of-this-platform': 'project-check-unknown' }),
        'unknown project',
      ),
    )
    expect(finding.summary).toBe('/projects/no-such-project-of-this-platform answers 200 where 404 is expected.')
  })

  it('428 is reported as a pending migration for any request, with the way to confirm it', async () => {
    const found = await lake(['auth-rest-wide-key-ping', 'pending-projects'], {
      '/plugins/webhook/connections': 'pending-plugins',
    })
    for (const check of [expectProjects, expectWebhookPlugin]) {
      const { finding } = await rejection(check(found))
      expect(finding.summary).toBe('The service is waiting for someone to confirm the migration of its database.')
      expect(finding.object).toBe('database migration of the service')
      expect(finding.remedy.join()).toContain('/proceed-db-migration')
    }
  })

  it('500 is reported without its stack trace', async () => {
    const { finding } = await rejection(
      expectServiceVersion(await lake([], { '/version': 'nostack-api-key-create-bad-regexp' })),
    )
    expect(finding.summary).toBe('/version answers 500 where 200 is expected.')
    expect(finding.found).toContain('"message":"error creating api key"')
  })

  it('503 of a lake that is not ready leads to a second request without the ingress, and is reported', async () => {
    const { finding } = await rejection(expectServiceVersion(await lake([], { '/version': 'pending-ready' })))
    expect(finding.summary).toMatch(/^The Kubernetes API server cannot be reached/)
  })
})
