/** Rework: builds that repeat an earlier build of the same project, commit and stage. */
import type { Definitions } from './definitions'
import type { Build } from './events'
import type { Window } from './metrics'

export interface BuildCount {
  readonly builds: number
  readonly repeats: number
}

/** Counts finished builds. Keeps all of them, because the build that is repeated may lie before the window. */
export class BuildTally {
  private readonly finished = new Map<string, number[]>()

  constructor(private readonly definitions: Definitions) {}

  /** Adds a build, unless it is still running. */
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
