/** From saved facts to causes: what a finding comes from, and what is said about it. */
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../support/basis/finding'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import type { Facts } from '../../../support/diagnosis/facts/facts'
import { factsAbout } from '../../../support/diagnosis/related'
import * as platform from '../../fixtures/facts'

const finding = (
  object: string,
  reliesOn: readonly string[] = [object],
  summary = `${object} is not well.`,
): Finding => ({
  summary,
  object,
  expected: 'well',
  found: 'not well',
  remedy: [],
  reliesOn,
})

const lake = 'Pod fawkes/devlake-lake-0'
const ui = 'Pod fawkes/devlake-ui-0'
const mysql = 'Pod fawkes/devlake-mysql-0'

/** The cause of a finding about an object, on a platform that is whole but for what is given. */
function causeOf(object: string, given: Partial<Facts>, failed: readonly Finding[] = []): Finding {
  return new Diagnosis(platform.facts(given), failed).causeOf(finding(object))
}

interface Case {
  readonly what: string
  /** What a check complained about. */
  readonly about: string
  readonly given: Partial<Facts>
  readonly object: string
  readonly summary: string
  /** A part of what is to be typed. */
  readonly remedy: string
}

const { pod, podsWith, stopped, pending } = platform
const waiting = (reason: string, message = '') => ({ waiting: { reason, message } })
const ended = (reason: string, exitCode: number) => ({ terminated: { reason, exitCode } })

const cases: readonly Case[] = [
  {
    what: 'a storage class that does not exist keeps the database Pending',
    about: 'Service fawkes/devlake-mysql',
    given: {
      pods: podsWith(pending('mysql', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.')),
      claims: [platform.claim('Pending', { storageClassName: 'fast' })],
    },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'the storage class fast does not exist',
    remedy: 'kubectl get storageclass',
  },
  {
    what: 'a claim without a class where no class is the default',
    about: mysql,
    given: { pods: podsWith(pending('mysql', 'unbound')), claims: [platform.claim('Pending', {})] },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'it names no storage class, and the cluster has no default one',
    remedy: 'kubectl describe pvc -n fawkes devlake-mysql',
  },
  {
    what: 'a provisioner that gives no volume',
    about: mysql,
    given: {
      pods: podsWith(pending('mysql', 'unbound')),
      claims: [platform.claim('Pending')],
      events: [
        platform.event('PersistentVolumeClaim', 'devlake-mysql', 'ProvisioningFailed', 'quota of disks used up'),
      ],
    },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'no volume is provided for it (quota of disks used up)',
    remedy: 'kubectl get persistentvolumes',
  },
  {
    what: 'a claim whose volume is gone',
    about: mysql,
    given: { pods: podsWith(pending('mysql', 'lost')), claims: [platform.claim('Lost')] },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'the volume that it was bound to is gone',
    remedy: 'kubectl describe pvc',
  },
  {
    what: 'a pod for which no node has room, though its claim is bound',
    about: 'Service fawkes/devlake-mysql',
    given: { pods: podsWith(pending('mysql', '0/3 nodes are available: 3 Insufficient memory.')) },
    object: mysql,
    summary: 'is Pending: 0/3 nodes are available: 3 Insufficient memory.',
    remedy: 'kubectl describe nodes',
  },
  {
    what: 'a node that is gone takes its pods with it',
    about: 'Service fawkes/devlake-ui',
    given: {
      nodes: [platform.node(['Ready', 'Unknown', 'Kubelet stopped posting node status.'])],
      pods: podsWith(pod('ui', { conditions: [{ type: 'Ready', status: 'False' }] })),
    },
    object: 'Node worker-1',
    summary: 'is not Ready (KubeletReason: Kubelet stopped posting node status.)',
    remedy: 'kubectl describe node worker-1',
  },
  {
    what: 'a pod that was evicted from a node that is short of memory',
    about: ui,
    given: {
      nodes: [platform.node(['Ready', 'True'], ['MemoryPressure', 'True', 'available 10Mi'])],
      pods: podsWith(
        pod('ui', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      ),
    },
    object: 'Node worker-1',
    summary: 'is short of memory',
    remedy: 'kubectl describe node worker-1',
  },
  {
    what: 'a pod that was evicted from a node that has recovered',
    about: ui,
    given: {
      pods: podsWith(pod('ui', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' })),
    },
    object: ui,
    summary: 'was ended (Evicted): The node was low on memory.',
    remedy: 'kubectl delete pod -n fawkes devlake-ui-0',
  },
  {
    what: 'an image that cannot be pulled',
    about: 'Service fawkes/devlake-ui',
    given: { pods: podsWith(stopped('ui', waiting('ImagePullBackOff', 'manifest unknown'))) },
    object: ui,
    summary: 'the image devlake/ui:v1 of container ui cannot be pulled (ImagePullBackOff)',
    remedy: 'imagePullSecrets',
  },
  {
    what: 'a container that was killed for want of memory, with its limit',
    about: ui,
    given: { pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('OOMKilled', 137))) },
    object: ui,
    summary: 'killed for want of memory, of which it may use 512Mi (OOMKilled)',
    remedy: 'resources',
  },
  {
    what: 'a crash, with the last complaint of the container before this one',
    about: ui,
    given: {
      pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 1))),
      logs: [
        platform.log('ui', false, 'starting'),
        platform.log('ui', true, 'starting', '2026-11-23T18:00:00Z fatal: port 4000 is in use', 'bye'),
      ],
    },
    object: ui,
    summary: 'it ends with exit code 1: fatal: port 4000 is in use',
    remedy: 'kubectl logs -n fawkes devlake-ui-0 -c ui --previous',
  },
  {
    what: 'a command that the image does not have',
    about: ui,
    given: { pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 127))) },
    object: ui,
    summary: 'it ends with exit code 127 (command not found)',
    remedy: '--previous',
  },
  {
    what: 'a lake that cannot reach a database whose pod is Pending',
    about: 'Service fawkes/devlake-lake',
    given: {
      pods: [
        ...podsWith(stopped('lake', waiting('CrashLoopBackOff'), ended('Error', 1))).filter(
          ({ metadata }) => metadata.name !== 'devlake-mysql-0',
        ),
        pending('mysql', '0/3 nodes are available: 3 node(s) had untolerated taints.'),
      ],
      logs: [platform.log('lake', true, 'panic: dial tcp 10.96.0.9:3306: connect: connection refused')],
    },
    object: mysql,
    summary: 'had untolerated taints',
    remedy: 'kubectl describe nodes',
  },
  {
    what: 'a container whose Secret could not be synced, because its store is not ready',
    about: lake,
    given: {
      pods: podsWith(stopped('lake', waiting('CreateContainerConfigError', 'secret "devlake-db" not found'))),
      externalSecrets: [platform.externalSecret('False', 'store not ready')],
      secretStores: [platform.store('False', 'invalid vault credentials')],
    },
    object: 'ClusterSecretStore vault',
    summary: 'is not ready: ValidationFailed: invalid vault credentials',
    remedy: 'kubectl describe clustersecretstore vault',
  },
  {
    what: 'a container that names a key which its Secret does not hold',
    about: lake,
    given: {
      pods: podsWith(
        stopped('lake', waiting('CreateContainerConfigError', "couldn't find key pass in Secret fawkes/devlake-db")),
      ),
    },
    object: lake,
    summary: "cannot be started: couldn't find key pass in Secret fawkes/devlake-db (CreateContainerConfigError)",
    remedy: 'kubectl describe pod -n fawkes devlake-lake-0',
  },
  {
    what: 'a readiness probe that fails',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: podsWith(pod('ui', { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] })),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
    },
    object: ui,
    summary: 'runs, but is not ready: Readiness probe failed: statuscode: 503',
    remedy: 'kubectl logs -n fawkes devlake-ui-0',
  },
  {
    what: 'a workload that is scaled to nothing',
    about: 'pods labelled app=devlake,component=ui',
    given: {
      pods: platform.facts().pods.filter(({ metadata }) => metadata.name !== 'devlake-ui-0'),
      workloads: [platform.workload('ui', { replicas: 0 })],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'is scaled to 0',
    remedy: 'kubectl scale statefulset -n fawkes devlake-ui --replicas=1',
  },
  {
    what: 'a quota that refuses the pods',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: platform.facts().pods.filter(({ metadata }) => metadata.name !== 'devlake-ui-0'),
      workloads: [platform.workload('ui', {}, { readyReplicas: 0 })],
      events: [
        platform.event('StatefulSet', 'devlake-ui', 'FailedCreate', 'pods "devlake-ui-0" is forbidden: exceeded quota'),
      ],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'its pods are refused (pods "devlake-ui-0" is forbidden: exceeded quota)',
    remedy: 'kubectl describe resourcequota -n fawkes',
  },
  {
    what: 'no workload at all',
    about: 'pods labelled app=devlake,component=ui',
    given: { pods: [], workloads: [platform.workload('lake')] },
    object: 'pods labelled app=devlake,component=ui',
    summary: 'Nothing makes pods of the ui in fawkes',
    remedy: 'argocd app sync devlake',
  },
  {
    what: 'a service that selects nobody',
    about: 'Service fawkes/devlake-lake',
    given: { services: [platform.service('lake', { component: 'lakes' })] },
    object: 'Service fawkes/devlake-lake',
    summary: 'its selector (component=lakes) finds no pod',
    remedy: 'kubectl edit service -n fawkes devlake-lake',
  },
  {
    what: 'an ArgoCD that is scaled to nothing, seen by whoever asks it',
    about: 'workloads labelled part-of=argocd',
    given: {
      workloads: [
        {
          ...platform.workload('x', { replicas: 0 }),
          kind: 'Deployment',
          metadata: { name: 'argocd-server', namespace: 'fawkes', uid: '', labels: {} },
        },
      ],
    },
    object: 'Deployment fawkes/argocd-server',
    summary: 'is scaled to 0',
    remedy: 'kubectl scale deployment -n fawkes argocd-server --replicas=1',
  },
  {
    what: 'an Application that is as healthy as its resources',
    about: 'Application fawkes/devlake',
    given: {
      applications: [
        {
          metadata: { name: 'devlake', namespace: 'fawkes', uid: '', labels: {}, finalizers: [] },
          status: {
            resources: [
              { kind: 'Service', namespace: 'fawkes', name: 'devlake-ui', health: { status: 'Healthy' } },
              { kind: 'StatefulSet', namespace: 'fawkes', name: 'devlake-ui', health: { status: 'Degraded' } },
            ],
          },
        },
      ],
      pods: podsWith(stopped('ui', waiting('ErrImagePull'))),
    },
    object: ui,
    summary: 'cannot be pulled',
    remedy: 'kubectl describe pod',
  },
  ...(
    [
      [
        'server returned HTTP status 401 Unauthorized',
        'asks for a login that the ServiceMonitor does not give (status 401)',
      ],
      [
        'server returned HTTP status 404 Not Found',
        'the path that the ServiceMonitor names does not exist (status 404)',
      ],
      ['server returned HTTP status 500 Internal Server Error', 'the service answers status 500'],
      [
        'Get "http://10.0.0.8:8080/metrics": dial tcp 10.0.0.8:8080: connect: connection refused',
        'nothing listens at the address of the pod',
      ],
      ['Get "http://devlake:8080/metrics": dial tcp: lookup devlake: no such host', 'its host name does not resolve'],
      ['Get "http://10.0.0.8:8080/metrics": context deadline exceeded', 'does not answer within the scrape timeout'],
      [
        'Get "https://10.0.0.8:8080/metrics": x509: certificate signed by unknown authority',
        'does not trust its certificate',
      ],
      ['expected equal, got "(" ("INVALID") while parsing', 'what it answers cannot be read (expected equal'],
    ] as const
  ).map(
    ([error, summary]): Case => ({
      what: `a target that is down: ${error}`,
      about: 'Prometheus target devlake-metrics',
      given: { targets: [platform.target(error)] },
      object: 'Prometheus target devlake-metrics',
      summary,
      remedy: 'kubectl get servicemonitor -n monitoring devlake-metrics -o yaml',
    }),
  ),
]

describe('the cause of a finding', () => {
  for (const { what, about, given, object, summary, remedy } of cases)
    it(`is ${what}`, () => {
      const cause = causeOf(about, given)
      expect(cause.object).toBe(object)
      expect(cause.summary).toContain(summary)
      expect(cause.remedy.join('\n')).toContain(remedy)
      expect(JSON.stringify(cause)).not.toContain('undefined')
    })

  it('is the same when the facts were saved and read again', () => {
    for (const { about, given } of cases) {
      const facts = platform.facts(given)
      const again = JSON.parse(JSON.stringify(facts)) as Facts
      expect(new Diagnosis(again, []).causeOf(finding(about))).toEqual(new Diagnosis(facts, []).causeOf(finding(about)))
    }
  })

  it('is what another check found, where no analyzer knows of anything', () => {
    const password = finding('Secret fawkes/devlake-db, key mysql-password', [], 'MySQL does not accept the password.')
    const crashed = podsWith(stopped('lake', waiting('CrashLoopBackOff'), ended('Error', 1)))
    const logs = [platform.log('lake', true, "Error 1045: Access denied for user 'merico'@'10.0.0.8'")]
    expect(causeOf(lake, { pods: crashed, logs }, [password])).toBe(password)
    expect(causeOf(lake, { pods: crashed, logs }).summary).toContain("Access denied for user 'merico'")
    const page = finding('http://devlake.example.org/metrics', [], 'The page is not in the text format.')
    expect(causeOf('Prometheus target devlake-metrics', { targets: [platform.target('bad')] }, [page])).toBe(page)
  })

  it('is what was found of the ExternalSecret, where its Secret lacks something', () => {
    const wrong = finding('ExternalSecret fawkes/devlake-db', [], 'It refers to nothing in the secrets manager.')
    expect(causeOf('Secret fawkes/devlake-db', {}, [wrong])).toBe(wrong)
    expect(causeOf('Secret fawkes/devlake-db', {})).toMatchObject({ object: 'Secret fawkes/devlake-db' })
  })

  it('is the finding itself when nothing that it relies on is in trouble', () => {
    const alone = finding(ui)
    expect(new Diagnosis(platform.facts(), []).causeOf(alone)).toBe(alone)
    expect(new Diagnosis(platform.facts(), [alone]).causeOf(alone)).toBe(alone)
    expect(new Diagnosis(null, []).causeOf(alone)).toBe(alone)
  })

  it('is the finding itself when it can have no other cause, whatever is wrong with its object', () => {
    const wrong = finding('Service fawkes/devlake-ui', [], 'Service fawkes/devlake-ui is not a ClusterIP.')
    const given = { pods: podsWith(stopped('ui', waiting('ImagePullBackOff'))) }
    expect(new Diagnosis(platform.facts(given), [wrong]).causeOf(wrong)).toBe(wrong)
  })

  it('is not what an event says of an earlier pod of the same name', () => {
    const unready = pod('ui', { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] })
    const about = (uid: string) => {
      const event = platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'the probe of long ago')
      return {
        pods: podsWith({ ...unready, metadata: { ...unready.metadata, uid: 'now' } }),
        events: [{ ...event, involvedObject: { ...event.involvedObject, uid } }],
      }
    }
    const whyOf = (given: Partial<Facts>) => [
      causeOf(ui, given).summary,
      ...factsAbout(new Set([ui]), platform.facts(given)),
    ]
    expect(whyOf(about('now')).join()).toMatch(/the probe of long ago.*the probe of long ago/)
    expect(whyOf(about('before')).join()).not.toContain('the probe of long ago')
    expect(whyOf(about('before'))[0]).toContain('ContainersNotReady')
  })

  it('ends where things suffer from each other', () => {
    const [one, other] = [finding('A x', ['B x']), finding('B x', ['A x'])]
    const diagnosis = new Diagnosis(platform.facts(), [one, other])
    expect([one, other]).toContain(diagnosis.causeOf(one))
  })
})
