/** The logs that are read: those of every container that runs as long as its pod. */
import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectNoErrorLines } from '../../../support/checks/log-lines'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const running = (name: string) => ({ name, ready: true, restartCount: 0, state: { running: {} } })
const ended = (name: string) => ({ name, restartCount: 0, state: { terminated: { exitCode: 0 } } })

const pod = (spec: object, status: object = {}): ClusterObject => ({
  resource: 'pods',
  metadata: { name: 'lake-0', labels: configuration.components.lake.labels },
  spec: { containers: [{ name: 'lake' }], ...spec },
  status: { phase: 'Running', containerStatuses: [running('lake')], ...status },
})
const sidecar = { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }] }
const error = '2026-11-28T09:00:00Z level=error msg="boom"\n'

const checked = (object: ClusterObject, log: string) =>
  expectNoErrorLines(platformOf({ objects: [object], logs: { 'lake-0': log } }), 'lake')

describe('the logs of a pod', () => {
  it('are those of its containers and of its sidecars', async () => {
    const withSidecar = pod(sidecar, { initContainerStatuses: [running('mesh')] })
    expect(await checked(withSidecar, '2026-11-28T09:00:00Z level=info msg=fine\n')).toBe(2)
    const { found } = await findingOf(checked(withSidecar, error))
    expect(found).toMatch(/container lake: .*; Pod fawkes\/lake-0, container mesh: /)
  })

  it('are not those of init containers that have ended', async () => {
    const migrated = pod({ initContainers: [{ name: 'migrate' }] }, { initContainerStatuses: [ended('migrate')] })
    expect(await checked(migrated, '2026-11-28T09:00:00Z level=info msg=fine\n')).toBe(1)
  })

  it('prove nothing while a sidecar has never started', async () => {
    const waiting = { name: 'mesh', restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }
    await expect(checked(pod(sidecar, { initContainerStatuses: [waiting] }), '')).rejects.toThrow(Blocked)
  })
})

describe('errors in a log', () => {
  const lost = '2026-11-28T09:00:00Z level=error msg="dial tcp 10.96.0.7:3306: connect: connection refused"\n'
  const database = `Service fawkes/${configuration.components.mysql.service}`

  it('follow from a database that does not answer, if all of them say so', async () => {
    expect((await findingOf(checked(pod({}), lost + lost))).reliesOn).toContain(database)
    expect((await findingOf(checked(pod({}), lost + error))).reliesOn).not.toContain(database)
  })
})
