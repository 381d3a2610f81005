/**
 * Makes stories true: all of them are recorded and posted at once, each under projects of its own, and one collection is
 * waited for, or a second one by those that send late events. At the end what was created is removed.
 */
import { createHmac } from 'node:crypto'
import type { Pickle } from '@cucumber/messages'
import { eventually } from '../basis/eventually'
import { applicable, Blocked } from '../basis/expectation'
import type { Ask, StoryProject } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { type Change, jsonOf } from '../platform/rest'
import { apiToken } from '../service/api'
import { projectPrefix } from '../service/projects'
import { ownCollection, toldCollection } from './collection'
import { takeBackLeftovers } from './leftovers'
import { unexpected } from './refusal'
import { takeBack } from './removal'
import { keepRecord } from './run-record'
import { leavingsOf } from './stored-events'
import type { Posting, Story } from './story'
import { scenarioOf, storyOf } from './telling'
import { inTurns } from './turns'

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
  /** The ends of the collections that were seen since then, by whoever asks about a story that was told with it. */
  readonly seen: Set<number>
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
  private readonly opened = new Map<string, StoryProject>()
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
    const first = this.collect(stories, posted)
    const late = stories.filter(({ postings }) => postings.some((posting) => posting.late))
    const followed = inTurns(late, atOnce, async (story) => {
      await first[stories.indexOf(story)]
      return this.post(story, true)
    })
    const second = this.collect(late, followed)
    const [seen, seenOfLate] = [new Set<number>(), new Set<number>()]
    stories.forEach((story, index) => {
      const own = posted[index] ?? Promise.resolve([])
      const following = late.indexOf(story)
      const collected = own
        .then(() => first[index] ?? 0)
        .then(async (milliseconds) => {
          if (following < 0) return milliseconds
          await followed[following]
          return second[following] ?? 0
        })
      for (const promise of [own, collected]) promise.catch(() => {})
      this.told.set(story.scenario, { story, posted: own, collected, seen: following < 0 ? seen : seenOfLate })
    })
    for (const promise of [...first, ...second, ...followed]) promise.catch(() => {})
  }

  /**
   * One for each story, when it is sent; all of them wait for the same one where the service collects by itself.
   * @returns milliseconds that each took
   */
  private collect(stories: readonly Story[], posted: readonly Promise<unknown>[]): Promise<number>[] {
    const { collection } = this.platform.contract.webhooks
    const { signal } = this.stopped
    if (collection)
      return stories.map(async ({ projects }, index) => {
        await posted[index]
        return this.timed(async () => {
          for (const project of projects) {
            const trigger = this.opened.get(project)?.trigger
            if (trigger) await toldCollection(this.platform, collection, trigger, signal)
          }
        })
      })
    const [first] = stories
    const common = Promise.allSettled(posted).then(() =>
      first ? this.timed(() => ownCollection(this.platform, first.project, signal)) : 0,
    )
    return stories.map(() => common)
  }

  private async timed(collecting: () => Promise<void>): Promise<number> {
    const begin = performance.now()
    await collecting()
    const took = performance.now() - begin
    this.took.push(took)
    return took
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
    const leavings = leavingsOf(
      this.platform,
      told.map(({ story }) => story),
    )
    const left = await takeBack(this.platform, [...this.removing], leavings)
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
    await keepRecord(this.platform, name, this.run, projects, leavingsOf(this.platform, stories))
    this.records.push(name)
  }

  private async post(story: Story, late: boolean): Promise<Answered[]> {
    const { webhooks } = this.platform.contract
    if (!late) {
      // Before anything is made: a story that cannot be told whole is not told at all.
      if (Object.keys(story.settings).length > 0) applicable(webhooks.severitiesIn)
      for (const { happening, spoiled } of story.postings) applicable(webhooks.event(happening, spoiled))
      const token = await apiToken(this.platform)
      for (const project of story.projects) {
        this.stopped.signal.throwIfAborted()
        this.removing.add(project)
        this.opened.set(project, await webhooks.open(project, story.settings, this.askFor(project, token)))
      }
    }
    const secret = await this.signingSecret()
    const answered: Answered[] = []
    for (const posting of story.postings.filter((one) => one.late === late)) {
      const { happening, spoiled } = posting
      const { route, body } = applicable(webhooks.event(happening, spoiled))
      const text = JSON.stringify(body)
      // What was pushed is of no project.
      const { webhook = '', token } = this.opened.get('project' in happening ? happening.project : story.project) ?? {}
      const key =
        spoiled?.by === 'signature' ? { missing: undefined, wrong: `not ${secret ?? ''}` }[spoiled.signature] : secret
      const headers: Record<string, string> =
        key && webhooks.signatureHeader !== null
          ? { [webhooks.signatureHeader]: `sha256=${createHmac('sha256', key).update(text).digest('hex')}` }
          : {}
      const answer = await this.create('POST', `${webhook}/${route}`, text, { headers, token })
      if (!spoiled && answer.status !== 200)
        throw unexpected(answer, `The service refused an event that is right (${happening.kind})`)
      answered.push({ posting, answer })
    }
    return answered
  }

  /** What was asked for twice, because no whole answer came to the first, exists already. */
  private askFor(project: string, token: string): Ask {
    const secretsIn = (told: string) => this.platform.contract.dataSources.secretsIn(told).map(({ value }) => value)
    return async (method, path, body, answer) => {
      const found = await this.create(method, path, JSON.stringify(body), { token, secretsIn })
      const isMade = found.status < 300 || found.body.includes('already exists')
      const parsed = isMade ? answer.safeParse(jsonOf(found)) : undefined
      if (parsed?.success) return parsed.data
      throw unexpected(found, `The project ${project} could not be created`)
    }
  }

  /** Asks again while no whole answer comes: the same event twice is one. */
  private create(method: 'POST' | 'PATCH', path: string, body: string, beside: Change): Promise<HttpAnswer> {
    const { rest, configuration } = this.platform
    return eventually(
      async () => {
        const answer = await rest.change(method, path, body, beside)
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
}

/** Why a story is not told to its end. */
const ended = {
  summary: 'The run ends, so its stories are told no further.',
  object: 'the stories of this run',
  expected: 'a run that goes on',
  found: 'its end',
}
