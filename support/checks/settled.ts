/** Waits for what goes on by itself, such as a rollout or a sync. Everything else is judged at once. */
import { eventually } from '../basis/eventually'
import { type Circumstances, type Unmet, unmetOf } from '../basis/expectation'
import type { Kubernetes } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'

/** A pod may take as long to start as a Deployment may make no progress by default: progressDeadlineSeconds. */
export const startingMs = 600_000

/** A problem, and whether it may end by itself. */
export interface Outcome {
  readonly problem: Unmet
  readonly mayEnd: boolean
}

/** A problem of a part that may have several, and whether it may end by itself. */
export interface Hindrance {
  readonly circumstances: Circumstances
  readonly mayEnd: boolean
}

/** A problem that does not end by itself. */
export const lasting = (circumstances: Circumstances): Hindrance => ({ circumstances, mayEnd: false })

/** Combines the problems of a part, which may end only if each of them may. */
export function outcomeOf(hindrances: readonly Hindrance[]): Outcome | undefined {
  const problem = unmetOf(hindrances.map(({ circumstances }) => circumstances))
  return problem && { problem, mayEnd: hindrances.every(({ mayEnd }) => mayEnd) }
}

/** The parts that did not become right in time. */
const late = new WeakMap<Kubernetes, Set<string>>()

/**
 * Judges again while the problem may end by itself, until the deadline.
 * @param part a name for what many checks need: only the first check waits for a part that does not become right in time
 * @throws the last problem
 */
export async function settled(
  { kubernetes, configuration }: Platform,
  judge: () => Promise<Outcome | undefined>,
  part?: string,
): Promise<void> {
  const parts = late.get(kubernetes) ?? new Set()
  late.set(kubernetes, parts)
  const first = await judge()
  const isLate = part !== undefined && parts.has(part)
  const outcome = first?.mayEnd && !isLate ? await waited() : first
  if (outcome) throw outcome.problem
  if (part !== undefined) parts.delete(part)

  async function waited(): Promise<Outcome | undefined> {
    try {
      return await eventually(
        async () => {
          const found = await judge()
          if (found?.mayEnd) throw found.problem
          return found
        },
        { deadlineMs: configuration.deadlines.condition },
      )
    } catch (error) {
      if (part !== undefined) parts.add(part)
      throw error
    }
  }
}
