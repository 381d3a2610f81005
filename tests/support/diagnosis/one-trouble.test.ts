/** A single trouble is a single cause, named with the words of the object that has it; events about something else explain nothing. */
import { describe, expect, it } from 'vitest'
import { comparisonOf } from '../../../support/basis/argocd'
import type { Finding } from '../../../support/basis/finding'
import { lifecycleProblems } from '../../../support/checks/lifecycle'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import type { Facts } from '../../../support/diagnosis/facts/facts'
import { factSchemas } from '../../../support/diagnosis/facts/facts'
import { factsAbout } from '../../../support/diagnosis/related'
import { deploymentFailed } from '../../../support/diagnosis/rollback'
import { Causes } from '../../../support/judgement/causes'
import * as platform from '../../fixtures/facts'

const finding = (object: string, reliesOn: readonly string[] = [object], found = 'failed'): Finding => ({
  ...{ summary: `${object} has failed.`, object, expected: 'working', found },
  ...{ remedy: [], reliesOn },
})

const causesOf = (objects: readonly string[], given: Partial<Facts>) => {
  const diagnosis = new Diagnosis(platform.facts(given), [])
  const causes = objects.map((object) => diagnosis.causeOf(finding(object)))
  return [...new Map(causes.map((cause) => [cause.summary, cause])).values()]
}

const application = (
  status: object,
  spec: object = { source: { repoURL: 'https://git.example.org/platform.git' } },
) => [factSchemas.application.parse({ metadata: { name: 'devlake', namespace: 'fawkes' }, spec, status })]

const externalSecret = (name: string, message: string) => ({
  ...platform.externalSecret('False', message),
  metadata: { ...platform.externalSecret('False').metadata, name },
})
const three = ['devlake-db', 'devlake-secrets', 'grafana-secrets']
const updateFailed = (name: string, message: string) => platform.event('ExternalSecret', name, 'UpdateFailed', message)

describe('one trouble', () => {
  it('is the store that refuses the namespace of three ExternalSecrets', () => {
    const message = 'using cluster store "vault" is not allowed from namespace "fawkes": denied by spec.condition'
    const causes = causesOf(
      three.map((name) => `ExternalSecret fawkes/${name}`),
      {
        externalSecrets: three.map((name) => externalSecret(name, 'could not get secret data from provider')),
        events: three.map((name) => updateFailed(name, message)),
      },
    )
    expect(causes).toHaveLength(1)
    expect(causes[0]).toMatchObject({
      object: 'ClusterSecretStore vault',
      summary: `ClusterSecretStore vault refuses the namespace fawkes: ${message}.`,
    })
    expect(causes[0]?.remedy[0]).toBe("kubectl get clustersecretstore vault -o jsonpath='{.spec.conditions}'")
  })

  it('is the store that only an entry of the ExternalSecret names', () => {
    const storeRef = { kind: 'ClusterSecretStore', name: 'vault' }
    const unsynced = externalSecret('devlake-db', 'could not get secret data from provider')
    const reading = { refreshPolicy: 'Periodic', refreshInterval: '1h', target: { immutable: false } }
    const [cause] = causesOf(['ExternalSecret fawkes/devlake-db'], {
      externalSecrets: [{ ...unsynced, spec: { ...reading, data: [{ sourceRef: { storeRef } }], dataFrom: [] } }],
      secretStores: [platform.store('False', 'unable to validate')],
    })
    expect(cause?.object).toBe('ClusterSecretStore vault')
  })

  it('is not the store where each ExternalSecret lacks a key of its own', () => {
    const causes = causesOf(
      three.map((name) => `ExternalSecret fawkes/${name}`),
      {
        externalSecrets: three.map((name) => externalSecret(name, 'could not get secret data from provider')),
        events: three.map((name) => updateFailed(name, `Secret does not exist: secret/data/${name}`)),
      },
    )
    expect(causes.map(({ object }) => object)).toEqual(three.map((name) => `ExternalSecret fawkes/${name}`))
    expect(causes[0]?.summary).toContain('Secret does not exist: secret/data/devlake-db')
  })

  it('is the image of the pod for the Application too, where ArgoCD writes no health of resources', () => {
    const [cause, ...others] = causesOf(['Application fawkes/devlake', 'Service fawkes/devlake-ui'], {
      applications: application({
        health: { status: 'Degraded' },
        resources: [
          { kind: 'Service', namespace: 'fawkes', name: 'devlake-ui' },
          { kind: 'StatefulSet', namespace: 'fawkes', name: 'devlake-ui' },
        ],
      }),
      pods: platform.podsWith(platform.stopped('ui', { waiting: { reason: 'ImagePullBackOff', message: 'unknown' } })),
    })
    expect(others).toEqual([])
    expect(cause?.object).toBe('Pod fawkes/devlake-ui-0')
  })

  const rejected = (...messages: readonly string[]) => {
    const names = ['ui', 'grafana'].slice(0, messages.length)
    return causesOf(
      names.map((name) => `StatefulSet fawkes/devlake-${name}`),
      {
        pods: [],
        workloads: names.map((name) => platform.workload(name, {}, {})),
        events: names.map((name, index) =>
          platform.event('StatefulSet', `devlake-${name}`, 'FailedCreate', messages[index] ?? ''),
        ),
      },
    )
  }
  const forbidden = (name: string, why: string) => `pods "devlake-${name}-0" is forbidden: ${why}`

  it.each([
    ['ResourceQuota fawkes/small', 'exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'],
    ['admission webhook policy.example.org', 'failed calling webhook "policy.example.org": connection refused'],
    ['Namespace fawkes, pod security', 'violates PodSecurity "restricted:latest": runAsNonRoot != true'],
    ['ResourceQuota fawkes/compute', 'failed quota: compute: must specify limits.cpu for: web'],
    ['LimitRange of fawkes', 'maximum memory usage per Container is 512Mi, but limit is 1Gi'],
    ['LimitRange of fawkes', 'cpu max limit to request ratio per Pod is 2, but provided ratio is 4.000000'],
    [
      'ValidatingAdmissionPolicy no-latest',
      "ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: failed expression: object.spec",
    ],
  ])('is %s that rejects the pods of two workloads', (object, why) => {
    const [cause, ...others] = rejected(forbidden('ui', why), forbidden('grafana', why))
    expect(others).toEqual([])
    expect(cause).toMatchObject({
      object,
      summary: `${object} rejects the pods of StatefulSet devlake-ui, StatefulSet devlake-grafana: ${forbidden('ui', why)}.`,
    })
    expect(rejected(forbidden('ui', why))[0]?.object).toBe('StatefulSet fawkes/devlake-ui')
    expect(rejected(forbidden('ui', why), forbidden('grafana', 'no such account'))).toHaveLength(2)
  })

  it.each([
    [
      'ServiceAccount fawkes/devlake',
      'error looking up service account fawkes/devlake: serviceaccount "devlake" not found',
    ],
    ['PriorityClass high', 'no PriorityClass with name high was found'],
    ['RuntimeClass gvisor', 'pod rejected: RuntimeClass "gvisor" not found'],
  ])('is %s that two workloads name and that does not exist', (object, why) => {
    const [cause, ...others] = rejected(forbidden('ui', why), forbidden('grafana', why))
    expect(others).toEqual([])
    expect(cause?.object).toBe(object)
    expect(cause?.summary).toContain(
      'does not exist, so the pods of StatefulSet devlake-ui, StatefulSet devlake-grafana',
    )
  })

  it('is the policy of a webhook, unless it denies each pod for a reason of its own', () => {
    const denied = (name: string, why: string) =>
      `admission webhook "validate.kyverno.svc-fail" denied the request: Pod/fawkes/devlake-${name}-0 was blocked: ${why}`
    const [cause, ...others] = rejected(denied('ui', 'require-limits'), denied('grafana', 'require-limits'))
    expect(others).toEqual([])
    expect(cause?.object).toBe('admission webhook validate.kyverno.svc-fail')
    expect(rejected(denied('ui', 'require-limits'), denied('grafana', 'no-root'))).toHaveLength(2)
  })

  it('is the Ingress or the Service without an address, for which an Application stays Progressing', () => {
    const causeWith = (kind: string, given: Partial<Facts>, status = 'Progressing') =>
      causesOf(['Application fawkes/devlake'], {
        applications: application({
          health: { status },
          resources: [{ kind, namespace: 'fawkes', name: 'devlake' }],
        }),
        ...given,
      })[0]?.summary
    const metadata = { name: 'devlake', namespace: 'fawkes' }
    const addressed = (ingress?: object[]) => ({ status: { loadBalancer: { ingress } } })
    const ingress = (more: object) => ({ ingresses: [factSchemas.ingress.parse({ metadata, ...more })] })
    const service = (more: object, type = 'LoadBalancer') => ({
      services: [factSchemas.service.parse({ metadata, spec: { type }, ...more })],
    })
    const lacking = (kind: string) => `${kind} fawkes/devlake has no address, so ArgoCD takes it for Progressing.`
    expect(causeWith('Ingress', ingress(addressed()))).toBe(lacking('Ingress'))
    expect(causeWith('Service', service(addressed([])))).toBe(lacking('Service'))
    const itself = 'Application fawkes/devlake has failed.'
    for (const given of [ingress(addressed([{ ip: '10.0.0.7' }])), ingress({})])
      expect(causeWith('Ingress', given)).toBe(itself)
    for (const given of [service(addressed([{ ip: '10.0.0.7' }])), service(addressed(), 'ClusterIP')])
      expect(causeWith('Service', given)).toBe(itself)
    expect(causeWith('Ingress', ingress(addressed()), 'Degraded')).toBe(itself)
  })

  it('is the Deployment that is paused, for the Application too that is Suspended for it', () => {
    const paused = factSchemas.workload.parse({ ...platform.workload('ui', { paused: true }), kind: 'Deployment' })
    const [cause, ...others] = causesOf(['Application fawkes/devlake'], {
      applications: application({
        health: { status: 'Suspended' },
        resources: [{ kind: 'Deployment', namespace: 'fawkes', name: 'devlake-ui' }],
      }),
      workloads: [paused],
    })
    expect(others).toEqual([])
    const [own] = lifecycleProblems('Deployment', {
      metadata: { name: 'devlake-ui', namespace: 'fawkes' },
      spec: { paused: true },
    })
    expect([cause?.object, cause?.summary]).toEqual([own?.object, own?.summary])
  })

  describe('is', () => {
    const pulling = (
      message: (image: string) => string,
      images: Readonly<Record<string, string>>,
      events: Facts['events'] = [],
    ) => {
      const waiting = Object.entries(images).map(([component, image]) => {
        const pod = platform.stopped(component, { waiting: { reason: 'ImagePullBackOff', message: message(image) } })
        return { ...pod, spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], name: component, image }] } }
      })
      return causesOf(
        Object.keys(images).map((component) => `pods labelled app=devlake,component=${component}`),
        { pods: waiting.map((one) => factSchemas.pod.parse(one)), events },
      )
    }
    const two = { ui: 'ghcr.io/devlake/ui:v1', lake: 'ghcr.io/devlake/lake:v1' }
    const failed = (why: string) => (image: string) =>
      `Back-off pulling image "${image}": ErrImagePull: failed to resolve reference "${image}": ${why}`

    it.each(['dial tcp: lookup ghcr.io: no such host', '401 Unauthorized', '503 Service Unavailable'])(
      'the registry that gives no image: %s',
      (why) => {
        const [cause, ...others] = pulling(failed(why), two)
        expect(others).toEqual([])
        expect(cause).toMatchObject({
          object: 'registry ghcr.io',
          found: 'devlake-lake-0: ghcr.io/devlake/lake:v1, devlake-ui-0: ghcr.io/devlake/ui:v1',
        })
        expect(cause?.summary).toContain('The registry ghcr.io keeps 2 pods in fawkes from starting: Back-off pulling')
        expect(cause?.summary).toContain(why)
      },
    )

    it('the registry in the words of events, where the kubelet waits between two tries', () => {
      const events = Object.entries(two).map(([component, image]) =>
        platform.event('Pod', `devlake-${component}-0`, 'Failed', `Failed to pull image "${image}": i/o timeout`),
      )
      const backOff = (image: string) => `Back-off pulling image "${image}"`
      expect(pulling(backOff, two, events)).toMatchObject([{ object: 'registry ghcr.io' }])
      expect(pulling(backOff, two)).toHaveLength(2)
    })

    it('the image that pods of two owners run', () => {
      const same = { ui: 'devlake:v9', lake: 'devlake:v9' }
      expect(pulling(failed('not found'), same)).toMatchObject([{ object: 'image devlake:v9' }])
      expect(pulling(failed('not found'), { ui: 'devlake:v9' })).toMatchObject([{ object: 'Pod fawkes/devlake-ui-0' }])
    })

    it('not the registry where each image is missing, or lies elsewhere', () => {
      expect(pulling(failed('not found'), two)).toHaveLength(2)
      expect(pulling(failed('denied: requested access to the resource is denied'), two)).toHaveLength(2)
      expect(pulling(failed('i/o timeout'), { ...two, lake: 'quay.io/devlake/lake:v1' })).toHaveLength(2)
    })
  })

  describe('of all pods of a workload is', () => {
    const replicas = (given: Facts['pods'][number], ...statuses: readonly object[]) =>
      statuses.map((status, index) =>
        platform.podOf('ReplicaSet', `devlake-lake-${index}`, { ...given, status: { ...given.status, ...status } }),
      )
    const causesOfPods = (pods: Facts['pods'], events: Facts['events'] = []) =>
      causesOf(
        pods.map(({ metadata: { name } }) => `Pod fawkes/${name}`),
        { pods, events },
      )

    const crashing = (exitCode: number) =>
      platform.stopped(
        'lake',
        { waiting: { reason: 'CrashLoopBackOff' } },
        { terminated: { exitCode, reason: 'Error', message: 'no configuration' } },
      ).status

    it('the crash for one reason', () => {
      const pods = (...codes: readonly number[]) => replicas(platform.pod('lake'), ...codes.map(crashing))
      expect(causesOfPods(pods(1, 1, 1))).toMatchObject([
        {
          object: 'Pod fawkes/devlake-lake-0',
          summary:
            'Pod fawkes/devlake-lake-0: container lake keeps crashing (CrashLoopBackOff): it exits with code 1: no configuration.',
        },
      ])
      expect(causesOfPods(pods(1, 2))).toHaveLength(2)
    })

    it('the probe that fails in each of them, at an address of its own', () => {
      const unready = platform.stopped('lake', { running: {} }).status
      const pods = replicas(platform.pod('lake'), unready, unready)
      const events = pods.map(({ metadata: { name } }, index) =>
        platform.event('Pod', name, 'Unhealthy', `Readiness probe failed: dial tcp 10.0.0.${index}:8080: refused`),
      )
      expect(causesOfPods(pods, events)).toMatchObject([{ object: 'Pod fawkes/devlake-lake-0' }])
    })

    it('the image that none of them can pull', () => {
      const waiting = (reason: string) => platform.stopped('lake', { waiting: { reason, message: 'not found' } }).status
      const pods = replicas(platform.pod('lake'), waiting('ErrImagePull'), waiting('ImagePullBackOff'))
      expect(causesOfPods(pods)).toMatchObject([{ object: 'image devlake/lake:v1' }])
    })

    it('the lack of a node', () => {
      const waiting = platform.pending('lake', '0/3 nodes are available: 3 Too many pods.').status
      const pods = replicas(platform.pod('lake'), waiting, waiting)
      expect(causesOfPods(pods)).toMatchObject([{ object: 'pods devlake-lake-0, devlake-lake-1 in fawkes' }])
    })
  })

  describe('is the object that pods of several workloads need:', () => {
    const needing = (messages: Readonly<Record<string, string>>) =>
      causesOf(
        Object.keys(messages).map((component) => `pods labelled app=devlake,component=${component}`),
        {
          pods: Object.entries(messages).map(([component, message]) =>
            platform.stopped(component, { waiting: { reason: 'CreateContainerConfigError', message } }),
          ),
        },
      )

    it.each([
      ['ConfigMap fawkes/settings', 'configmap "settings" not found'],
      ['ConfigMap fawkes/settings', "couldn't find key mode in ConfigMap fawkes/settings"],
      ['Secret fawkes/extra', 'secret "extra" not found'],
    ])('%s', (object, message) => {
      expect(needing({ ui: message, lake: message })).toMatchObject([
        {
          object,
          summary: `${object} keeps 2 pods in fawkes from starting: ${message}.`,
          found: 'devlake-ui-0, devlake-lake-0',
        },
      ])
      expect(needing({ ui: message })).toMatchObject([{ object: 'Pod fawkes/devlake-ui-0' }])
    })

    it('in the events of volumes that cannot be mounted', () => {
      const message =
        'MountVolume.SetUp failed for volume "secrets" : rpc error: code = Unknown desc = failed to get secretproviderclass fawkes/devlake, error: SecretProviderClass.secrets-store.csi.x-k8s.io "devlake" not found'
      const pods = ['ui', 'lake'].map((component) =>
        platform.pod(component, {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'True' }],
          containerStatuses: [{ name: component, ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
        }),
      )
      const events = pods.map(({ metadata: { name } }) => platform.event('Pod', name, 'FailedMount', message))
      const causes = causesOf(
        pods.map(({ metadata: { name } }) => `Pod fawkes/${name}`),
        { pods, events },
      )
      expect(causes).toMatchObject([{ object: 'SecretProviderClass fawkes/devlake' }])
      expect(causes[0]?.remedy).toContain('kubectl describe secretproviderclass -n fawkes devlake')
    })

    it('not what each of them lacks for itself', () => {
      expect(needing({ ui: 'configmap "ui" not found', lake: 'configmap "lake" not found' })).toHaveLength(2)
    })
  })

  it('is the lack of a node, for all pods that the scheduler refuses in the same words', () => {
    const waiting = (...components: readonly string[]) =>
      causesOf(
        components.map((component) => `pods labelled app=devlake,component=${component}`),
        {
          pods: components.map((component) =>
            platform.pending(component, `0/3 nodes are available: 3 Insufficient cpu. preemption: ${component}`),
          ),
        },
      )
    expect(waiting('ui', 'lake', 'grafana')).toMatchObject([
      {
        object: 'pods devlake-ui-0, devlake-lake-0, devlake-grafana-0 in fawkes',
        summary: 'No node takes 3 pods in fawkes: 0/3 nodes are available: 3 Insufficient cpu.',
      },
    ])
    expect(waiting('ui')).toMatchObject([{ object: 'Pod fawkes/devlake-ui-0' }])
  })

  it('is the namespace that does not exist, for all that would be in it', () => {
    const objects = ['Service fawkes/devlake-lake', 'pods labelled app=devlake', 'ExternalSecret fawkes/devlake-db']
    const causes = causesOf(objects, { absentNamespaces: ['fawkes'], pods: [], workloads: [], externalSecrets: [] })
    expect(causes.map(({ summary }) => summary)).toEqual(['Namespace fawkes does not exist.'])
    expect(causesOf(['Node worker-1'], { absentNamespaces: ['fawkes'] })[0]?.object).toBe('Node worker-1')
  })

  it('is the namespace that is being deleted, for all that is lost with it', () => {
    const objects = ['Service fawkes/devlake-lake', 'pods labelled app=devlake', 'ExternalSecret fawkes/devlake-db']
    const deletedNamespaces = { fawkes: '2026-11-23T18:00:00Z' }
    const causes = causesOf(objects, { deletedNamespaces, pods: [], workloads: [], externalSecrets: [] })
    expect(causes).toMatchObject([
      {
        summary: 'Namespace fawkes is being deleted, with everything in it.',
        found: 'being deleted since 2026-11-23T18:00:00Z',
      },
    ])
    expect(causesOf(['Node worker-1'], { deletedNamespaces })[0]?.object).toBe('Node worker-1')
  })

  it.each(['StoreUnmaintained', 'StoreDeprecated'])(
    'of a store is not the notice %s, which comes with every sync',
    (reason) => {
      const causesWith = (...events: Facts['events']) =>
        causesOf(['ClusterSecretStore vault'], {
          secretStores: [platform.store('False', 'unable to validate')],
          events,
        })
      const told = (why: string, message: string, at?: string) =>
        platform.event('ClusterSecretStore', 'vault', why, message, at)
      const notice = told(reason, 'no maintainer', '2026-11-23T18:09:00Z')
      const clusterWide = (event: Facts['events'][number]) => ({
        ...event,
        involvedObject: { ...event.involvedObject, namespace: '' },
      })
      expect(causesWith(clusterWide(notice))[0]?.summary).toBe(
        'ClusterSecretStore vault is not ready: ValidationFailed: unable to validate.',
      )
      const denied = told('ValidationFailed', 'permission denied')
      expect(causesWith(clusterWide(notice), clusterWide(denied))[0]?.summary).toBe(
        'ClusterSecretStore vault is not ready: ValidationFailed: unable to validate (permission denied).',
      )
    },
  )

  it('is the namespace of monitoring or of the Application too', () => {
    const objects = [
      'ServiceMonitor monitoring/devlake-metrics',
      'Application argocd/devlake',
      'pods labelled app=devlake',
    ]
    const facts = platform.facts({})
    const causes = causesOf(objects, {
      names: { ...facts.names, application: { ...facts.names.application, namespace: 'argocd' } },
      absentNamespaces: ['monitoring', 'argocd'],
    })
    expect(causes.slice(0, 2).map(({ summary, remedy }) => [summary, remedy.at(-1)])).toEqual([
      [
        'Namespace monitoring does not exist.',
        '# if monitoring is in another namespace: set the configuration key monitoring.namespace',
      ],
      [
        'Namespace argocd does not exist.',
        '# if the Application is in another namespace: set the configuration key application.namespace',
      ],
    ])
    expect(causes[2]?.object).toBe('pods labelled app=devlake')
  })

  it('always has a line to type: without another, the one that checks its items again', () => {
    const remedyOf = (...remedy: string[]) => {
      const causes = new Causes(new Diagnosis(null, []), [])
      for (const item of ['3.1', '3.2']) causes.add(item, { ...finding('x', []), remedy })
      return causes.of([], new Map())[0]?.remedy
    }
    const again = 'npx dora-acceptance run 3.1 3.2'
    expect(remedyOf()).toEqual([again])
    expect(remedyOf('# in Grafana: check the panel')).toEqual(['# in Grafana: check the panel', again])
    for (const line of ['kubectl get pods', '# in the configuration:\nattestations:'])
      expect(remedyOf('# first', line)).toEqual(['# first', line])
  })

  it('keeps what each check found', () => {
    const causes = new Causes(new Diagnosis(null, []), [])
    const unknown = (found: string) => ({
      ...finding('Application fawkes/devlake', [], found),
      summary: 'It is Unknown.',
    })
    for (const found of ['Unknown', 'Unknown; ComparisonError: no such branch', 'Unknown'])
      causes.add('2.3', unknown(found))
    expect(causes.of([], new Map())[0]?.found).toBe('Unknown; ComparisonError: no such branch')
  })
})

describe('the words of the object itself', () => {
  it('are those in the event of a store', () => {
    const event = platform.event('ClusterSecretStore', 'vault', 'ValidationFailed', 'Code: 403. permission denied')
    const given: Partial<Facts> = {
      secretStores: [platform.store('False', 'unable to validate store')],
      events: [{ ...event, involvedObject: { ...event.involvedObject, namespace: '' } }],
    }
    const [cause] = causesOf(['ClusterSecretStore vault'], given)
    expect(cause?.summary).toContain('unable to validate store (Code: 403. permission denied)')
    expect(cause?.remedy).toContain(
      'kubectl get events -n default --field-selector involvedObject.kind=ClusterSecretStore,involvedObject.name=vault',
    )
    expect(factsAbout(new Set(['ClusterSecretStore vault']), platform.facts(given)).join()).toContain('Code: 403')
  })

  it.each([
    ['Periodic', 'kubectl annotate externalsecret -n fawkes dora-db force-sync='],
    ['CreatedOnce', 'kubectl patch externalsecret -n fawkes dora-db --subresource=status'],
  ])('lead to the ExternalSecret that writes a lost Secret, whatever its name is (%s)', (refreshPolicy, line) => {
    const written = platform.externalSecret('True')
    const target = { name: 'devlake-db', immutable: true }
    const [cause] = causesOf(['Secret fawkes/devlake-db'], {
      secrets: [],
      externalSecrets: [
        {
          ...written,
          metadata: { ...written.metadata, name: 'dora-db' },
          spec: { ...written.spec, refreshPolicy, target },
        },
      ],
    })
    expect(cause?.remedy.at(-1)).toContain(line)
    expect(cause?.remedy.join()).not.toContain('delete secret')
  })

  it.each([true, false])('lead to the backup of a lost encryption secret (created by hand: %s)', (secretsByHand) => {
    const { names } = platform.facts()
    const given = { names: { ...names, secretsByHand, encryptionSecret: 'devlake-secrets' } }
    const [cause] = causesOf(['Secret fawkes/devlake-secrets'], given)
    expect(cause?.summary).toBe('Secret fawkes/devlake-secrets does not exist.')
    expect(cause?.remedy[0]).toContain('# restore devlake-secrets from its backup')
    expect(cause?.remedy.some((line) => line.includes('force-sync'))).toBe(!secretsByHand)
    const refused = [{ what: 'secret devlake-secrets', why: 'The caller may not get secrets in fawkes.' }]
    expect(causesOf(['Secret fawkes/devlake-secrets'], { ...given, uncollected: refused })[0]?.summary).toBe(
      'Secret fawkes/devlake-secrets has failed.',
    )
  })

  it('lead to the credentials of a repository that wants a login, not to a sync', () => {
    const message = 'failed to list refs: authentication required: Repository not found.'
    const about = comparisonOf('Application fawkes/devlake')
    const conditions = [{ type: 'ComparisonError', message }]
    const [cause, ...others] = causesOf([about, 'Application fawkes/devlake'], {
      applications: application({ conditions }),
    })
    expect(others).toEqual([])
    expect(cause?.summary).toBe(
      'Application fawkes/devlake cannot be compared: ArgoCD may not read https://git.example.org/platform.git.',
    )
    expect(cause?.found).toContain(message)
    expect(cause?.remedy.join('\n')).toContain("-l 'argocd.argoproj.io/secret-type in (repository,repo-creds)'")
    expect(cause?.remedy.join('\n')).not.toContain('sync')
  })

  it('are those of the path that a ServiceMonitor names, whatever the service answers there', () => {
    const target = { ...platform.target('server returned HTTP status 401 Unauthorized'), scrapeUrl: 'http://x:1/wrong' }
    const [cause] = causesOf(['Prometheus target devlake-metrics'], { targets: [target] })
    expect(cause?.summary).toContain('names the path /wrong, but the metrics are at /metrics (status 401)')
  })

  it('are those of the Prometheus Operator about a ServiceMonitor', () => {
    const event = platform.event('ServiceMonitor', 'devlake-metrics', 'InvalidConfiguration', 'bearer token is missing')
    const [cause] = causesOf(['ServiceMonitor monitoring/devlake-metrics'], {
      serviceMonitors: [
        factSchemas.serviceMonitor.parse({ metadata: { namespace: 'monitoring', name: 'devlake-metrics' } }),
      ],
      events: [{ ...event, involvedObject: { ...event.involvedObject, namespace: 'monitoring' } }],
    })
    expect(cause?.summary).toContain('the Prometheus Operator rejects it (bearer token is missing)')
  })
})

describe('an event', () => {
  const unready = platform.pod('ui', { conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] })
  const given = (metadata: object, at: string): Partial<Facts> => ({
    pods: platform.podsWith({ ...unready, metadata: { ...unready.metadata, ...metadata } }),
    events: [platform.event('Pod', 'devlake-ui-0', 'Unhealthy', 'the probe of long ago', at)],
  })
  const said = (facts: Partial<Facts>) => [
    causesOf(['Pod fawkes/devlake-ui-0'], facts)[0]?.summary,
    ...factsAbout(new Set(['Pod fawkes/devlake-ui-0']), platform.facts(facts)),
  ]

  it.each([
    ['a deleted namesake', { creationTimestamp: '2026-11-23T18:00:00Z' }, '2026-11-23T17:59:59Z'],
    ['the time before the mend', { changedAt: '2026-11-23T18:00:00Z' }, '2026-11-23T17:59:59.999Z'],
  ])('of %s explains nothing', (_of, metadata, at) => {
    expect(said(given(metadata, at)).join()).not.toContain('long ago')
  })

  it('of an earlier Application is not shown', () => {
    const [known] = application({})
    const shown = (metadata: object) =>
      factsAbout(
        new Set(['Application fawkes/devlake']),
        platform.facts({
          applications: known ? [{ ...known, metadata: { ...known.metadata, ...metadata } }] : [],
          events: [platform.event('Application', 'devlake', 'OperationCompleted', 'the sync of long ago')],
        }),
      )
    expect(shown({})).toHaveLength(1)
    expect(shown({ creationTimestamp: '2026-11-23T18:30:00Z' })).toEqual([])
  })

  it('of an object whose kind is not collected is shown if it is of the latest one of its name', () => {
    const of = (uid: string, message: string, at: string) => {
      const event = platform.event('Certificate', 'tls', 'Failed', message, at)
      return { ...event, involvedObject: { ...event.involvedObject, uid } }
    }
    const events = [
      of('new', 'rate limited', '2026-11-23T18:10:00Z'),
      of('old', 'no such issuer', '2026-11-23T18:00:00Z'),
      of('new', 'refused', '2026-11-23T18:05:00Z'),
    ]
    const shown = factsAbout(new Set(['Certificate fawkes/tls']), platform.facts({ events })).join()
    expect(shown).toMatch(/rate limited.*refused/)
    expect(shown).not.toContain('no such issuer')
  })

  it('counts by the clock of the API server, not by that of its reporter', () => {
    const late = given({ changedAt: '2026-11-23T18:00:00Z' }, '2026-11-23T17:00:00Z')
    const events = (late.events ?? []).map((event) => ({ ...event, recordedAt: '2026-11-23T18:00:01Z' }))
    expect(said({ ...late, events }).join()).toContain('long ago')
  })

  it('since then explains the object', () => {
    const metadata = { creationTimestamp: '2026-11-23T17:00:00Z', changedAt: '2026-11-23T18:00:00Z' }
    expect(said(given(metadata, '2026-11-23T18:00:00Z')).join()).toMatch(/long ago.*long ago/)
  })
})

describe('a rollback', () => {
  const endpointSlices: Facts['endpointSlices'] = platform.facts().services.map(({ metadata }) =>
    factSchemas.endpointSlice.parse({
      metadata: { name: 'x', namespace: 'fawkes', labels: { 'kubernetes.io/service-name': metadata.name } },
      endpoints: [{ conditions: { ready: true } }],
    }),
  )

  it('mends a failed deployment, and nothing else', () => {
    const failed = (more: Partial<Facts>) => deploymentFailed(platform.facts({ endpointSlices, ...more }))
    expect(failed({})).toBe(false)
    expect(failed({ endpointSlices: [] })).toBe(true)
    expect(failed({ pods: platform.podsWith(platform.pending('ui', 'no node')) })).toBe(true)
    expect(failed({ applications: application({ health: { status: 'Degraded' } }) })).toBe(true)
    expect(failed({ applications: application({ operationState: { phase: 'Failed' } }) })).toBe(true)
    expect(failed({ applications: application({ operationState: { phase: 'Succeeded' } }) })).toBe(false)
  })
})
