/** Rework: builds that repeat an earlier build of the same project, commit and stage. */
import { type Definitions, minute, type Outcome } from './definitions'
import type { Build } from './events'
import type { Window } from './metrics'

export interface BuildCount {
  readonly builds: number
  readonly repeats: number
  readonly successful: number
  readonly failed: number
  /** In minutes; null without a build whose start is known. */
  readonly meanDuration: number | null
}

interface FinishedBuild {
  readonly time: number
  readonly outcome: Outcome | null
  /** In milliseconds; null if the start is unknown. */
  readonly duration: number | null
}

/** Counts finished builds. Keeps all of them, because the build that is repeated may lie before the window. */
export class BuildTally {
  private readonly finished = new Map<string, FinishedBuild[]>()

  constructor(private readonly definitions: Definitions) {}

  /** Adds a build, unless it is still running. */
  add(build: Build): void {
    if (build.finishedAt === null) return
    const key = `${build.project}\n${this.definitions.sameBuild(build)}`
    const finished: FinishedBuild = {
      time: build.finishedAt,
      outcome: this.definitions.outcomeOf(build.result),
      duration: build.startedAt === null ? null : build.finishedAt - build.startedAt,
    }
    const known = this.finished.get(key)
    if (known) known.push(finished)
    else this.finished.set(key, [finished])
  }

  within(window: Window): BuildCount {
    const count = { builds: 0, repeats: 0, successful: 0, failed: 0 }
    let [measured, total] = [0, 0]
    for (const builds of this.finished.values()) {
      builds.sort((one, other) => one.time - other.time)
      builds.forEach(({ time, outcome, duration }, index) => {
        if (!this.definitions.isWithin(time, window)) return
        count.builds++
        if (index > 0) count.repeats++
        if (outcome === 'success') count.successful++
        if (outcome === 'failure') count.failed++
        if (duration === null) return
        measured++
        total += duration
      })
    }
    return { ...count, meanDuration: measured === 0 ? null : total / measured / minute }
  }
}
