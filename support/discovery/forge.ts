/** Proposals for GitLab in the place of GitHub, by the connections of the running service. */
import { Blocked, NotApplicable, Unmet, unless } from '../basis/expectation'
import { connectionsTo } from '../checks/data-sources'
import type { Connection } from '../contracts/data-sources'
import type { Platform } from '../platform/platform'
import { type Findings, onlyOf } from './proposal'

/** Proposes GitLab where the service collects from it and not from GitHub. Only reads. */
export async function proposeForge(platform: Platform, findings: Findings): Promise<void> {
  const [github, gitlab] = [await connectionsOf(platform, 'github'), await connectionsOf(platform, 'gitlab')]
  const [first] = gitlab ?? []
  if (first === undefined || github === undefined || github.length > 0) return
  const reason = `the service collects from GitLab by the connection ${first.name}, and has no connection to GitHub`
  if (platform.configuration.absent.github === undefined)
    findings.propose(['absent', 'github'], reason, undefined, `Found: ${reason}.`)
  const endpoints = [...new Set(gitlab?.map(({ endpoint }) => endpoint.replace(/\/+$/, '')))]
  const endpoint = onlyOf(endpoints)
  if (endpoint === undefined)
    findings.ask('dataSources.gitlab.endpoint', 'The service has connections to several GitLabs. Which one?', endpoints)
  else
    findings.propose(
      ['dataSources', 'gitlab', 'endpoint'],
      endpoint,
      undefined,
      `It takes the place of GitHub: ${reason}.`,
    )
}

/** Returns undefined if the connections cannot be read: other items say why. */
const connectionsOf = (platform: Platform, source: 'github' | 'gitlab'): Promise<readonly Connection[] | undefined> =>
  connectionsTo(platform, source).catch(unless(undefined, Unmet, Blocked, NotApplicable))
