/**
 * Runs the stories of the scenarios: records them, sends their events, each story to projects of its own, and waits for the
 * service to collect them. All stories are sent at once and wait for one collection; stories with late events wait for a
 * second one. At the end, removes what was created.
 */
import type { Pickle } from '@cucumber/messages'
import { Blocked } from '../basis/expectation'
import type { Platform } from '../platform/platform'
import { projectPrefix } from '../service/projects'
import { ownCollection, triggeredCollection } from './collection'
import { concurrently } from './concurrently'
import { removeLeftovers } from './leftovers'
import { removeStoryData } from './removal'
import { recordRun } from './run-record'
import { leavingsOf } from './stored-events'
import type { Story } from './story'
import { type Answered, StorySender } from './story-sender'
import { scenarioOf, storyOf } from './story-sentences'

type StoryPickle = Pick<Pickle, 'uri' | 'steps' | 'location'>

/** A story that has been started. */
export interface Told {
  readonly story: Story
  /** Resolves when the first events are sent. Rejects if the service refused a valid event. */
  readonly posted: Promise<readonly Answered[]>
  /** Resolves when all events are collected, with the milliseconds from the last event sent until the collection was seen. */
  readonly collected: Promise<number>
  /** The ends of the collections seen since then. Stories that were sent together share them. */
  readonly seen: Set<number>
  /** The ids of incidents that the platform stored for the story, such as for an alert. */
  readonly incidents: Set<string>
}

/** The number of stories that are sent concurrently. */
const concurrentStories = 6

export class Arrangement {
  private readonly stories = new Map<string, Story>()
  private readonly started = new Map<string, Told>()
  private startedAt: number | undefined
  private removed: Promise<string[]> | undefined
  private readonly stopped = new AbortController()
  private readonly sender: StorySender
  private readonly records: string[] = []
  private readonly durations: number[] = []

  /** @param platform a platform whose exchanges are not attached to a scenario */
  constructor(
    private readonly platform: Platform,
    readonly run: string,
  ) {
    this.sender = new StorySender(platform, this.stopped.signal)
  }

  /** The story of a scenario, the same object each time. @throws Error if a sentence or a table cannot be read */
  storyOf(pickle: StoryPickle): Story {
    const scenario = scenarioOf(pickle)
    // The events of a runner that is ahead would lie in the future of the service.
    this.startedAt ??= this.platform.kubernetes.now.getTime()
    const story =
      this.stories.get(scenario) ??
      storyOf(pickle, `${projectPrefix}${this.run}-${this.stories.size + 1}`, this.startedAt)
    this.stories.set(scenario, story)
    return story
  }

  /** Starts the stories of scenarios in the background. A failure is reported to the scenarios whose story it concerns. */
  begin(pickles: readonly StoryPickle[]): void {
    const stories = pickles.flatMap((pickle) => {
      try {
        return [this.storyOf(pickle)]
      } catch {
        // The story cannot be read, which is the error of its own scenario.
        return []
      }
    })
    this.start(stories)
  }

  private start(stories: readonly Story[]): void {
    if (stories.length === 0) return
    const recorded = this.record(stories)
    const posted = concurrently(stories, concurrentStories, async (story) => {
      await recorded
      return this.sender.begin(story)
    })
    const first = this.collect(stories, posted)
    const late = stories.filter(({ postings }) => postings.some((posting) => posting.late))
    const postedLate = concurrently(late, concurrentStories, async (story) => {
      await first[stories.indexOf(story)]
      return this.sender.sendLate(story)
    })
    const second = this.collect(late, postedLate)
    const [seen, seenByLate] = [new Set<number>(), new Set<number>()]
    stories.forEach((story, index) => {
      const own = posted[index] ?? Promise.resolve([])
      const lateIndex = late.indexOf(story)
      const collected = own
        .then(() => first[index] ?? 0)
        .then(async (milliseconds) => {
          if (lateIndex < 0) return milliseconds
          await postedLate[lateIndex]
          return second[lateIndex] ?? 0
        })
      for (const promise of [own, collected]) promise.catch(() => {})
      this.started.set(story.scenario, {
        story,
        posted: own,
        collected,
        seen: lateIndex < 0 ? seen : seenByLate,
        incidents: new Set(),
      })
    })
    for (const promise of [...first, ...second, ...postedLate]) promise.catch(() => {})
  }

  /**
   * Waits for the collection of each story once its events are sent. If the service collects by itself, all stories share one.
   * @returns for each story, the milliseconds that its collection took
   */
  private collect(stories: readonly Story[], posted: readonly Promise<unknown>[]): Promise<number>[] {
    const { collection } = this.platform.contract.webhooks
    const { signal } = this.stopped
    if (collection)
      return stories.map(async ({ projects }, index) => {
        await posted[index]
        return this.timed(async () => {
          for (const project of projects) {
            const trigger = this.sender.triggerOf(project)
            if (trigger) await triggeredCollection(this.platform, collection, trigger, signal)
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
    const duration = performance.now() - begin
    this.durations.push(duration)
    return duration
  }

  /** The state of a story. Starts the story if it has not been started yet. */
  of(story: Story): Told {
    if (!this.started.has(story.scenario)) this.start([story])
    const started = this.started.get(story.scenario)
    if (!started) throw new Error(`The story of ${story.scenario} has not been started.`)
    return started
  }

  /** The duration of each collection until it was seen, in milliseconds. */
  get collections(): readonly number[] {
    return this.durations
  }

  /**
   * Removes the projects that the stories created through the service's API. Removes the remaining rows by primary key if the
   * configuration allows it. Returns a description of everything that is left behind. Safe to call more than once.
   */
  remove(): Promise<string[]> {
    this.removed ??= this.removeAll()
    return this.removed
  }

  private async removeAll(): Promise<string[]> {
    const started = [...this.started.values()]
    if (started.length === 0) return []
    this.stopped.abort(new Blocked(ending))
    await Promise.allSettled(started.map(({ posted }) => posted))
    const leavings = leavingsOf(
      this.platform,
      started.map(({ story }) => story),
    )
    const { leavingsOfIncident = () => [] } = this.platform.contract.webhooks
    const stored = started.flatMap(({ incidents }) => [...incidents].flatMap(leavingsOfIncident))
    const left = await removeStoryData(this.platform, this.sender.projects, [...leavings, ...stored])
    if (left.projects.length === 0)
      await Promise.all(this.records.map((record) => this.platform.kubernetes.deleteRecord(record)))
    return [
      ...left.projects.map((project) => this.described(project)),
      ...left.rows,
      ...(await removeLeftovers(this.platform)),
    ]
  }

  /** A project that the service never confirmed may not exist: the record must not say that it does. */
  private described(project: string): string {
    return `project ${project}${this.sender.hasOpened(project) ? '' : ', if it was created'}`
  }

  /** Records stories before any of their projects is created, so that a later run can clean up if this one is killed. */
  private async record(stories: readonly Story[]): Promise<void> {
    const name = `${projectPrefix}${this.run}-${this.started.size}`
    const projects = stories.flatMap((story) => story.projects)
    await recordRun(this.platform, name, this.run, projects, leavingsOf(this.platform, stories))
    this.records.push(name)
  }
}

/** The reason why a story is stopped before its end. */
const ending = {
  summary: 'The run is ending, so no more events of its stories are sent.',
  object: 'the stories of this run',
  expected: 'a run in progress',
  found: 'a run that is ending',
  // Only another run helps, and its command stands in every cause without one of its own.
  remedy: [],
}
