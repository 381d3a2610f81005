/** Stories under the contract `devlake` against recorded answers of a real lake: projects, webhooks, blueprints and pipelines. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { NotApplicable, Unmet } from '../../../../support/basis/expectation'
import type { Platform } from '../../../../support/platform/platform'
import { Arrangement } from '../../../../support/stories/arrangement'
import { platformOf } from '../../../fixtures/devlake/platform'
import { Replay } from '../../../fixtures/devlake/replay'

const opening = ['project-create', 'webhook-connection-create-acc-p1', 'blueprint-patch-attach-webhook']
const sending = ['deploy-success-01', 'deploy-failure', 'incident-open-1', 'incident-resolve-1']
const collecting = [
  'run1-trigger',
  'run1-poll-TASK_CREATED-0',
  'run1-poll-TASK_RUNNING-1',
  'run1-poll-TASK_COMPLETED-5',
]

const project = 'dora-acceptance-r1-1'
const connections = '/plugins/webhook/connections'
const connectionOfProject = `${connections}/3`

const pickle = (...steps: [text: string, ...rows: string[][]][]) => ({
  uri: 'features/story.feature',
  location: { line: 7 },
  steps: steps.map(([text, ...rows], index) => ({
    id: String(index),
    astNodeIds: [],
    text,
    argument: { dataTable: { rows: rows.map((row) => ({ cells: row.map((value) => ({ value })) })) } },
  })),
})

const whole = pickle(
  [
    'these deployments were reported',
    ['id', 'finished', 'result'],
    ['d1', '3 days ago 09:00', 'success'],
    ['d2', '2 days ago 09:00', 'failure'],
  ],
  [
    'these incidents were reported',
    ['id', 'created', 'resolved'],
    ['i1', '3 days ago 10:00', ''],
    ['i1', '3 days ago 10:00', '3 days ago 10:45'],
  ],
)

/** The connections of a lake on which someone else has a webhook too. */
const listed = [
  { id: 2, name: 'acc-hook' },
  { id: 3, name: project },
]

let replay: Replay
let platform: Platform

/** Arranges stories with a cluster and a database that store nothing. Stories leave only names in them. */
async function arrangement(
  names: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
  version = 'v1.0.3-beta12',
) {
  replay = await Replay.start(
    ['ping', ...names],
    { [`/projects/${project}`]: 'project-delete', ...aliases },
    { [connections]: listed, '/version': { version } },
  )
  platform = platformOf(replay, 'contract: devlake\ndeadlines: { condition: 1s, collection: 2s }')
  vi.spyOn(platform.kubernetes, 'records').mockResolvedValue([])
  vi.spyOn(platform.kubernetes, 'createRecord').mockResolvedValue()
  vi.spyOn(platform.kubernetes, 'deleteRecord').mockResolvedValue()
  vi.spyOn(platform.kubernetes, 'secret').mockResolvedValue(
    new Map(['token', 'MYSQL_PASSWORD'].map((key) => [key, 'K'.repeat(128)])),
  )
  vi.spyOn(platform.database, 'rows').mockResolvedValue([])
  return new Arrangement(platform, 'r1')
}

afterEach(async () => {
  await platform.close()
  replay.stop()
  vi.unstubAllEnvs()
})

describe('a story', () => {
  it('is posted to the webhook of its own project, collected by a pipeline, and removed', async () => {
    const stories = await arrangement([...opening, ...sending, ...collecting], {
      // The deletion of a connection was never recorded. The replay answers as for a project.
      [connectionOfProject]: 'project-delete',
    })
    const { posted, collected } = stories.of(stories.storyOf(whole))
    expect((await posted).map(({ answer }) => answer.status)).toEqual([200, 200, 200, 200])
    expect(await collected).toBeGreaterThan(0)
    expect(await stories.remove()).toEqual([])
    const deletions = ['project-delete', 'project-delete']
    expect(replay.taken).toEqual(['ping', ...opening, ...sending, ...collecting, ...deletions])
    expect(replay.unrecorded).toEqual([])
  })

  it('is removed by the id of its connection, because old versions know no connection by name', async () => {
    const stories = await arrangement([...opening, ...sending, ...collecting], {
      [connectionOfProject]: 'project-delete',
    })
    await stories.of(stories.storyOf(whole)).collected
    const deleted = vi.spyOn(platform.rest, 'remove')
    expect(await stories.remove()).toEqual([])
    expect(deleted.mock.calls.map(([path]) => path)).toEqual([`/projects/${project}`, connectionOfProject])
  })

  it('with numbers is told if a step checks what is stored', async () => {
    const stories = await arrangement([...opening, ...sending, ...collecting], {
      [connectionOfProject]: 'project-delete',
    })
    const { steps, ...scenario } = whole
    const judging = pickle(['exactly these deployments are stored'], ['over the last 7 days, every surface reports'])
    const { posted } = stories.of(stories.storyOf({ ...scenario, steps: [...steps, ...judging.steps] }))
    expect(await posted).toHaveLength(4)
    await stories.remove()
  })

  it.each([
    ['400', 'nostack-deploy-bad-environment', /^The service refused a valid event \(deployment\): status 400\.$/],
    ['500', 'deploy-bad-json', /^The service failed to process a request of a story: status 500\.$/],
  ])('whose event gets the status %s fails with that status, and without a stack trace', async (_, name, summary) => {
    const stories = await arrangement(opening, {
      '/rest/plugins/webhook/connections/3/deployments': name,
      [connectionOfProject]: 'project-delete',
    })
    const error = await stories.of(stories.storyOf(whole)).posted.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toHaveProperty('finding.summary', expect.stringMatching(summary))
    expect(error).toHaveProperty('finding.found', expect.not.stringMatching(/Wraps|Error types/))
    expect(await stories.remove()).toEqual([])
  })

  it('that fails because the lake lost its database names the database as what it relies on', async () => {
    const stories = await arrangement([...opening.slice(1), ...sending], { '/projects': 'deploy-bad-json' })
    const error = await stories.of(stories.storyOf(whole)).posted.catch((error: unknown) => error)
    expect(error).toHaveProperty('finding.summary', 'The service failed to process a request of a story: status 500.')
    const service = 'Service fawkes/devlake-mysql'
    expect(error).toHaveProperty('finding.reliesOn', [service, `connections of lake to ${service}`])
    await stories.remove()
  })

  it('whose webhook exists already cannot be posted, because its key is shown only once', async () => {
    const stories = await arrangement(opening, {
      [connections]: 'nostack-webhook-create-duplicate',
      [connectionOfProject]: 'project-delete',
    })
    const error = await stories.of(stories.storyOf(whole)).posted.catch((error: unknown) => error)
    expect(error).toHaveProperty('finding.summary', `The project ${project} could not be created: status 400.`)
    expect(await stories.remove()).toEqual([])
  })

  it('waits while a pipeline of its blueprint is already running', async () => {
    const stories = await arrangement([...opening, ...sending, 'nostack-trigger-while-pending', ...collecting], {
      [connectionOfProject]: 'project-delete',
    })
    await stories.of(stories.storyOf(whole)).collected
    expect(replay.taken).toContain('run1-trigger')
    await stories.remove()
  })

  it('is not collected before its pipeline ends', async () => {
    const stories = await arrangement([...opening, ...sending, ...collecting.slice(0, -1)], {
      [connectionOfProject]: 'project-delete',
    })
    const error = await stories.of(stories.storyOf(whole)).collected.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Unmet)
    expect(error).toHaveProperty('finding.summary', 'The service does not finish the collection.')
    await stories.remove()
  })

  it('is reported as left behind, by name, when the service does not remove all of it', async () => {
    const stories = await arrangement([...opening, ...sending, ...collecting])
    await stories.of(stories.storyOf(whole)).posted
    expect(await stories.remove()).toEqual([`project ${project}`])
    expect(new Set(replay.unrecorded)).toEqual(new Set([`DELETE ${connectionOfProject}`]))
  })

  it('is reported with a doubt when the service never confirmed its project', async () => {
    const stories = await arrangement([])
    await expect(stories.of(stories.storyOf(whole)).posted).rejects.toBeInstanceOf(Unmet)
    vi.spyOn(platform.rest, 'remove').mockResolvedValue({ status: 403, headers: {}, body: '', url: '' })
    expect(await stories.remove()).toEqual([`project ${project}, if it was created`])
  })

  it.each<[string, ReturnType<typeof pickle>, RegExp]>([
    ['builds', pickle(['these builds were reported', ['commit', 'finished'], ['c1', '3 days ago 07:00']]), /no builds/],
    [
      'notifications',
      pickle([
        'these ArgoCD events were reported',
        ['event', 'revision', 'started', 'finished'],
        ['sync_succeeded', 'c1', '3 days ago 09:00', '3 days ago 09:05'],
      ]),
      /no notifications/,
    ],
    [
      'a deployment that runs',
      pickle(['these deployments were reported', ['id', 'finished', 'result'], ['d', '', 'running']]),
      /still running/,
    ],
    [
      'a deployment to nowhere',
      pickle(['these deployments were reported', ['id', 'finished', 'environment'], ['d', '3 days ago 10:00', 'none']]),
      /one of the environments/,
    ],
    [
      'an incident of a deployment',
      pickle(['these incidents were reported', ['id', 'created', 'deployment'], ['i', '3 days ago 10:00', 'd']]),
      /never to a named one/,
    ],
    [
      'an incident that was resolved before it was created',
      pickle([
        'these incidents were reported',
        ['id', 'created', 'resolved'],
        ['i', '3 days ago 10:00', '3 days ago 09:00'],
      ]),
      /resolved before it was created/,
    ],
    [
      'numbers that no surface but the dashboards has',
      pickle(
        ['these deployments were reported', ['id', 'finished'], ['d', '3 days ago 10:00']],
        ['over the last 7 days, every surface reports', ['deployments', '1']],
      ),
      /dashboards alone/,
    ],
    [
      'settings',
      pickle(['the project has these settings', ['setting', 'value'], ['cfr.window_days', '3']]),
      /no windows/,
    ],
  ])('with %s does not apply, and creates nothing', async (_, told, reason) => {
    const stories = await arrangement([])
    const error = await stories.of(stories.storyOf(told)).posted.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(NotApplicable)
    expect(String(error)).toMatch(reason)
    expect(replay.unrecorded).toEqual([])
  })
})

describe('a pushed commit', () => {
  const pushed = pickle(
    ['these commits were pushed', ['commit', 'authored', 'committed'], ['c1', '3 days ago 07:00', '3 days ago 08:00']],
    ['these deployments were reported', ['id', 'finished', 'commits'], ['d1', '3 days ago 09:00', 'c1']],
  )

  it('is reported as the pull request that it merged', async () => {
    const stories = await arrangement([...opening, ...sending], { [connectionOfProject]: 'project-delete' })
    vi.spyOn(platform.rest, 'change')
    const told = stories.of(stories.storyOf(pushed))
    await told.posted.catch(() => {})
    const sent = vi.mocked(platform.rest.change).mock.calls.find(([, path]) => path.endsWith('/pull_requests'))
    expect(sent?.[1]).toBe(`/rest${connections}/3/pull_requests`)
    const [commit] = told.story.postings.flatMap(({ happening }) =>
      happening.kind === 'push' ? happening.commits : [],
    )
    const change = JSON.parse(sent?.[2] ?? '')
    expect(change).toMatchObject({
      status: 'MERGED',
      mergeCommitSha: commit?.sha,
      createdDate: new Date(commit?.authoredAt ?? 0).toISOString(),
      mergedDate: new Date(commit?.committedAt ?? 0).toISOString(),
    })
    expect(change.pullRequestKey).toBeGreaterThan(0)
    await stories.remove()
  })

  it.each(['v1.0.1@e061ef2', 'v1.0.2@41c047d'])(
    'is not taken by %s, and its story creates nothing',
    async (version) => {
      const stories = await arrangement([], {}, version)
      const error = await stories.of(stories.storyOf(pushed)).posted.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(NotApplicable)
      expect(String(error)).toMatch(/no commits and no pull requests/)
      expect(replay.unrecorded).toEqual([])
    },
  )
})
