/** The pipeline's reports on a commit: builds with repeats, a quality gate, test results. */
import type { Event, EventOf } from '../ingestion/events'
import { minute } from './duration'
import { type Timeline, time } from './timeline'

const stages = ['build', 'unit', 'integration'] as const

/** The reports on a commit, stage by stage, all finished before `merged`. A failed stage is repeated. */
export function buildEvents(timeline: Timeline, commitSha: string, merged: number): Event[] {
  const { profile, random } = timeline
  let finish = merged - random.between(25, 40) * minute
  const report = (buildType: EventOf<'build'>['buildType'], stage: string, passed: boolean): Event => {
    const duration = random.between(0.5, 4) * minute
    finish += duration
    return {
      type: 'build',
      buildType,
      project: profile.project,
      buildId: `${buildType}-${stage}-${random.hex(12)}`,
      commitSha,
      stage,
      result: passed ? 'SUCCESS' : 'FAILURE',
      finishedAt: time(finish),
      durationSeconds: Math.round(duration / 1000),
    }
  }
  const builds = stages.flatMap((stage) =>
    random.chance(profile.repeatChance)
      ? [report('ci_build', stage, false), report('ci_build', stage, true)]
      : [report('ci_build', stage, true)],
  )
  const flaky = random.chance(profile.repeatChance / 2)
  const tests = flaky ? [report('test_results', 'unit', false)] : []
  return [
    ...builds,
    ...tests,
    report('test_results', 'unit', true),
    report('quality_gate', 'sonarqube', !random.chance(profile.repeatChance)),
  ]
}
