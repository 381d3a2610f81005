/**
 * Starts the sync of an ArgoCD Application that ArgoCD's own server would start, and takes it back if nobody executes it. The
 * server copies the sync options and the retries of the Application (Sync in server/application/application.go), refuses a second
 * operation, and writes `operation` only to the version of the Application that it read (SetAppOperation in util/argo/argo.go).
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { command } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Blocked } from '../basis/expectation'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'

const application = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().optional() }),
  spec: z
    .looseObject({
      syncPolicy: z
        .looseObject({
          syncOptions: z.array(z.string()).nullish(),
          retry: z.looseObject({}).nullish(),
          automated: z.looseObject({ prune: z.boolean().optional(), enabled: z.boolean().optional() }).nullish(),
        })
        .nullish(),
    })
    .default({}),
  operation: z
    .looseObject({ info: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish() })
    .nullish(),
  status: z
    .looseObject({
      operationState: z.looseObject({ phase: z.string().optional(), startedAt: z.string().optional() }).nullish(),
    })
    .nullish(),
})
type Application = z.infer<typeof application>

/** The phases of an operation that has not ended. */
const underway = new Set(['Running', 'Terminating'])

const takingBackMs = 5000

/** Distinguishes the operations of this process from those of other runs. */
const mark = { name: 'dora-acceptance', value: randomUUID() }

/** The operation that ArgoCD's server writes for a sync by hand, with the pruning of the Application's automated sync. */
export function operationOf({ spec: { syncPolicy } }: Pick<Application, 'spec'>): object {
  const { syncOptions, retry, automated } = syncPolicy ?? {}
  return {
    initiatedBy: { username: 'dora-acceptance' },
    info: [mark],
    sync: {
      syncStrategy: { hook: {} },
      ...(automated?.prune && automated.enabled !== false ? { prune: true } : {}),
      ...(syncOptions && syncOptions.length > 0 ? { syncOptions } : {}),
    },
    ...(retry ? { retry } : {}),
  }
}

export class Syncs {
  constructor(
    private readonly api: Pick<KubernetesApi, 'get' | 'change'>,
    private readonly namespace: string | undefined,
  ) {}

  /**
   * Starts a sync, after the operation of another run if there is one.
   * @param deadlineMs the time that the other operation may take
   * @returns the start of the last operation before it; '' if there was none
   * @throws Blocked if another operation is still underway at the deadline
   */
  start(name: string, deadlineMs: number): Promise<string> {
    return eventually(
      async () => {
        const found = await this.read(name)
        const last = found.status?.operationState
        const startedAt = last?.startedAt ?? ''
        if (isOwn(found)) return startedAt
        if (found.operation || underway.has(last?.phase ?? '')) throw this.occupied(name, startedAt)
        // Someone else may change the Application meanwhile: then the server refuses this version, and the next attempt follows.
        const { resourceVersion } = found.metadata
        await this.patch(name, { metadata: { resourceVersion }, operation: operationOf(found) })
        return startedAt
      },
      { deadlineMs },
    )
  }

  /** Awaits the end of a sync, and takes the sync back if it does not come. */
  async ending<T>(name: string, end: Promise<T>): Promise<T> {
    try {
      return await end
    } catch (error) {
      // The failure itself is what the run reports.
      await eventually(() => this.takeBack(name), { deadlineMs: takingBackMs }).catch(() => {})
      throw error
    }
  }

  /** Removes the operation of this run, if ArgoCD has not begun to execute it. */
  async takeBack(name: string): Promise<void> {
    const found = await this.read(name)
    if (!isOwn(found)) return
    const { resourceVersion } = found.metadata
    await this.patch(name, { metadata: { resourceVersion }, operation: null })
  }

  private async read(name: string): Promise<Application> {
    const { namespace } = this
    return application.parse((await this.api.get(operations.getApplication, { namespace, name })) ?? { metadata: {} })
  }

  private async patch(name: string, body: object): Promise<void> {
    await this.api.change(operations.patchApplication, { namespace: this.namespace, name, body })
  }

  private occupied(name: string, startedAt: string): Blocked {
    const object = `Application ${this.namespace}/${name}`
    return new Blocked({
      summary: `Another operation of ${object} has not ended, so the run cannot start a sync.`,
      object,
      expected: 'no other operation',
      found: startedAt === '' ? 'an operation that has not started' : `an operation that started at ${startedAt}`,
      remedy: [
        command`kubectl get application -n ${this.namespace ?? ''} ${name} -o jsonpath='{.operation}{.status.operationState}'`,
      ],
    })
  }
}

const isOwn = ({ operation }: Application) => (operation?.info ?? []).some(({ value }) => value === mark.value)
