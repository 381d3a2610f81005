/** Stores push events as commits and their order on a ref, and stores reviews. */
import type { Transaction } from '../database/database'
import type { EventOf } from './events'

/** Stores the events in their order; `now` is the time of the collection. */
export async function storePushes(
  transaction: Transaction,
  events: readonly EventOf<'push'>[],
  now: Date,
): Promise<void> {
  await transaction.insert(
    `INSERT INTO commits
       (sha, message, author_name, author_email, author_id, authored_date, committer_name, committer_email, committer_id,
        committed_date, created_at, updated_at) VALUES ?
     ON DUPLICATE KEY UPDATE
       message = VALUES(message), author_name = VALUES(author_name), author_email = VALUES(author_email),
       author_id = VALUES(author_id), authored_date = VALUES(authored_date), committer_name = VALUES(committer_name),
       committer_email = VALUES(committer_email), committer_id = VALUES(committer_id),
       committed_date = VALUES(committed_date), updated_at = VALUES(updated_at)`,
    events.flatMap(({ commits }) =>
      commits.map((commit) => [
        commit.sha,
        commit.message,
        commit.authorName,
        commit.authorEmail,
        commit.authorEmail,
        commit.authoredAt,
        commit.committerName,
        commit.committerEmail,
        commit.committerEmail,
        commit.committedAt,
        now,
        now,
      ]),
    ),
  )
  // A commit pushed to a ref twice keeps its first place. The position is set first, because it compares the old date.
  await transaction.insert(
    `INSERT INTO pushed_commits (repo_id, ref_name, commit_sha, pushed_date, position) VALUES ?
     ON DUPLICATE KEY UPDATE
       position = IF(VALUES(pushed_date) < pushed_date, VALUES(position), position),
       pushed_date = LEAST(pushed_date, VALUES(pushed_date))`,
    events.flatMap(({ repository, ref, commits }) => {
      const pushedAt = new Date(Math.max(...commits.map((commit) => commit.committedAt.getTime())))
      return commits.map((commit, position) => [repository, ref, commit.sha, pushedAt, position])
    }),
  )
}

export async function storeReviews(transaction: Transaction, events: readonly EventOf<'review'>[]): Promise<void> {
  await transaction.insert(
    `INSERT INTO reviews (commit_sha, repo_id, opened_date, merged_date) VALUES ?
     ON DUPLICATE KEY UPDATE opened_date = VALUES(opened_date), merged_date = VALUES(merged_date)`,
    events.map((review) => [review.commitSha, review.repository, review.openedAt, review.mergedAt]),
  )
}
