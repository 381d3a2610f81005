/** The causes of findings, traced from saved facts. */
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../support/basis/finding'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import { type Facts, factSchemas } from '../../../support/diagnosis/facts/facts'
import { factsAbout } from '../../../support/diagnosis/related'
import * as platform from '../../fixtures/facts'

const finding = (
  object: string,
  reliesOn: readonly string[] = [object],
  summary = `${object} has failed.`,
): Finding => ({
  summary,
  object,
  expected: 'working',
  found: 'failed',
  remedy: [],
  reliesOn,
})

const lake = 'Pod fawkes/devlake-lake-0'
const ui = 'Pod fawkes/devlake-ui-0'
const mysql = 'Pod fawkes/devlake-mysql-0'

/** The cause of a finding about an object, on a healthy platform except for the given facts. */
function causeOf(object: string, given: Partial<Facts>, failed: readonly Finding[] = []): Finding {
  return new Diagnosis(platform.facts(given), failed).causeOf(finding(object))
}

interface Case {
  readonly title: string
  /** The object of the finding. */
  readonly about: string
  readonly given: Partial<Facts>
  readonly object: string
  readonly summary: string
  /** A part of the remedy. */
  readonly remedy: string
}

const { pod, podsWith, stopped, pending } = platform
const waiting = (reason: string, message = '') => ({ waiting: { reason, message } })
const ended = (reason: string, exitCode: number) => ({ terminated: { reason, exitCode } })

/** A pod of a revision whose image cannot be pulled, while its StatefulSet has the revision devlake-ui-2. */
const ofRevision = (revision: string): Partial<Facts> => {
  const given = stopped('ui', waiting('ImagePullBackOff', 'manifest unknown'))
  const metadata = {
    ...given.metadata,
    labels: { ...given.metadata.labels, 'controller-revision-hash': revision },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'devlake-ui', uid: 's', controller: true }],
  }
  return {
    pods: podsWith({ ...given, metadata }),
    workloads: [platform.workload('ui', {}, { updateRevision: 'devlake-ui-2' })],
  }
}

const unready = (component: string) =>
  pod(component, { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] })
/** A pod whose container crashed weeks ago, and that has lost its readiness now. */
const recovered = pod('ui', {
  conditions: [
    { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: '2026-11-23T18:00:00Z' },
  ],
  containerStatuses: [
    {
      ...{ name: 'ui', ready: false, restartCount: 1 },
      state: { running: { startedAt: '2026-11-02T09:00:00Z' } },
      lastState: ended('Error', 137),
    },
  ],
})
const evicted = pod('ui', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' })
const deletedAt = (deletionTimestamp: string, finalizers: string[] = []) => {
  const { metadata, ...rest } = pod('ui')
  return { ...rest, metadata: { ...metadata, deletionTimestamp, finalizers } }
}
const withoutUi = platform.facts().pods.filter(({ metadata }) => metadata.name !== 'devlake-ui-0')
const initializing = (initContainerStatuses: object[], spec: object = {}) =>
  pod(
    'lake',
    {
      phase: 'Pending',
      conditions: [{ type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized' }],
      initContainerStatuses,
      containerStatuses: [{ name: 'lake', state: { waiting: { reason: 'PodInitializing' } } }],
    },
    spec,
  )

const cases: readonly Case[] = [
  {
    title: 'the pod that replaced an evicted one',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: [
        ...withoutUi,
        platform.podOf('ReplicaSet', 'devlake-ui-old', evicted),
        platform.podOf('ReplicaSet', 'devlake-ui-new', stopped('ui', waiting('ErrImagePull'))),
      ],
    },
    object: 'Pod fawkes/devlake-ui-new',
    summary: 'cannot be pulled',
    remedy: 'kubectl describe pod -n fawkes devlake-ui-new',
  },
  {
    title: 'a workload that is scaled to 0, beside a completed Job and a failed one with the same labels',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: [
        ...withoutUi,
        platform.podOf('Job', 'devlake-ui-done', pod('ui', { phase: 'Succeeded' })),
        platform.podOf('Job', 'devlake-ui-failed', pod('ui', { phase: 'Failed', reason: 'DeadlineExceeded' })),
      ],
      workloads: [platform.workload('ui', { replicas: 0 })],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'is scaled to 0',
    remedy: 'kubectl scale statefulset -n fawkes devlake-ui --replicas=1',
  },
  {
    title: 'a pod that does not end although its time is over',
    about: 'pods labelled app=devlake,component=ui',
    given: { pods: [...withoutUi, deletedAt('2026-11-23T17:00:00Z', ['example.org/backup'])] },
    object: ui,
    summary: 'is being deleted and does not end',
    remedy: 'the owners of its finalizers',
  },
  {
    title: 'the lost node of a pod that cannot end',
    about: 'pods labelled app=devlake,component=ui',
    given: {
      nodes: [platform.node(['Ready', 'Unknown'])],
      pods: [...withoutUi, deletedAt('2026-11-23T17:00:00Z')],
    },
    object: 'Node worker-1',
    summary: 'is not Ready',
    remedy: 'kubectl describe node worker-1',
  },
  {
    title: 'an init container that does not end',
    about: lake,
    given: {
      pods: podsWith(
        initializing(
          [
            { name: 'mesh', state: { running: {} } },
            { name: 'wait', state: { running: { startedAt: '2026-11-23T17:00:00Z' } } },
          ],
          { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }, { name: 'wait' }] },
        ),
      ),
      logs: [{ ...platform.log('lake', false, 'cannot resolve the host queue'), container: 'wait' }],
    },
    object: lake,
    summary: 'is Pending: its init container wait does not end: cannot resolve the host queue',
    remedy: 'kubectl logs -n fawkes devlake-lake-0 -c wait --tail=50',
  },
  {
    title: 'the database for which an init container waits',
    about: lake,
    given: {
      pods: [
        ...podsWith(initializing([{ name: 'wait', state: { running: {} } }])).filter(
          ({ metadata }) => metadata.name !== 'devlake-mysql-0',
        ),
        stopped('mysql', waiting('ImagePullBackOff')),
      ],
      logs: [{ ...platform.log('lake', false, 'devlake-mysql:3306: connection refused'), container: 'wait' }],
    },
    object: mysql,
    summary: 'cannot be pulled',
    remedy: 'kubectl describe pod -n fawkes devlake-mysql-0',
  },
  {
    title: 'a readiness gate, after a probe that failed while the pod started',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: podsWith(
        pod('ui', {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'gate "target-health"' },
          ],
        }),
      ),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
    },
    object: ui,
    summary: 'is running but not ready: gate "target-health", ReadinessGatesNotReady',
    remedy: 'kubectl describe pod -n fawkes devlake-ui-0',
  },
  {
    title: 'a quota that rejects the pods of a DaemonSet',
    about: 'DaemonSet fawkes/devlake-ui',
    given: {
      pods: withoutUi,
      workloads: [
        {
          ...platform.workload('ui', {}, { desiredNumberScheduled: 3, numberReady: 0 }),
          kind: 'DaemonSet',
        },
      ],
      events: [platform.event('DaemonSet', 'devlake-ui', 'FailedCreate', 'is forbidden: exceeded quota: pods')],
    },
    object: 'DaemonSet fawkes/devlake-ui',
    summary: 'its pods are rejected (is forbidden: exceeded quota: pods)',
    remedy: 'kubectl describe resourcequota -n fawkes',
  },
  {
    title: 'a missing storage class that keeps the database Pending',
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
    title: 'a claim without a class if no class is the default',
    about: mysql,
    given: { pods: podsWith(pending('mysql', 'unbound')), claims: [platform.claim('Pending', {})] },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'it names no storage class, and the cluster has no default class',
    remedy: 'kubectl describe pvc -n fawkes devlake-mysql',
  },
  {
    title: 'a provisioner that provides no volume',
    about: mysql,
    given: {
      pods: podsWith(pending('mysql', 'unbound')),
      claims: [platform.claim('Pending')],
      events: [
        platform.event('PersistentVolumeClaim', 'devlake-mysql', 'ProvisioningFailed', 'quota of disks used up'),
      ],
    },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'no volume could be provisioned for it (quota of disks used up)',
    remedy: 'kubectl get persistentvolumes',
  },
  {
    title: 'a claim whose volume no longer exists',
    about: mysql,
    given: { pods: podsWith(pending('mysql', 'lost')), claims: [platform.claim('Lost')] },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'the volume that it was bound to no longer exists',
    remedy: 'kubectl describe pvc',
  },
  {
    title: 'a pod that fits on no node, although its claim is bound',
    about: 'Service fawkes/devlake-mysql',
    given: { pods: podsWith(pending('mysql', '0/3 nodes are available: 3 Insufficient memory.')) },
    object: mysql,
    summary: 'is Pending: 0/3 nodes are available: 3 Insufficient memory.',
    remedy: 'kubectl describe nodes',
  },
  ...['Service fawkes/devlake-mysql', 'PersistentVolumeClaim fawkes/devlake-mysql'].map(
    (about): Case => ({
      title: `a pod that fits on no node, for which its claim waits (${about})`,
      about,
      given: {
        pods: podsWith(pending('mysql', '0/3 nodes are available: 3 Insufficient memory.')),
        claims: [platform.claim('Pending')],
        storageClasses: [platform.storageClass('standard', 'WaitForFirstConsumer')],
        events: [
          platform.event('PersistentVolumeClaim', 'devlake-mysql', 'ProvisioningFailed', 'mended since'),
          {
            ...platform.event('PersistentVolumeClaim', 'devlake-mysql', 'WaitForFirstConsumer', 'waiting'),
            ...{ type: 'Normal', lastTimestamp: '2026-11-23T18:00:30Z' },
          },
        ],
      },
      object: mysql,
      summary: 'is Pending: 0/3 nodes are available: 3 Insufficient memory.',
      remedy: 'kubectl describe nodes',
    }),
  ),
  {
    title: 'a provisioner that fails for a pod that has a node',
    about: mysql,
    given: {
      pods: podsWith(pending('mysql', 'running PreBind plugin "VolumeBinding": binding volumes: timed out')),
      claims: [platform.claim('Pending')],
      storageClasses: [platform.storageClass('standard', 'WaitForFirstConsumer')],
      events: [
        platform.event('PersistentVolumeClaim', 'devlake-mysql', 'ProvisioningFailed', 'quota of disks used up'),
      ],
    },
    object: 'PersistentVolumeClaim fawkes/devlake-mysql',
    summary: 'no volume could be provisioned for it (quota of disks used up)',
    remedy: 'kubectl get persistentvolumes',
  },
  {
    title: 'an unreachable node, together with its pods',
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
    title: 'the memory pressure of the node that evicted a pod',
    about: ui,
    given: {
      nodes: [platform.node(['Ready', 'True'], ['MemoryPressure', 'True', 'available 10Mi'])],
      pods: podsWith(
        pod('ui', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      ),
    },
    object: 'Node worker-1',
    summary: 'is low on memory',
    remedy: 'kubectl describe node worker-1',
  },
  {
    title: 'the eviction of a pod from a node that has recovered',
    about: ui,
    given: {
      pods: podsWith(pod('ui', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' })),
    },
    object: ui,
    summary: 'failed (Evicted): The node was low on memory.',
    remedy: 'kubectl delete pod -n fawkes devlake-ui-0 --wait=false',
  },
  {
    title: 'an image that cannot be pulled',
    about: 'Service fawkes/devlake-ui',
    given: { pods: podsWith(stopped('ui', waiting('ImagePullBackOff', 'manifest unknown'))) },
    object: ui,
    summary: 'the image devlake/ui:v1 of container ui cannot be pulled (ImagePullBackOff)',
    remedy: 'imagePullSecrets',
  },
  {
    title: 'a pull secret that does not exist',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: podsWith(stopped('ui', waiting('ImagePullBackOff', 'denied'))),
      events: [
        platform.event(
          'Pod',
          'devlake-ui-0',
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
        ),
      ],
    },
    object: ui,
    summary: 'cannot be pulled, and its pull secret regcred cannot be read (ImagePullBackOff)',
    remedy: 'kubectl get secrets -n fawkes',
  },
  {
    title: 'a container that ran out of memory, with its limit',
    about: ui,
    given: { pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('OOMKilled', 137))) },
    object: ui,
    summary: 'it ran out of memory at its limit of 512Mi (OOMKilled)',
    remedy: 'resources',
  },
  {
    title: 'a crash, with the last error of the previous container',
    about: ui,
    given: {
      pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 1))),
      logs: [
        platform.log('ui', false, 'starting'),
        platform.log('ui', true, 'starting', '2026-11-23T18:00:00Z fatal: port 4000 is in use', 'bye'),
      ],
    },
    object: ui,
    summary: 'it exits with code 1: fatal: port 4000 is in use',
    remedy: 'kubectl logs -n fawkes devlake-ui-0 -c ui --previous',
  },
  ...[0, 137, 143].map(
    (code): Case => ({
      title: `a probe for which the kubelet kills the container, which exits with ${code}`,
      about: ui,
      given: {
        pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', code))),
        events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Liveness probe failed: statuscode: 500')],
        logs: [platform.log('ui', true, 'an error that is not the reason')],
      },
      object: ui,
      summary: 'keeps crashing (CrashLoopBackOff): Liveness probe failed: statuscode: 500.',
      remedy: '--previous',
    }),
  ),
  {
    title: 'a crash of its own beside a probe that failed',
    about: ui,
    given: {
      pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 1))),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Liveness probe failed: connection refused')],
      logs: [platform.log('ui', true, 'panic: no configuration')],
    },
    object: ui,
    summary: 'it exits with code 1: panic: no configuration',
    remedy: '--previous',
  },
  {
    title: 'a crash, with its last error and not an info line after it',
    about: ui,
    given: {
      pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 1))),
      logs: [
        platform.log(
          ...(['ui', true, 'time="2026-11-23T18:00:00Z" level=error msg="no configuration"'] as const),
          '2026-11-23T18:00:01Z time="2026-11-23T18:00:01Z" level=info msg="server ended, error count 1"',
        ),
      ],
    },
    object: ui,
    summary: 'it exits with code 1: time="2026-11-23T18:00:00Z" level=error msg="no configuration"',
    remedy: '--previous',
  },
  {
    title: 'a container that has ended once, whose log is no previous one',
    about: ui,
    given: { pods: podsWith(stopped('ui', ended('Error', 1))) },
    object: ui,
    summary: 'it exits with code 1',
    remedy: 'kubectl logs -n fawkes devlake-ui-0 -c ui\n',
  },
  {
    title: 'a probe that fails now, not a crash after which the pod was ready',
    about: ui,
    given: {
      pods: podsWith(recovered),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
      logs: [
        platform.log('ui', false, 'answering 503'),
        platform.log('ui', true, 'dial tcp: lookup devlake-lake: no such host'),
      ],
      workloads: [platform.workload('lake', { replicas: 0 })],
    },
    object: ui,
    summary: 'is running but not ready: Readiness probe failed: statuscode: 503.',
    remedy: 'kubectl logs',
  },
  ...(
    [
      ['FailedMount', 'MountVolume.SetUp failed: configmap "x" not found', 'cannot mount its volumes: MountVolume'],
      [
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: no CNI',
        'cannot be set up on its node: Failed to create',
      ],
    ] as const
  ).map(
    ([reason, message, summary]): Case => ({
      title: `the event ${reason} of a pod whose containers are not created`,
      about: ui,
      given: {
        pods: podsWith(
          pod('ui', {
            phase: 'Pending',
            containerStatuses: [{ name: 'ui', state: waiting('ContainerCreating') }],
          }),
        ),
        events: [platform.event('Pod', 'devlake-ui-0', reason, message)],
      },
      object: ui,
      summary,
      remedy: 'kubectl describe pod -n fawkes devlake-ui-0',
    }),
  ),
  {
    title: 'a sidecar that has not started, for which the other containers wait',
    about: ui,
    given: {
      pods: podsWith(
        pod(
          'ui',
          {
            phase: 'Pending',
            containerStatuses: [{ name: 'ui', state: waiting('PodInitializing') }],
            initContainerStatuses: [
              { name: 'proxy', started: false, state: { running: { startedAt: '2026-11-23T17:00:00Z' } } },
            ],
          },
          { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
        ),
      ),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Startup probe failed: HTTP statuscode: 503')],
    },
    object: ui,
    summary: 'is Pending: its sidecar proxy has not started: Startup probe failed: HTTP statuscode: 503.',
    remedy: 'kubectl logs -n fawkes devlake-ui-0 -c proxy',
  },
  {
    title: 'an image that cannot be pulled, of a pod that its StatefulSet does not replace by the new template',
    about: ui,
    given: ofRevision('devlake-ui-1'),
    object: ui,
    summary: 'cannot be pulled',
    remedy: 'kubectl delete pod -n fawkes devlake-ui-0 --wait=false',
  },
  {
    title: 'scheduling gates, whatever the nodes are like',
    about: ui,
    given: {
      pods: ['ui', 'grafana'].map((component) =>
        pod(component, {
          phase: 'Pending',
          conditions: [
            {
              ...{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' },
              message: 'Scheduling is blocked due to non-empty scheduling gates',
            },
          ],
          containerStatuses: [],
        }),
      ),
    },
    object: ui,
    summary: 'is Pending: nobody has removed its scheduling gates.',
    remedy: '.spec.schedulingGates',
  },
  {
    title: 'a DaemonSet for whose pods there is no node',
    about: 'DaemonSet fawkes/devlake-ui',
    given: {
      pods: [],
      workloads: [
        factSchemas.workload.parse({
          kind: 'DaemonSet',
          metadata: { name: 'devlake-ui', namespace: 'fawkes' },
          spec: {},
        }),
      ],
    },
    object: 'DaemonSet fawkes/devlake-ui',
    summary: 'has no pods: no node fits its node selector',
    remedy: '.spec.template.spec.nodeSelector',
  },
  {
    title: 'a probe that fails now, not a crash of the sidecar weeks ago',
    about: ui,
    given: {
      pods: podsWith(
        pod(
          'ui',
          {
            conditions: recovered.status.conditions,
            initContainerStatuses: [{ ...recovered.status.containerStatuses[0], name: 'proxy' }],
          },
          { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
        ),
      ),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
    },
    object: ui,
    summary: 'is running but not ready: Readiness probe failed: statuscode: 503.',
    remedy: 'kubectl logs',
  },
  {
    title: 'a command that the image lacks',
    about: ui,
    given: { pods: podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 127))) },
    object: ui,
    summary: 'it exits with code 127 (command not found)',
    remedy: '--previous',
  },
  {
    title: 'a Pending database that the lake cannot reach',
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
    title: 'a Pending database without which the lake runs and is not ready',
    about: 'Service fawkes/devlake-lake',
    given: {
      pods: [
        ...podsWith(unready('lake')).filter(({ metadata }) => metadata.name !== 'devlake-mysql-0'),
        pending('mysql', '0/3 nodes are available: 3 node(s) had untolerated taints.'),
      ],
      events: [platform.event('Pod', 'devlake-lake-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
      logs: [platform.log('lake', false, 'level=error msg="dial tcp: lookup devlake-mysql: no such host"')],
    },
    object: mysql,
    summary: 'had untolerated taints',
    remedy: 'kubectl describe nodes',
  },
  {
    title: 'a Pending lake that the UI cannot find',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: [
        ...podsWith(stopped('ui', waiting('CrashLoopBackOff'), ended('Error', 1))).filter(
          ({ metadata }) => metadata.name !== 'devlake-lake-0',
        ),
        pending('lake', '0/3 nodes are available: 3 Insufficient cpu.'),
      ],
      logs: [platform.log('ui', true, 'nginx: [emerg] host not found in upstream "devlake-lake" in default.conf:9')],
    },
    object: lake,
    summary: '3 Insufficient cpu',
    remedy: 'kubectl describe nodes',
  },
  {
    title: 'a pod that is not ready, and whose log tells of a database that works again',
    about: 'Service fawkes/devlake-lake',
    given: {
      pods: podsWith(unready('lake')),
      logs: [platform.log('lake', false, 'dial tcp 10.96.0.9:3306: connect: connection refused')],
    },
    object: lake,
    summary: 'is running but not ready: ContainersNotReady',
    remedy: 'kubectl logs -n fawkes devlake-lake-0',
  },
  {
    title: 'a store that is not ready, if a container lacks its Secret',
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
    title: 'a container that refers to a missing key of its Secret',
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
    title: 'a failing readiness probe',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: podsWith(unready('ui')),
      events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'Readiness probe failed: statuscode: 503')],
    },
    object: ui,
    summary: 'is running but not ready: Readiness probe failed: statuscode: 503',
    remedy: 'kubectl logs -n fawkes devlake-ui-0',
  },
  {
    title: 'a workload that is scaled to 0',
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
    title: 'a workload whose controller scales it to 0',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: platform.facts().pods.filter(({ metadata }) => metadata.name !== 'devlake-ui-0'),
      workloads: [
        platform.ownedBy(
          { apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', name: 'main', controller: true },
          platform.workload('ui', { replicas: 0 }),
        ),
      ],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'is scaled to 0',
    remedy: 'kubectl patch prometheus.monitoring.coreos.com -n fawkes main --type=merge -p',
  },
  {
    title: 'a quota that rejects the pods',
    about: 'Service fawkes/devlake-ui',
    given: {
      pods: platform.facts().pods.filter(({ metadata }) => metadata.name !== 'devlake-ui-0'),
      workloads: [platform.workload('ui', {}, { readyReplicas: 0 })],
      events: [
        platform.event(
          'StatefulSet',
          'devlake-ui',
          'FailedCreate',
          'pods "devlake-ui-0" is forbidden: exceeded quota: small',
        ),
      ],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'its pods are rejected (pods "devlake-ui-0" is forbidden: exceeded quota: small)',
    remedy: 'kubectl describe resourcequota -n fawkes small',
  },
  {
    title: 'a missing workload',
    about: 'pods labelled app=devlake,component=ui',
    given: { pods: [], workloads: [platform.workload('lake')] },
    object: 'pods labelled app=devlake,component=ui',
    summary: 'No workload creates the pods of the ui in fawkes',
    remedy: 'kubectl patch application -n fawkes devlake --type=merge -p',
  },
  {
    title: 'a service that selects no pods',
    about: 'Service fawkes/devlake-lake',
    given: { services: [platform.service('lake', { component: 'lakes' })] },
    object: 'Service fawkes/devlake-lake',
    summary: 'its selector (component=lakes) matches no pod',
    remedy: 'kubectl edit service -n fawkes devlake-lake',
  },
  {
    title: 'an ArgoCD that is scaled to 0, if a check needs it',
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
    title: 'a broken resource of an unhealthy Application',
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
  {
    title: 'a rollout whose pods are well but not available yet, behind an Application that is Progressing',
    about: 'Application fawkes/devlake',
    given: {
      applications: [
        factSchemas.application.parse({
          metadata: { name: 'devlake', namespace: 'fawkes' },
          status: { resources: [{ kind: 'StatefulSet', namespace: 'fawkes', name: 'devlake-ui' }] },
        }),
      ],
      workloads: [platform.workload('ui', { minReadySeconds: 60 }, { readyReplicas: 1, updatedReplicas: 1 })],
    },
    object: 'StatefulSet fawkes/devlake-ui',
    summary: 'A rollout of StatefulSet fawkes/devlake-ui has not ended',
    remedy: 'kubectl rollout status statefulset -n fawkes devlake-ui --timeout=5s',
  },
  ...(
    [
      [
        'server returned HTTP status 401 Unauthorized',
        'requires a login that the ServiceMonitor does not provide (status 401)',
      ],
      ['server returned HTTP status 404 Not Found', 'the path in the ServiceMonitor does not exist (status 404)'],
      ['server returned HTTP status 500 Internal Server Error', 'the service answers with status 500'],
      [
        'Get "http://10.0.0.8:8080/metrics": dial tcp 10.0.0.8:8080: connect: connection refused',
        "nothing listens at the pod's address",
      ],
      ['Get "http://devlake:8080/metrics": dial tcp: lookup devlake: no such host', 'its host name does not resolve'],
      ['Get "http://10.0.0.8:8080/metrics": context deadline exceeded', 'does not answer within the scrape timeout'],
      [
        'Get "https://10.0.0.8:8080/metrics": x509: certificate signed by unknown authority',
        'does not trust its certificate',
      ],
      ['sample limit exceeded', 'its answer exceeds a limit of the ServiceMonitor or of Prometheus'],
      ['label_limit exceeded (metric: "x", number of labels: 3, limit: 2)', 'its answer exceeds a limit'],
      ['body size limit exceeded', 'its answer exceeds a limit'],
      ['Get "https://10.0.0.8:8080/metrics": http: server gave HTTP response to HTTPS client', 'asks over HTTPS, and'],
      ['Get "http://10.0.0.8:8080/metrics": EOF', 'closes the connection before it has answered'],
      ['Get "http://10.0.0.8:8080/metrics": read: connection reset by peer', 'closes the connection before'],
      ['Get "http://10.0.0.8:8080/metrics": dial tcp: connect: no route to host', 'no route leads to its address'],
      ['expected equal, got "(" ("INVALID") while parsing', 'its response cannot be parsed (expected equal'],
    ] as const
  ).map(
    ([error, summary]): Case => ({
      title: `a target that is down: ${error}`,
      about: 'Prometheus target devlake-metrics',
      given: { targets: [platform.target(error)] },
      object: 'Prometheus target devlake-metrics',
      summary,
      remedy: 'kubectl get servicemonitor -n monitoring devlake-metrics -o yaml',
    }),
  ),
]

describe('the cause of a finding', () => {
  for (const { title, about, given, object, summary, remedy } of cases)
    it(`is ${title}`, () => {
      const cause = causeOf(about, given)
      expect(cause.object).toBe(object)
      expect(cause.summary).toContain(summary)
      expect(cause.summary).not.toMatch(/\.\.$/)
      expect(`${cause.remedy.join('\n')}\n`).toContain(remedy)
      expect(JSON.stringify(cause)).not.toContain('undefined')
    })

  it('is the same after the facts are saved and read again', () => {
    for (const { about, given } of cases) {
      const facts = platform.facts(given)
      const again = JSON.parse(JSON.stringify(facts)) as Facts
      expect(new Diagnosis(again, []).causeOf(finding(about))).toEqual(new Diagnosis(facts, []).causeOf(finding(about)))
    }
  })

  it('is the finding of another check if no analyzer knows a cause', () => {
    const password = finding('Secret fawkes/devlake-db, key mysql-password', [], 'MySQL does not accept the password.')
    const crashed = podsWith(stopped('lake', waiting('CrashLoopBackOff'), ended('Error', 1)))
    const logs = [platform.log('lake', true, "Error 1045: Access denied for user 'merico'@'10.0.0.8'")]
    expect(causeOf(lake, { pods: crashed, logs }, [password])).toBe(password)
    expect(causeOf(lake, { pods: crashed, logs }).summary).toContain("Access denied for user 'merico'")
    const page = finding('http://devlake.example.org/metrics', [], 'The page is not in the text format.')
    expect(causeOf('Prometheus target devlake-metrics', { targets: [platform.target('bad')] }, [page])).toBe(page)
  })

  it('is the finding about the ExternalSecret if its Secret lacks something', () => {
    const wrong = finding('ExternalSecret fawkes/devlake-db', [], 'It refers to nothing in the secrets manager.')
    expect(causeOf('Secret fawkes/devlake-db', {}, [wrong])).toBe(wrong)
    expect(causeOf('Secret fawkes/devlake-db', {})).toMatchObject({ object: 'Secret fawkes/devlake-db' })
  })

  it('is the finding itself if nothing that it relies on has a problem', () => {
    const alone = finding(ui)
    expect(new Diagnosis(platform.facts(), []).causeOf(alone)).toBe(alone)
    expect(new Diagnosis(platform.facts(), [alone]).causeOf(alone)).toBe(alone)
    expect(new Diagnosis(null, []).causeOf(alone)).toBe(alone)
  })

  it('is the finding itself if it can have no other cause, even if its object has a problem', () => {
    const wrong = finding('Service fawkes/devlake-ui', [], 'Service fawkes/devlake-ui is not a ClusterIP.')
    const given = { pods: podsWith(stopped('ui', waiting('ImagePullBackOff'))) }
    expect(new Diagnosis(platform.facts(given), [wrong]).causeOf(wrong)).toBe(wrong)
  })

  it('needs no deletion of a pod that is of the current template', () => {
    expect(causeOf(ui, ofRevision('devlake-ui-2')).remedy.join()).not.toContain('kubectl delete pod')
  })

  it('ignores events about an earlier pod of the same name', () => {
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

  it('is a pod that is not ready, also where its Service publishes it all the same', () => {
    const unready = pod('ui', { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] })
    const endpointSlices = [
      factSchemas.endpointSlice.parse({
        metadata: { name: 's', namespace: 'fawkes', labels: { 'kubernetes.io/service-name': 'devlake-ui' } },
        endpoints: [{ conditions: { ready: true, serving: false } }],
      }),
    ]
    expect(causeOf('Service fawkes/devlake-ui', { pods: podsWith(unready), endpointSlices }).object).toBe(ui)
  })

  it('is not a pod that still has time to end', () => {
    const deletion = deletedAt('2026-11-23T18:01:20Z')
    const about = 'pods labelled app=devlake,component=ui'
    expect(causeOf(about, { pods: [...withoutUi, deletion] }).object).toBe(about)
  })

  it('is found even if objects rely on each other', () => {
    const [one, other] = [finding('A x', ['B x']), finding('B x', ['A x'])]
    const diagnosis = new Diagnosis(platform.facts(), [one, other])
    expect([one, other]).toContain(diagnosis.causeOf(one))
  })
})
