/** The commit webhook: GitHub's push event. */
import { z } from 'zod'
import type { Event } from '../ingestion/events'
import { name, text, timestamp } from './fields'

/** GitHub sends a person's name, email and date; a sender may send only the name. */
const person = z
  .union([
    z.object({ name: text.nullish(), email: text.nullish(), date: timestamp.nullish() }),
    text.transform((given) => ({ name: given, email: null, date: null })),
  ])
  .nullish()

const commit = z.object({
  id: name,
  message: z.string(),
  timestamp,
  author: person,
  committer: person,
})

/** GitHub sends the repository as an object. */
const repository = z.union([name, z.object({ full_name: name }).transform(({ full_name }) => full_name)])

export const pushBody = z.object({ repository, ref: name, commits: z.array(commit) }).transform(
  (body): Event => ({
    type: 'push',
    repository: body.repository,
    ref: body.ref,
    commits: body.commits.map(({ id, message, timestamp: time, author, committer }) => ({
      sha: id,
      message,
      authorName: author?.name ?? null,
      authorEmail: author?.email ?? null,
      // After a rebase the author date is older than the commit date, which is in `timestamp`.
      authoredAt: author?.date ?? time,
      committerName: committer?.name ?? author?.name ?? null,
      committerEmail: committer?.email ?? author?.email ?? null,
      committedAt: committer?.date ?? time,
    })),
  }),
)
