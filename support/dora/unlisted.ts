/** The misreading of first deployments that is right where their events did not list their commits. */
import type { Alternative } from './alternatives'
import type { ProjectEvents } from './compute'

export const firstWithoutLeadTime = 'a first deployment yields no lead time, whether it lists its commits or not'

/** The repositories that are tried one by one. */
const mostRepositories = 20

/** The deployments of all repositories, or of one, list no commits, so that the first of each yields no lead time. */
export function unlistedIn({ deployments }: ProjectEvents): readonly Alternative[] {
  const repositories = [...new Set(deployments.map(({ repository }) => repository))]
  const unlisted = (isMeant: (repository: string | null) => boolean): Alternative => ({
    sentence: firstWithoutLeadTime,
    events: (events) => ({
      ...events,
      deployments: events.deployments.map((one) => (isMeant(one.repository) ? { ...one, listsCommits: false } : one)),
    }),
  })
  return [
    unlisted(() => true),
    ...repositories.slice(-mostRepositories).map((repository) => unlisted((other) => other === repository)),
  ]
}
