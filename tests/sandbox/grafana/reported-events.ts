/** Events from which the expected numbers of the dashboards are calculated by hand. */
import type { DoraService } from '../../fixtures/dora-service'
import { tell } from '../../fixtures/story'

export async function reportTill(service: DoraService): Promise<void> {
  const story = tell(service, 'till')
  await story.pushed([
    { sha: 'c1', authored: '2026-03-01T23:00:00Z' },
    { sha: 'c2', authored: '2026-03-03T09:00:00Z' },
    { sha: 'c3', authored: '2026-03-03T11:30:00Z' },
    { sha: 'c4', authored: '2026-03-05T22:59:59.999Z' },
    { sha: 'c5', authored: '2026-03-08T12:00:00Z' },
  ])
  await story.deployed({ id: 'at-the-start', finished: '2026-03-02T00:00:00Z', commits: ['c1'] })
  await story.deployed({ id: 'failed', finished: '2026-03-03T10:00:00Z', status: 'failure', commits: ['c2'] })
  await story.deployed({ id: 'after-it', finished: '2026-03-03T12:00:00Z', commits: ['c2', 'c3'] })
  await story.deployed({
    id: 'last-moment',
    finished: '2026-03-05T23:59:59.999Z',
    commits: ['c4'],
    environment: 'Production',
  })
  await story.deployed({ id: 'at-the-end', finished: '2026-03-09T00:00:00Z', commits: ['c5'] })
  await story.deployed({ id: 'elsewhere', finished: '2026-03-04T10:00:00Z', environment: 'staging', commits: ['c3'] })
  await story.deployed({ id: 'given-up', finished: '2026-03-04T11:00:00Z', status: 'aborted', commits: ['c3'] })
  await story.incident({ id: 'i1', created: '2026-03-03T13:00:00Z', resolved: '2026-03-03T14:00:00Z' })
  await story.incident({
    id: 'i2',
    created: '2026-03-06T00:00:00Z',
    resolved: '2026-03-06T00:30:00Z',
    severity: 'low',
  })
  await story.incident({ id: 'later', created: '2026-03-06T01:00:00Z', resolved: '2026-03-10T01:00:00Z' })
  await story.incident({
    id: 'backwards',
    created: '2026-03-07T10:00:00Z',
    resolved: '2026-03-07T09:00:00Z',
    deployment: 'failed',
  })
  await story.incident({
    id: 'elsewhere',
    created: '2026-03-07T10:00:00Z',
    resolved: '2026-03-07T11:00:00Z',
    environment: 'staging',
  })
}

/** Reports two incidents of a project whose settings count only the severity HIGH. */
export async function reportChoosy(service: DoraService): Promise<void> {
  const settings = { mttr: { severities: ['HIGH'] } }
  const metrics = [{ pluginName: 'dora', pluginOption: settings, enable: true }]
  await service.send('POST', '/api/projects', { name: 'choosy', metrics })
  const story = tell(service, 'choosy')
  await story.incident({ id: 'i1', created: '2026-03-03T13:00:00Z', resolved: '2026-03-03T14:00:00Z' })
  await story.incident({
    id: 'i2',
    created: '2026-03-03T13:00:00Z',
    resolved: '2026-03-03T13:30:00Z',
    severity: 'low',
  })
}
