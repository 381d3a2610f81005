/**
 * Makes stories true: all of them are recorded and posted at once, each under projects of its own, and one collection is
 * waited for, or a second one by those that send late events. At the end what was created is removed.
 */
import { createHmac } from 'node:crypto'
import type { Pickle } from '@cucumber/messages'
import { apiToken } from '../checks/rest'
import { readRest } from '../checks/surfaces'
import { eventually } from '../eventually'
import { Blocked, Unmet } from '../expectation'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { takeBackLeftovers } from './leftovers'
import { unexpected } from './refusal'
import { takeBack } from './removal'
import { keepRecord } from './run-record'
import { keysOf, type StoredKeys } from './stored-events'
import { type Posting, projectPrefix, type Story } from './story'
import { scenarioOf, storyOf } from './telling'

type ToldBy = Pick<Pickle, 'uri' | 'steps' | 'location'>

/** A webhook's answer to an event. */
export interface Answered {
  readonly posting: Posting
  readonly answer: HttpAnswer
}

export interface Told {
  readonly story: Story
  /** Ends when the first events are sent; fails when the service refused one that is right. */
  readonly posted: Promise<readonly Answered[]>
  /** Ends with the collection that took the last of them; milliseconds from the last event sent to its end being seen. */
  readonly collected: Promise<number>
}

/** How many stories are posted side by side. */
const atOnce = 6

export class Arrangement {
  private readonly stories = new Map<string, Story>()
  private readonly told = new Map<string, Told>()
  private readonly startedAt = Date.now()
  private removed: Promise<string[]> | undefined
  private readonly stopped = new AbortController()
  private readonly removing = new Set<string>()
  private readonly records: string[] = []
  private readonly took: number[] = []

  /** @param platform one whose exchanges are not those of a scenario */
  constructor(
    private readonly platform: Platform,
    readonly run: string,
  ) {}

  /** The story that a scenario tells, the same one each time. @throws Error when it cannot be understood */
  storyOf(pickle: ToldBy): Story {
    const scenario = scenarioOf(pickle)
    const story =
      this.stories.get(scenario) ??
      storyOf(pickle, `${projectPrefix}${this.run}-${this.stories.size + 1}`, this.startedAt)
    this.stories.set(scenario, story)
    return story
  }

  /** Begins to make stories true; it ends on its own, and what fails is told to the scenarios that ask for it. */
  begin(pickles: readonly ToldBy[]): void {
    const stories = pickles.flatMap((pickle) => {
      try {
        return [this.storyOf(pickle)]
      } catch {
        // A story that cannot be understood is the error of its own scenario.
        return []
      }
    })
    this.tell(stories)
  }

  private tell(stories: readonly Story[]): void {
    if (stories.length === 0) return
    const recorded = this.keepRecord(stories)
    const posted = inTurns(stories, atOnce, async (story) => {
      await recorded
      return this.post(story, false)
    })
    const first = Promise.allSettled(posted).then(() => this.collection(stories[0]))
    const late = stories.filter(({ postings }) => postings.some((posting) => posting.late))
    const followed = inTurns(late, atOnce, async (story) => {
      await first
      return this.post(story, true)
    })
    const second = Promise.allSettled(followed).then(() => this.collection(late[0]))
    stories.forEach((story, index) => {
      const own = posted[index] ?? Promise.resolve([])
      const following = late.indexOf(story)
      const collected = own
        .then(() => first)
        .then(async (milliseconds) => {
          if (following < 0) return milliseconds
          await followed[following]
          return second
        })
      for (const promise of [own, collected]) promise.catch(() => {})
      this.told.set(story.scenario, { story, posted: own, collected })
    })
    for (const promise of [first, second, ...followed]) promise.catch(() => {})
  }

  /** What became of a story; one that nobody began yet is begun now, by itself. */
  of(story: Story): Told {
    if (!this.told.has(story.scenario)) this.tell([story])
    const told = this.told.get(story.scenario)
    if (!told) throw new Error(`the story of ${story.scenario} was not begun`)
    return told
  }

  /** How long each collection took to be seen, in milliseconds. */
  get collections(): readonly number[] {
    return this.took
  }

  /**
   * Removes what was created, as far as the contract gives a way, and what remains by primary key where the configuration
   * allows it. Returns what is left behind, in words.
   */
  remove(): Promise<string[]> {
    this.removed ??= this.removeAll()
    return this.removed
  }

  private async removeAll(): Promise<string[]> {
    const told = [...this.told.values()]
    if (told.length === 0) return []
    this.stopped.abort(new Blocked(ended))
    await Promise.allSettled(told.map(({ posted }) => posted))
    const left = await takeBack(this.platform, [...this.removing], this.keysOf(told.map(({ story }) => story)))
    if (left.projects.length === 0)
      await Promise.all(this.records.map((record) => this.platform.kubernetes.deleteRecord(record)))
    return [
      ...left.projects.map((project) => `project ${project}`),
      ...left.rows,
      ...(await takeBackLeftovers(this.platform)),
    ]
  }

  /** Before the first of them is created: a run that is killed leaves the names by which a later one can find them. */
  private async keepRecord(stories: readonly Story[]): Promise<void> {
    const name = `${projectPrefix}${this.run}-${this.told.size}`
    const projects = stories.flatMap((story) => story.projects)
    await keepRecord(this.platform, name, this.run, projects, this.keysOf(stories))
    this.records.push(name)
  }

  private keysOf(stories: readonly Story[]): StoredKeys {
    return keysOf(stories, this.platform.configuration.events.idPrefix)
  }

  private async post(story: Story, late: boolean): Promise<Answered[]> {
    const { webhooks } = this.platform.contract
    if (!late) {
      const token = await apiToken(this.platform)
      for (const project of story.projects) {
        const { path, body } = webhooks.newProject(project, story.settings)
        this.stopped.signal.throwIfAborted()
        this.removing.add(project)
        const answer = await this.create(path, JSON.stringify(body), {}, token)
        if (answer.status >= 300 && !answer.body.includes('already exists'))
          throw unexpected(answer, `The project ${project} could not be created`)
      }
    }
    const secret = await this.signingSecret()
    const answered: Answered[] = []
    for (const posting of story.postings.filter((one) => one.late === late)) {
      const { happening, spoiled } = posting
      const { path, body } = webhooks.event(happening)
      const sent = spoiled?.by === 'field' ? { ...body, [spoiled.field]: spoiled.value } : body
      const text = JSON.stringify(sent)
      const key =
        spoiled?.by === 'signature' ? { missing: undefined, wrong: `not ${secret ?? ''}` }[spoiled.signature] : secret
      const headers: Record<string, string> = key
        ? { [webhooks.signatureHeader]: `sha256=${createHmac('sha256', key).update(text).digest('hex')}` }
        : {}
      const answer = await this.create(path, text, headers)
      if (!spoiled && answer.status !== 200)
        throw unexpected(answer, `The service refused an event that is right (${happening.kind})`)
      answered.push({ posting, answer })
    }
    return answered
  }

  /** Asks again while no whole answer comes: the same event twice is one. */
  private create(
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    token?: string,
  ): Promise<HttpAnswer> {
    const { rest, configuration } = this.platform
    return eventually(
      async () => {
        const answer = await rest.create(path, body, headers, token)
        if (answer.status >= 500) throw unexpected(answer, 'The service broke over an event')
        return answer
      },
      { deadlineMs: configuration.deadlines.condition, signal: this.stopped.signal },
    )
  }

  private async signingSecret(): Promise<string | undefined> {
    const { webhook } = this.platform.configuration.tokens
    return webhook ? (await this.platform.kubernetes.secret(webhook.name))?.get(webhook.key) : undefined
  }

  /** Waits for a collection that began when everything was sent, and answers how long that took in milliseconds. */
  private async collection(story: Story | undefined): Promise<number> {
    if (!story) return 0
    const { platform } = this
    const begin = performance.now()
    const token = await apiToken(platform)
    const overview = platform.contract.dora.rest.overview
    const now = await this.timeOfService()
    await eventually(
      async () => {
        const { end } = await readRest(platform, token, overview, story.project, 'last7days')
        if (end !== undefined && end > now) return
        throw new Unmet({
          summary: 'The service did not collect what was sent to it.',
          object: 'the collection of the service',
          expected: `one after ${new Date(now).toISOString()}, within ${platform.configuration.deadlines.collection / 1000} s`,
          found: end === undefined ? 'none' : `the last one at ${new Date(end).toISOString()}`,
          remedy: [`kubectl logs -n ${platform.configuration.namespace} -l app.kubernetes.io/component=lake --tail=50`],
        })
      },
      { deadlineMs: platform.configuration.deadlines.collection, signal: this.stopped.signal },
    )
    const took = performance.now() - begin
    this.took.push(took)
    return took
  }

  /** By the service's own clock; the Date header has whole seconds, so the next one is surely later. */
  private async timeOfService(): Promise<number> {
    const { headers } = await this.platform.rest.get(this.platform.contract.ping.path)
    const date = Date.parse(String(headers.date ?? ''))
    return (Number.isNaN(date) ? Date.now() : date) + 1000
  }
}

/** Why a story is not told to its end. */
const ended = {
  summary: 'The run ends, so its stories are told no further.',
  object: 'the stories of this run',
  expected: 'a run that goes on',
  found: 'its end',
}

/** Each of them begun in its turn, with so many at work side by side; what fails does not hold up the others. */
function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R>[] {
  const lanes: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve())
  return all.map((one, index) => {
    const lane = index % atOnce
    const result = (lanes[lane] ?? Promise.resolve()).then(() => work(one))
    lanes[lane] = result.catch(() => {})
    return result
  })
}
