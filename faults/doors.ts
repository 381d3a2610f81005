/** The doors through which accidents come: here kubectl, as an operator's mistake would use it, and files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { createConnection } from 'mysql2/promise'
import { writeWhole } from '../sandbox/basis/files'
import { files } from '../sandbox/basis/layout'
import { knownPorts, type Ports } from '../sandbox/basis/ports'
import { holdAnnotation } from '../sandbox/cluster/backends'
import { RawApi } from '../sandbox/cluster/raw-api'
import { readVault } from '../sandbox/credentials/vault'
import { type Rule, writeRules } from '../sandbox/interference/rules'
import { platformReady } from '../sandbox/platform/deployment'
import type { WrongIntake } from '../sandbox/service/ingestion/wrong-intake'
import type { WrongDefinition } from '../sandbox/service/metrics/wrong-definitions'
import { connectSources } from '../sandbox/sources/connections'
import { revoke, type Source } from '../sandbox/sources/revoked'

const namespaced = (namespace: string | undefined) => (namespace === undefined ? [] : ['-n', namespace])

/** An object by kind, name and namespace, as kubectl takes it. */
export interface Reference {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export class Doors {
  private readonly rules = new Listing<Rule>(writeRules)
  private readonly revoked = new Listing<Source>(revoke)
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

  /** A merge patch, also of the status; heals by putting the patched fields back as they were. */
  async patch(reference: Reference, patch: object, subresource?: 'status'): Promise<() => Promise<void>> {
    const before = await this.get(reference)
    await this.merge(reference, patch, subresource)
    return () => this.merge(reference, undoing(patch, before), subresource)
  }

  /** Deletes an object; heals by making it again as it was. */
  async delete(reference: Reference): Promise<() => Promise<void>> {
    const { kind, name, namespace } = reference
    const before = await this.get(reference)
    await this.kubectl(['delete', kind, name, ...namespaced(namespace)])
    return async () => {
      const { resourceVersion, uid, creationTimestamp, generation, managedFields, ...metadata } = before.metadata
      await this.kubectl(['create', '-f', '-'], JSON.stringify({ ...before, metadata }))
      if (before.status) await this.merge(reference, { status: before.status }, 'status').catch(() => undefined)
    }
  }

  /** Sets the status of a pod and keeps the sandbox's kubelet from putting it right; heals by a new pod. */
  async holdPod(namespace: string, name: string, status: object): Promise<() => Promise<void>> {
    const pod = { kind: 'pod', name, namespace }
    const { uid } = (await this.get(pod)).metadata
    await this.merge(pod, { metadata: { annotations: { [holdAnnotation]: 'true' } } })
    await this.merge(pod, { status }, 'status')
    return async () => {
      await this.kubectl(['delete', 'pod', name, '-n', namespace, '--wait=false'])
      await until('a new pod that is ready', async () => {
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
    })
    try {
      for (const statement of statements) await connection.query(statement)
    } finally {
      await connection.end()
    }
  }

  /** Makes something go wrong between a pod and whoever asks it. */
  interfere(...rules: readonly Rule[]): () => Promise<void> {
    const remove = this.rules.add(...rules)
    return async () => remove()
  }

  /** Asks the service by its API, with the token. @throws Error when it refuses */
  async service(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.lake}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.vault('fawkes/devlake/secrets', 'api-token')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }

  /** The id of the first of those that the service lists. */
  async idOf(path: string): Promise<number> {
    const [first] = (await this.service('GET', path)) as readonly { id: number }[]
    if (first === undefined) throw new Error(`${path} lists none`)
    return first.id
  }

  /** Makes the connections and scopes again that a fault deleted. */
  async connectAgain(): Promise<void> {
    await connectSources(this.ports, false, AbortSignal.timeout(20_000))
  }

  /** Has a data source refuse the token that it took so far. */
  revoke(source: Source): () => Promise<void> {
    const remove = this.revoked.add(source)
    return async () => remove()
  }

  /** Has the service compute by a wrong definition, or take events wrongly, from its next collection on. */
  misdefine(name: WrongDefinition | WrongIntake): () => Promise<void> {
    const remove = this.definitions.add(name)
    this.isRedefined = true
    return async () => {
      remove()
      this.isRedefined = true
    }
  }

  /** Waits until what was changed in the definitions is what all numbers are computed by. */
  async untilInForce(): Promise<void> {
    if (this.isRedefined) await this.untilCollected()
    this.isRedefined = false
  }

  /** Waits for a collection that began after now; the one before may still be computed by what was. */
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

  /** The value of a key of an entry in the vault. */
  vault(entry: string, key: string): string {
    return readVault()[entry]?.[key] ?? ''
  }

  /**
   * Waits until the platform is whole by the word of its own controllers, and Prometheus has scraped the lake without a gap for
   * longer than the suite looks back.
   */
  async untilWhole(): Promise<void> {
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
        // The pod may be another one than that which is still being scraped.
        const { status } = await this.get({ kind: 'pod', name: 'devlake-lake-0', namespace: 'fawkes' })
        const up = `up{job="devlake-lake",instance="${status?.podIP}:8080"}[7s]`
        return (await this.prometheus(`count_over_time(${up}) >= 6 and min_over_time(${up}) == 1`)).length > 0
      },
      40_000,
    )
  }

  /** The series of an instant query. */
  async prometheus(query: string): Promise<readonly object[]> {
    const url = `http://127.0.0.1:${this.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`
    const { data } = (await (await fetch(url)).json()) as { data: { result: readonly object[] } }
    return data.result
  }

  /** Whether Prometheus found the lake up when it last scraped it. */
  async targetHealth(): Promise<string | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.prometheus}/api/v1/targets?state=active`)
    const { data } = (await answer.json()) as { data: { activeTargets: readonly { health: string }[] } }
    return data.activeTargets[0]?.health
  }

  private get ports(): Ports {
    const ports = knownPorts()
    if (ports === undefined) throw new Error('there is no sandbox: npm run sandbox -- up starts one')
    return ports
  }

  /** Appends to a file; heals by its old content. */
  append(path: string, text: string): () => Promise<void> {
    const before = readFileSync(path)
    writeFileSync(path, Buffer.concat([before, Buffer.from(text)]))
    return async () => writeFileSync(path, before)
  }

  /** Changes a file, which must be another one then; heals by its old content. */
  rewrite(path: string, change: (text: string) => string): () => Promise<void> {
    const before = readFileSync(path, 'utf8')
    const after = change(before)
    if (after === before) throw new Error(`${path} does not hold what was to be changed`)
    writeWhole(path, after)
    return async () => writeWhole(path, before)
  }

  /** Asks Grafana as its admin to change the admin's password, as its profile page does; heals by changing it back. */
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
      if (!ok) throw new Error(`Grafana does not change the password: ${status}`)
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

/** What is wrong now, in one file: each fault adds to it and takes its own out again. */
class Listing<T> {
  private entries: readonly T[] = []

  constructor(private readonly write: (entries: readonly T[]) => void) {}

  add(...own: readonly T[]): () => void {
    this.set([...this.entries, ...own])
    return () => this.set(this.entries.filter((entry) => !own.includes(entry)))
  }

  private set(entries: readonly T[]): void {
    this.write(entries)
    this.entries = entries
  }
}

interface KubernetesObject {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
  /** Of a Secret. */
  readonly data?: Readonly<Record<string, string>>
}

/** The merge patch that undoes another: the old value where there was one, null where there was none. */
function undoing(patch: object, before: unknown): object {
  const old = (before ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(patch).map(([key, value]) => {
      const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
      return [key, nested && old[key] !== undefined ? undoing(value as object, old[key]) : (old[key] ?? null)]
    }),
  )
}

/** Waits for a condition of the platform; the deadline is far above what any controller needs. */
export async function until(what: string, holds: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`)
    await pause(100)
  }
}
