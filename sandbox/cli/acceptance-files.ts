/** The suite's configuration and attestations for the sandbox, as an operator would write them for a real cluster. */
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { certificateOf, files } from '../basis/layout'
import type { Ports } from '../basis/ports'
import { contextName } from '../credentials/identities'
import { namesOf } from '../platform/platforms'
import type { Options } from './options'

const day = 24 * 60 * 60 * 1000

const attested: Readonly<Record<string, string>> = {
  '22.1': 'docs/sandbox.md describes the platform that the sandbox deploys',
  '22.2': 'sandbox/platform holds every manifest',
  '22.3': 'docs/sandbox.md says how to break the sandbox and how to repair it',
  '22.4': 'docs/sandbox.md says how to start, inspect and stop the sandbox',
}

/** The source of the deployment: that of the platform's manifests, or for the real ArgoCD a repository on this machine. */
const sourceOf = ({ argocdGit }: Ports, { real, platform }: Options) => ({
  ...namesOf(platform).source,
  ...(real ? { repository: `git://127.0.0.1:${argocdGit}/paruff/fawkes` } : {}),
})

/** Writes the suite's configuration, and attestations that expire after one day. */
export function writeAcceptanceFiles(ports: Ports, options: Options, now = new Date()): void {
  const date = now.toISOString()
  const expires = new Date(now.getTime() + day).toISOString()
  writeWhole(
    files.attestations,
    stringify(
      Object.entries(attested).map(([item, evidence]) => ({ item, by: 'the sandbox', date, expires, evidence })),
    ),
  )
  writeWhole(
    files.configuration,
    stringify({
      contract: 'fawkes',
      context: contextName,
      ingress: { address: '127.0.0.1', httpPort: ports.ingressHttp, httpsPort: ports.ingressHttps },
      certificateAuthority: certificateOf('ingress-authority').certificate,
      attestations: files.attestations,
      application: sourceOf(ports, options),
      testApplication: { name: 'devlake-test-app' },
      tokens: {
        expired: { name: 'devlake-api-token-expired', key: 'token' },
        webhook: { name: 'devlake-webhooks', key: 'secret' },
      },
      // The service's own tables: docs/service.md.
      events: {
        deploymentCommits: { table: 'deployment_commits', deployment: 'deployment_id', commit: 'commit_sha' },
        listedCommits: { table: 'deployment_origins', deployment: 'deployment_id', column: 'lists_commits' },
        incidents: {
          table: 'incident_scopes',
          incident: 'incident_id',
          project: 'project_name',
          environment: 'environment',
          deployment: 'deployment_id',
        },
        builds: {
          table: 'builds',
          id: 'id',
          project: 'project_name',
          commit: 'commit_sha',
          stage: 'stage',
          result: 'result',
          started: 'started_date',
          finished: 'finished_date',
          type: { column: 'type', value: 'ci_build' },
        },
        idPrefix: 'project',
      },
      // With a collection every second, data that is missing after a minute will never arrive.
      ...(options.collectionPeriod === '1s' ? { deadlines: { collection: '1m', schedule: '1m' } } : {}),
      // Faults leave gaps in the metrics. With a short lookback, the platform soon counts as healthy again.
      monitoring: { lookBack: '5s' },
      ...(options.readOnly ? {} : { writes: { context: contextName } }),
    }),
  )
}
