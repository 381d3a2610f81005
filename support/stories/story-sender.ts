/** Creates the projects of stories and sends their events to the webhooks of the service. */
import { createHmac } from 'node:crypto'
import { eventually } from '../basis/eventually'
import { applicable } from '../basis/expectation'
import type { Ask, StoryProject } from '../contracts/webhooks'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { type Change, jsonOf } from '../platform/rest'
import { apiToken } from '../service/api'
import { unexpectedAnswer } from './refusal'
import type { Posting, Story } from './story'

/** A webhook's answer to an event. */
export interface Answered {
  readonly posting: Posting
  readonly answer: HttpAnswer
}

export class StorySender {
  private readonly opened = new Map<string, StoryProject>()
  private readonly created = new Set<string>()

  /** @param signal ends the sending when it is aborted */
  constructor(
    private readonly platform: Platform,
    private readonly signal: AbortSignal,
  ) {}

  /** The projects that may exist: those whose creation has at least started. */
  get projects(): string[] {
    return [...this.created]
  }

  /** True for a project that the service has confirmed. */
  hasOpened(project: string): boolean {
    return this.opened.has(project)
  }

  /** The path that starts a collection of the project. Undefined if the project has none or does not exist yet. */
  triggerOf(project: string): string | undefined {
    return this.opened.get(project)?.trigger
  }

  /**
   * Creates the projects of a story and sends its first events.
   * @throws NotApplicable before anything is created if the contract does not cover the whole story or has no numbers to compare
   *   it with; Unmet if the service refuses a project or a valid event
   */
  async begin(story: Story): Promise<Answered[]> {
    const { webhooks, dora } = this.platform.contract
    if (Object.keys(story.settings).length > 0) applicable(webhooks.severitiesIn)
    for (const { happening, spoiled } of story.postings) {
      const { takenBy } = applicable(webhooks.event(happening, spoiled))
      if (takenBy) applicable(takenBy((await this.platform.rest.get(this.platform.contract.rest.version)).body))
    }
    if (story.onlyNumbers) applicable(dora.rest)
    const token = await apiToken(this.platform)
    for (const project of story.projects) {
      this.signal.throwIfAborted()
      this.created.add(project)
      this.opened.set(project, await webhooks.open(project, story.settings, this.askFor(project, token)))
    }
    return this.send(story, false)
  }

  /** Sends the late events of a story. @throws Unmet if the service refuses a valid event */
  sendLate(story: Story): Promise<Answered[]> {
    return this.send(story, true)
  }

  private async send(story: Story, late: boolean): Promise<Answered[]> {
    const secret = await this.signingSecret()
    const answered: Answered[] = []
    for (const posting of story.postings.filter((one) => one.late === late)) {
      const { happening, spoiled } = posting
      const { webhooks } = this.platform.contract
      const { route, body } = applicable(webhooks.event(happening, spoiled))
      const text = JSON.stringify(body)
      // A push belongs to no project, so the webhook of the story's own project takes it.
      const { webhook = '', token } = this.opened.get('project' in happening ? happening.project : story.project) ?? {}
      const headers = this.signed(text, signingKey(posting, secret))
      const answer = await this.create('POST', `${webhook}/${route}`, text, { headers, token })
      if (!spoiled && answer.status !== 200)
        throw unexpectedAnswer(answer, `The service refused a valid event (${happening.kind})`)
      answered.push({ posting, answer })
    }
    return answered
  }

  /** The signature of a body as a header. Empty without a key, or if the contract does not sign events. */
  private signed(body: string, key: string | undefined): Record<string, string> {
    const { signatureHeader } = this.platform.contract.webhooks
    if (!key || signatureHeader === null) return {}
    return { [signatureHeader]: `sha256=${createHmac('sha256', key).update(body).digest('hex')}` }
  }

  /** If the answer to a request was incomplete, the request is repeated, and the project may then exist already. */
  private askFor(project: string, token: string): Ask {
    return async (method, path, body, answer) => {
      const found = await this.create(method, path, JSON.stringify(body), { token })
      const exists = found.status < 300 || found.body.includes('already exists')
      const parsed = exists ? answer.safeParse(jsonOf(found)) : undefined
      if (parsed?.success) return parsed.data
      throw unexpectedAnswer(found, `The project ${project} could not be created`)
    }
  }

  /** Sends a request, and repeats it while the service fails. Repeating is safe: an event sent twice counts once. */
  private create(method: 'POST' | 'PATCH', path: string, body: string, change: Change): Promise<HttpAnswer> {
    const { rest, configuration } = this.platform
    return eventually(
      async () => {
        const answer = await rest.change(method, path, body, change)
        if (answer.status >= 500) throw unexpectedAnswer(answer, 'The service failed to process a request of a story')
        return answer
      },
      { deadlineMs: configuration.deadlines.condition, signal: this.signal },
    )
  }

  private async signingSecret(): Promise<string | undefined> {
    const { webhook } = this.platform.configuration.tokens
    return webhook ? (await this.platform.kubernetes.secret(webhook.name))?.get(webhook.key) : undefined
  }
}

/** The key for an event's signature: the secret, unless the signature is spoiled. */
function signingKey({ spoiled }: Posting, secret: string | undefined): string | undefined {
  if (spoiled?.by !== 'signature') return secret
  return { missing: undefined, wrong: `not ${secret ?? ''}` }[spoiled.signature]
}
