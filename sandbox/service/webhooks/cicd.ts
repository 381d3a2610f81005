/** The CI/CD webhook: builds, quality gates and test results, as Jenkins reports them. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { buildTypes, type Event } from '../ingestion/events'
import { name, outcome, projectName, seconds, timestamp } from './fields'

export const cicdBody = z
  .object({
    type: z.enum(buildTypes),
    project: projectName,
    commit_sha: name,
    stage: name,
    status: outcome,
    timestamp,
    duration_seconds: seconds,
  })
  .transform(
    (body): Event => ({
      type: 'build',
      buildType: body.type,
      project: body.project,
      buildId: buildId([body.type, body.commit_sha, body.stage, body.timestamp.toISOString()]),
      commitSha: body.commit_sha,
      stage: body.stage,
      result: body.status.result,
      finishedAt: body.timestamp,
      durationSeconds: body.duration_seconds,
    }),
  )

/** The contract gives a build no id. The same report twice is one build; a different time makes it a repeat. */
const buildId = (identity: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(identity)).digest('hex')
