/** The ways into the sandbox that faults use: kubectl as an operator would, SQL, the service's API, and files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { execa } from 'execa'
import { createConnection } from 'mysql2/promise'
import { writeWhole } from '../../sandbox/basis/files'
import { files } from '../../sandbox/basis/layout'
import { storedNames } from '../../sandbox/basis/names'
import { knownPorts, type Ports } from '../../sandbox/basis/ports'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import { RawApi } from '../../sandbox/cluster/raw-api'
import { readVault } from '../../sandbox/credentials/vault'
import { type Rule, writeRules } from '../../sandbox/interference/rules'
import { platformReady } from '../../sandbox/platform/deployment'
import type { WrongIntake } from '../../sandbox/service/ingestion/wrong-intake'
import type { WrongDefinition } from '../../sandbox/service/metrics/wrong-definitions'
import { connectSources } from '../../sandbox/sources/connections'
import { type Push, writePushes } from '../../sandbox/sources/pushes'
import { revoke, type Source } from '../../sandbox/sources/revoked'
import { Listing } from './listing'
import { undoing } from './merge-patch'
import { until } from './until'

const namespaced = (namespace: string | undefined) => (namespace === undefined ? [] : ['-n', namespace])

/** A Kubernetes object in the terms of kubectl; without a namespace it is cluster-scoped. */
export interface Reference {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export class Doors {
  private readonly rules = new Listing<Rule>(writeRules)
  private readonly revoked = new Listing<Source>(revoke)
  private readonly pushes = new Listing<Push>(writePushes)
  private readonly definitions = new Listing<WrongDefinition | WrongIntake>((names) =>
    writeWhole(files.definitions, JSON.stringify(names)),
  )
  private isRedefined = false

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  async kubectl(given: readonly string[], input?: string): Promise<string> {
    const { stdout } = await execa('kubectl', given, {
      env: this.environment,
      ...(input === undefined ? {} : { input }),
    })
    return stdout
  }

  async get({ kind, name, namespace }: Reference): Promise<KubernetesObject> {
    return JSON.parse(
      await this.kubectl(['get', kind, name, ...namespaced(namespace), '-o', 'json']),
    ) as KubernetesObject
  }

  async exists(reference: Reference): Promise<boolean> {
    const { kind, name, namespace } = reference
    return (
      (await this.kubectl(['get', kind, name, ...namespaced(namespace), '--ignore-not-found', '-o', 'name'])) !== ''
    )
  }

  /** Applies a merge patch, optionally to the status. Returns a function that restores the patched fields. */
  async patch(reference: Reference, patch: object, subresource?: 'status'): Promise<() => Promise<void>> {
    const before = await this.get(reference)
    await this.merge(reference, patch, subresource)
    return () => this.merge(reference, undoing(patch, before), subresource)
  }

  /**
   * Deletes an object. Returns a function that creates it again with its old spec and status. The generation that the status is
   * about starts anew, as the object's own does.
   */
  async delete(reference: Reference): Promise<() => Promise<void>> {
    const { kind, name, namespace } = reference
    const before = await this.get(reference)
    await this.kubectl(['delete', kind, name, ...namespaced(namespace)])
    return async () => {
      const { resourceVersion, uid, creationTimestamp, generation, managedFields, ...metadata } = before.metadata
      await this.kubectl(['create', '-f', '-'], JSON.stringify({ ...before, metadata }))
      const { observedGeneration, ...status } = before.status ?? {}
      if (before.status) await this.merge(reference, { status }, 'status').catch(() => undefined)
    }
  }

  /** Sets the status of a pod and stops the sandbox's kubelet from correcting it. The undo replaces the pod. */
  async holdPod(namespace: string, name: string, status: object): Promise<() => Promise<void>> {
    const pod = { kind: 'pod', name, namespace }
    const { uid } = (await this.get(pod)).metadata
    await this.merge(pod, { metadata: { annotations: { [holdAnnotation]: 'true' } } })
    await this.merge(pod, { status }, 'status')
    return async () => {
      await this.kubectl(['delete', 'pod', name, '-n', namespace, '--wait=false'])
      await until('the new pod to be ready', async () => {
        if (!(await this.exists(pod))) return false
        const { metadata, status } = await this.get(pod)
        const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[]
        return metadata.uid !== uid && conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
      })
    }
  }

  /** Runs statements on the database as root. */
  async sql(...statements: readonly string[]): Promise<void> {
    const password = readVault()['fawkes/devlake/db']?.['mysql-root-password'] ?? ''
    const connection = await createConnection({
      host: '127.0.0.1',
      port: this.ports.mysql,
      user: 'root',
      password,
      database: 'lake',
      ...(storedNames().secureDatabase ? { ssl: { rejectUnauthorized: false } } : {}),
    })
    try {
      for (const statement of statements) await connection.query(statement)
    } finally {
      await connection.end()
    }
  }

  /** Tampers with the traffic between a process of the sandbox and its clients. */
  interfere(...rules: readonly Rule[]): () => Promise<void> {
    const remove = this.rules.add(...rules)
    return async () => remove()
  }

  /** Sends an authorized request to the service's API. @throws Error on any status but 2xx */
  async service(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.lake}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.vault('fawkes/devlake/secrets', 'api-token')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} returned ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }

  /** The id of the first entry in a list of the service's API. @throws Error when the list is empty */
  async idOf(path: string): Promise<number> {
    const [first] = (await this.service('GET', path)) as readonly { id: number }[]
    if (first === undefined) throw new Error(`${path} returned an empty list`)
    return first.id
  }

  /** Recreates the connections and scopes that a fault deleted. */
  async connectAgain(): Promise<void> {
    await connectSources(this.ports, false, AbortSignal.timeout(20_000))
  }

  /** Makes a data source refuse the token that it has accepted so far. */
  revoke(source: Source): () => Promise<void> {
    const remove = this.revoked.add(source)
    return async () => remove()
  }

  /**
   * Pushes a commit to a repository that was connected a month ago. The forge has the push; whether the service has stored the commit
   * is for the caller to say.
   * @param isCollected false if the service has not stored the commit before it either
   */
  async push(given: Omit<Push, 'before'>, { isCollected = true } = {}): Promise<() => Promise<void>> {
    const one = { ...given, before: 'd'.repeat(40) }
    const scopes = (time: string) => `UPDATE _tool_scopes SET created_at = ${time} WHERE name = '${one.repository}'`
    const at = 'UTC_TIMESTAMP(3) - INTERVAL 30 DAY'
    const store = `INSERT INTO commits (sha, authored_date, committed_date, created_at, updated_at) VALUES ('${one.before}', ${at}, ${at}, ${at}, ${at})`
    await this.sql(scopes(at), ...(isCollected ? [store] : []))
    const remove = this.pushes.add(one)
    return async () => {
      remove()
      await this.sql(scopes('UTC_TIMESTAMP(3)'), `DELETE FROM commits WHERE sha = '${one.before}'`)
    }
  }

  /** Makes the service use a wrong definition or mishandle events, from its next collection on. */
  misdefine(name: WrongDefinition | WrongIntake): () => Promise<void> {
    const remove = this.definitions.add(name)
    this.isRedefined = true
    return async () => {
      remove()
      this.isRedefined = true
    }
  }

  /** Waits until every number is computed with the current definitions. */
  async untilInForce(): Promise<void> {
    if (this.isRedefined) await this.untilCollected()
    this.isRedefined = false
  }

  /** Waits for a collection that began after this call: one already under way may still use the old definitions. */
  private async untilCollected(): Promise<void> {
    const now = Date.now()
    await until('a collection', async () => {
      const answer = await fetch(`http://127.0.0.1:${this.ports.lake}/api/dora/metrics?project=catalog`, {
        headers: { authorization: `Bearer ${this.vault('fawkes/devlake/secrets', 'api-token')}` },
      })
      const { timeRange } = (await answer.json()) as { timeRange?: { end: string } }
      return timeRange !== undefined && Date.parse(timeRange.end) > now
    })
  }

  /** The value of a key in a vault entry, or '' if there is none. */
  vault(entry: string, key: string): string {
    return readVault()[entry]?.[key] ?? ''
  }

  /**
   * Waits until the platform's own controllers report it healthy, and until Prometheus has scraped the lake without a gap for
   * longer than the period that the suite checks.
   */
  async untilHealthy(): Promise<void> {
    await this.untilInForce()
    const api = new RawApi(this.ports.apiServer, 'admin')
    try {
      await platformReady(api, AbortSignal.timeout(40_000))
    } finally {
      api.close()
    }
    await until(
      'Prometheus to scrape the lake without a gap',
      async () => {
        // Prometheus may still be scraping the pod that this one replaced.
        const { status } = await this.get({ kind: 'pod', name: 'devlake-lake-0', namespace: 'fawkes' })
        const up = `up{job="devlake-lake",instance="${status?.podIP}:8080"}[7s]`
        return (await this.prometheus(`count_over_time(${up}) >= 6 and min_over_time(${up}) == 1`)).length > 0
      },
      40_000,
    )
  }

  /** The series that an instant query returns. */
  async prometheus(query: string): Promise<readonly object[]> {
    const url = `http://127.0.0.1:${this.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`
    const { data } = (await (await fetch(url)).json()) as { data: { result: readonly object[] } }
    return data.result
  }

  /** The health of the first active scrape target, the lake: 'up', 'down' or 'unknown'. */
  async targetHealth(): Promise<string | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.prometheus}/api/v1/targets?state=active`)
    const { data } = (await answer.json()) as { data: { activeTargets: readonly { health: string }[] } }
    return data.activeTargets[0]?.health
  }

  private get ports(): Ports {
    const ports = knownPorts()
    if (ports === undefined) throw new Error('No sandbox is running. Start one: npm run sandbox -- up')
    return ports
  }

  /** Appends to a file. Returns a function that restores its old content. */
  append(path: string, text: string): () => Promise<void> {
    const before = readFileSync(path)
    writeFileSync(path, Buffer.concat([before, Buffer.from(text)]))
    return async () => writeFileSync(path, before)
  }

  /** Edits a file. Returns a function that restores its old content. @throws Error when the edit changes nothing */
  rewrite(path: string, change: (text: string) => string): () => Promise<void> {
    const before = readFileSync(path, 'utf8')
    const after = change(before)
    if (after === before) throw new Error(`${path} does not contain the text to change`)
    writeWhole(path, after)
    return async () => writeWhole(path, before)
  }

  /** Changes the password of Grafana's admin as the profile page does. Returns a function that changes it back. */
  async changeGrafanaPassword(): Promise<() => Promise<void>> {
    const [old, other] = [this.vault('fawkes/devlake/grafana', 'admin-password'), 'another-password-of-the-admin']
    const change = async (oldPassword: string, newPassword: string) => {
      const { ok, status } = await fetch(`http://127.0.0.1:${this.ports.grafana}/api/user/password`, {
        method: 'PUT',
        headers: {
          authorization: `Basic ${Buffer.from(`admin:${oldPassword}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ oldPassword, newPassword, confirmNew: newPassword }),
      })
      if (!ok) throw new Error(`Grafana refused to change the password: status ${status}`)
    }
    await change(old, other)
    return () => change(other, old)
  }

  private async merge({ kind, name, namespace }: Reference, patch: object, subresource?: string): Promise<void> {
    const status = subresource === undefined ? [] : [`--subresource=${subresource}`]
    await this.kubectl([
      'patch',
      kind,
      name,
      ...namespaced(namespace),
      '--type=merge',
      ...status,
      '-p',
      JSON.stringify(patch),
    ])
  }
}

interface KubernetesObject {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
  /** Only on a Secret: base64 by key. */
  readonly data?: Readonly<Record<string, string>>
}
