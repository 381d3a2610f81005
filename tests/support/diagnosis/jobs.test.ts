/** Failed Jobs and CronJobs behind an Application, of whose resources ArgoCD 3 writes no health. */
import { describe, expect, it } from 'vitest'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import { type Facts, factSchemas } from '../../../support/diagnosis/facts/facts'
import * as saved from '../../fixtures/facts'

const namespace = 'fawkes'

/** A pod of a Job. */
const pod = (job: string, status: object, minute = 0) =>
  factSchemas.pod.parse({
    metadata: {
      ...{
        name: `${job}-x${minute}`,
        namespace,
        creationTimestamp: `2026-11-23T17:${String(minute).padStart(2, '0')}:00Z`,
      },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: job, controller: true }],
    },
    spec: { containers: [{ name: 'main', image: 'tool:v1' }] },
    status: { phase: 'Failed', ...status },
  })
const failed = { containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 3, reason: 'Error' } } }] }
const succeeded = { phase: 'Succeeded' }
const event = (job: string, reason: string, message: string, type = 'Warning') => ({
  ...saved.event('Job', job, reason, message),
  type,
})

function causeOf(given: Partial<Facts>, ...resources: readonly string[]) {
  const applications = [
    factSchemas.application.parse({
      metadata: { name: 'devlake', namespace },
      status: {
        health: { status: 'Degraded' },
        resources: resources.map((one) => {
          const [kind = '', name = ''] = one.split(' ')
          return { kind, name, namespace }
        }),
      },
    }),
  ]
  const object = 'Application fawkes/devlake'
  const finding = { summary: 'Degraded.', object, expected: '', found: '', remedy: [], reliesOn: [object] }
  const facts = saved.facts({ ...given, applications, pods: [...saved.facts().pods, ...(given.pods ?? [])] })
  return new Diagnosis(facts, []).causeOf(finding)
}

const cleanup = 'CronJob devlake-cleanup'

describe('an Application is Degraded by', () => {
  it('the last Job of a CronJob', () => {
    const pods = [
      pod('devlake-cleanup-29400000', succeeded),
      pod('devlake-cleanup-29401440', failed, 1),
      pod('devlake-cleanup-29401440', failed, 2),
    ]
    const { object, summary, remedy } = causeOf({ pods }, 'Service devlake-ui', cleanup)
    expect(object).toBe('Pod fawkes/devlake-cleanup-29401440-x2')
    expect(summary).toContain('container main has crashed: it exits with code 3')
    expect(remedy).toContain('kubectl logs -n fawkes devlake-cleanup-29401440-x2 -c main')
  })

  it('a Job of its own', () => {
    const pods = [pod('devlake-migrate', failed)]
    expect(causeOf({ pods }, 'Job devlake-migrate').object).toBe('Pod fawkes/devlake-migrate-x0')
  })

  it.each(['Job devlake-cleanup-29401440', cleanup])('a Job whose pod is gone: %s', (resource) => {
    const message = 'Job has reached the specified backoff limit'
    const events = [event('devlake-cleanup-29401440', 'BackoffLimitExceeded', message)]
    const { object, summary, remedy } = causeOf({ events }, resource)
    expect(object).toBe('Job fawkes/devlake-cleanup-29401440')
    expect(summary).toBe(`Job fawkes/devlake-cleanup-29401440 has failed: ${message}.`)
    expect(remedy[0]).toBe('kubectl describe job -n fawkes devlake-cleanup-29401440')
  })
})

describe('an Application is not Degraded by', () => {
  it.each<[string, Partial<Facts>, string]>([
    [
      'an earlier Job of a CronJob than the one that completed',
      { pods: [pod('devlake-cleanup-29400000', failed), pod('devlake-cleanup-29401440', succeeded)] },
      cleanup,
    ],
    [
      'a Job that completed after some tries',
      { pods: [pod('devlake-migrate', failed), pod('devlake-migrate', succeeded, 1)] },
      'Job devlake-migrate',
    ],
    ['a Job that it does not deploy', { pods: [pod('import', failed)] }, 'Job devlake-migrate'],
    [
      'a Job that completed and is gone',
      { events: [event('devlake-migrate', 'Completed', 'Job completed', 'Normal')] },
      'Job devlake-migrate',
    ],
  ])('%s', (_, given, resource) => {
    expect(causeOf(given, resource).object).toBe('Application fawkes/devlake')
  })
})
