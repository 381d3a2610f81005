/** Checks on the dashboards one by one, so that one that is missing or does not open hides nothing that is wrong on the others. */
import { type Failure, isFailure } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'

/** The answers for the dashboards that a check could be made on, and its failures on the others. */
interface OnEach<Answer> {
  readonly answers: readonly (readonly [DashboardNames, Answer])[]
  readonly failures: ReadonlyMap<DashboardNames, Failure>
}

/** Makes a check on one dashboard after the other, whatever fails on the ones before. */
export async function onEach<Answer>(
  dashboards: readonly DashboardNames[],
  check: (names: DashboardNames) => Promise<Answer>,
): Promise<OnEach<Answer>> {
  const answers: [DashboardNames, Answer][] = []
  const failures = new Map<DashboardNames, Failure>()
  for (const names of dashboards)
    try {
      answers.push([names, await check(names)])
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.set(names, error)
    }
  return { answers, failures }
}
