/** The newest commits at the forges, asked through the connections of the service and compared with the stored ones. */
import { describe, expect, it } from 'vitest'
import { missedAtSource } from '../../../../support/checks/numbers/at-source'
import { commitsAtForges, repositoriesInWords } from '../../../../support/checks/numbers/commits-at-forges'
import { platformOf } from '../../../fixtures/platform-of-objects'

const minute = 60_000
const now = Date.UTC(2026, 2, 8, 12)
const at = (age: number) => new Date(now - age * minute).toISOString()
const [known, other, none] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)]

interface Forge {
  /** The scopes of the connection by their names, with the age of each in minutes; null if the service does not say it. */
  readonly scopes?: Readonly<Record<string, number | null>>
  /** The names of those that a project uses. */
  readonly used?: readonly string[]
  readonly entities?: readonly string[]
  readonly branch?: unknown
  readonly pushes?: unknown
  /** The status of the answers of the forge. */
  readonly status?: number
  readonly source?: 'github' | 'gitlab'
}

/** Asks a forge. The deadlines of the configuration add up to 65 minutes. */
async function asked(forge: Forge = {}) {
  const { scopes = { 'shop/checkout': 10_000 }, entities = [], branch = 'main', pushes = [], status = 200 } = forge
  const { source = 'github', used = [] } = forge
  const paths: string[] = []
  const shown: string[] = []
  const answerTo = (path: string): unknown => {
    if (path.includes('/scopes?'))
      return {
        count: Object.keys(scopes).length,
        scopes: Object.entries(scopes).map(([name, age], index) => ({
          scope: { fullName: name, gitlabId: index + 1, ...(age === null ? {} : { createdAt: at(age) }) },
          scopeConfig: { entities },
          ...(used.includes(name) ? { blueprints: [{ id: 1 }] } : {}),
        })),
      }
    if (/\/(activity|events)\?/.test(path)) return pushes
    if (path.includes('/proxy/')) return { default_branch: branch, temp_clone_token: 'secret' }
    const endpoint = source === 'github' ? 'https://api.github.com/' : 'https://gitlab.com/api/v4/'
    return path.includes(source) ? [{ id: 1, name: source, endpoint }] : []
  }
  const get = async (path: string, _token?: string, show = (body: string) => body) => {
    const isPassedOn = path.includes('/proxy/')
    const body = JSON.stringify(answerTo(path))
    if (isPassedOn) {
      paths.push(path.replace(/.*\/proxy\/rest\//, ''))
      shown.push(show(body))
    }
    return { url: `http://lake${path}`, status: isPassedOn ? status : 200, headers: {}, body }
  }
  const rows = async (_user: unknown, _row: unknown, _statement: string, [sha, ...all]: readonly string[]) => [
    { known: Number(sha === known), earlier: Number(all.includes(known)), newest: '2026-03-01T00:00:00Z' },
  ]
  const secret = (name: string) => ({
    ...{ resource: 'secrets', metadata: { name } },
    data: { token: 'eA==', 'mysql-password': 'eA==', 'mysql-root-password': 'eA==' },
  })
  const platform = platformOf(
    {
      objects: ['devlake-api-token', 'devlake-db'].map(secret),
      configuration: {
        deadlines: { collection: '5m', schedule: '1h' },
        ...(source === 'github' ? {} : { dataSources: { gitlab: {} }, absent: { github: 'on GitLab' } }),
      },
    },
    { rest: { get, commandFor: async () => '' }, database: { rows }, routes: {}, registerSecrets: async () => {} },
  )
  const { commits, repositories } = await commitsAtForges(platform, now)
  const finding = missedAtSource(commits, now, { collection: 5 * minute, schedule: 60 * minute })
  return { finding, words: repositoriesInWords(repositories), paths, shown: shown.join('\n') }
}

const pushed = (age: number, sha: string, more: object = {}) => ({
  ...{
    activity_type: 'push',
    timestamp: at(age),
    ref: 'refs/heads/main',
    before: known,
    after: sha,
    actor: { login: 'jo' },
  },
  ...more,
})
const pushedToGitLab = (age: number, sha: string | null, ref = 'main') => ({
  ...{ action_name: 'pushed to', created_at: at(age), author: { name: 'Jo' } },
  push_data: { ref_type: 'branch', ref, commit_from: known, commit_to: sha },
})

describe('a commit at GitHub', () => {
  it('is missed if it was pushed for too long and is not stored', async () => {
    const { finding, words, paths } = await asked({ pushes: [pushed(180, other)] })
    expect(finding).toMatchObject({
      summary: `The service has not stored the commit ${other} of shop/checkout that GitHub has had for 3 h.`,
      object: 'commits of shop/checkout',
      found: 'the newest stored one: a commit of any repository authored at 2026-03-01T00:00:00Z',
    })
    expect(words).toBe('the newest commit at its source is known for 1 of 1 repositories')
    expect(paths).toEqual(['repos/shop/checkout', 'repos/shop/checkout/activity?ref=refs%2Fheads%2Fmain&per_page=100'])
  })

  it('is missed with those before it', async () => {
    const pushes = [pushed(180, other, { before: 'c'.repeat(40) }), pushed(300, 'c'.repeat(40))]
    expect((await asked({ pushes })).finding?.object).toBe('commits of shop/checkout')
  })

  it('is missed if nothing of the repository was ever stored', async () => {
    const { finding, words } = await asked({ pushes: [pushed(180, other, { before: none })] })
    expect(finding).toMatchObject({
      summary: `The service has not stored the commit ${other} of shop/checkout that GitHub has had for 3 h.`,
      found: 'the newest stored one: none of shop/checkout; of any repository, one authored at 2026-03-01T00:00:00Z',
    })
    expect(words).toBe('the newest commit at its source is known for 1 of 1 repositories')
  })

  it('is missed in the repository that a project uses, and not in another one', async () => {
    const scopes = { 'shop/checkout': 10_000, 'shop/spare': 10_000 }
    const pushes = [pushed(180, other, { before: none })]
    for (const name of ['shop/checkout', 'shop/spare']) {
      const { finding, words } = await asked({ scopes, pushes, used: [name] })
      expect(finding?.object).toBe(`commits of ${name}`)
      expect(finding?.found).not.toContain('\n')
      expect(words).toMatch(/known for 1 of 2 repositories; unknown for shop\/\w+: no project of the service uses it$/)
    }
  })

  it('is missed behind a newer push that may still be on its way', async () => {
    expect((await asked({ pushes: [pushed(2, known), pushed(70, other)] })).finding?.object).toBe(
      'commits of shop/checkout',
    )
  })

  it.each<[string, Forge]>([
    ['is stored', { pushes: [pushed(180, known), pushed(300, other)] }],
    ['was pushed just now', { pushes: [pushed(60, other)] }],
    ['is not on the default branch', { pushes: [pushed(180, other, { ref: 'refs/heads/feature' })] }],
    ['was the start of a branch', { pushes: [pushed(180, other, { activity_type: 'branch_creation' })] }],
    ['belongs to a repository whose commits are not collected', { entities: ['CICD'], pushes: [pushed(180, other)] }],
    ['belongs to an empty repository', { branch: null }],
  ])('is not missed if it %s', async (_, forge) => {
    expect((await asked(forge)).finding).toBeUndefined()
  })

  it.each<[string, Forge, string]>([
    ['the service does not pass the question on', { status: 404 }, '/proxy/rest/repos/shop/checkout answers 404'],
    ['the token is refused', { status: 401 }, 'answers 401'],
    ['the answer is not that of the forge', { pushes: { message: 'moved' } }, 'does not answer as GitHub does'],
    ['a push has no commit', { pushes: [pushed(180, 'HEAD')] }, 'does not answer as GitHub does'],
    ['the name leads elsewhere', { scopes: { '../user': 10_000 } }, 'GitHub has no repository of this name'],
    [
      'nothing of the repository is stored and the push is older than the connection',
      { scopes: { 'shop/checkout': 100 }, pushes: [pushed(180, other, { before: none })] },
      'none of its pushes is stored, and all are older than its connection',
    ],
    [
      'a later push replaced it',
      { pushes: [pushed(60, known, { activity_type: 'force_push', before: other }), pushed(180, other)] },
      'a later push may have replaced it',
    ],
    ['the repository was just connected', { scopes: { 'shop/checkout': 30 } }, 'it was connected so recently'],
    ['the age of the scope is not known', { scopes: { 'shop/checkout': null } }, 'does not say since when'],
  ])('is unknown if %s', async (_, forge, reason) => {
    const { finding, words } = await asked({ pushes: [pushed(180, other)], ...forge })
    expect(finding).toBeUndefined()
    expect(words).toContain('known for 0 of 1 repositories; unknown for ')
    expect(words).toContain(reason)
  })

  it('is asked for ten repositories a day, and no name leads to another path', async () => {
    const scopes = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`shop/service-${index}`, 10_000]))
    const { words, paths } = await asked({ scopes })
    expect(paths.length).toBeLessThanOrEqual(20)
    expect(words).toMatch(/^the newest commit at its source is known for \d+ of 25 repositories, 1\d left out today$/)
    for (const name of ['shop/..', './checkout', 'shop/a/b', 'shop/a?b', 'shop/a%2fb', 'shop'])
      expect((await asked({ scopes: { [name]: 10_000 } })).paths).toEqual([])
    expect((await asked({ scopes: { 'shop/.github': 10_000 } })).paths).toHaveLength(2)
  })

  it('shows no person in the reports', async () => {
    const { shown } = await asked({ pushes: [pushed(180, other)] })
    expect(shown).toContain(other)
    expect(shown).not.toMatch(/jo|secret/)
  })
})

describe('a commit at GitLab', () => {
  it('is missed if it was pushed for too long and is not stored', async () => {
    const pushes = [pushedToGitLab(2, null), pushedToGitLab(100, known, 'feature'), pushedToGitLab(180, other)]
    const { finding, paths } = await asked({ source: 'gitlab', pushes })
    expect(finding?.summary).toContain(`${other} of shop/checkout that GitLab has had for 3 h`)
    expect(paths).toEqual(['projects/1', 'projects/1/events?action=pushed&per_page=100'])
  })

  it('is unknown behind a page of pushes to other branches', async () => {
    const feature = Array.from({ length: 100 }, (_, index) => pushedToGitLab(100 + index, other, 'feature'))
    expect((await asked({ source: 'gitlab', pushes: feature })).words).toContain('known for 0 of 1 repositories')
    expect((await asked({ source: 'gitlab', pushes: feature.slice(1) })).words).toContain('known for 1 of 1')
  })

  it('is stored', async () => {
    expect((await asked({ source: 'gitlab', pushes: [pushedToGitLab(180, known)] })).finding).toBeUndefined()
  })
})

it('is unknown without a repository', async () => {
  expect((await asked({ scopes: {} })).words).toMatch(/collects from no repository of a forge$/)
})
