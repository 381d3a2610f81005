/** Rework: builds that repeat one before them of the same project, commit and stage. */
import type { Definitions } from './definitions'
import type { Build } from './events'
import type { Window } from './metrics'

export interface BuildCount {
  readonly builds: number
  readonly repeats: number
}

/** Collects the builds that are over; the first of its kind may lie before a window and is looked for among all. */
export class BuildTally {
  private readonly finished = new Map<string, number[]>()

  constructor(private readonly definitions: Definitions) {}

  /** A running build is not one yet. */
  add(build: Build): void {
    if (build.finishedAt === null) return
    const key = this.definitions.sameBuild(build)
    const times = this.finished.get(key)
    if (times) times.push(build.finishedAt)
    else this.finished.set(key, [build.finishedAt])
  }

  within(window: Window): BuildCount {
    let builds = 0
    let repeats = 0
    for (const times of this.finished.values()) {
      times.sort((one, other) => one - other)
      times.forEach((time, index) => {
        if (!this.definitions.isWithin(time, window)) return
        builds++
        if (index > 0) repeats++
      })
    }
    return { builds, repeats }
  }
}
