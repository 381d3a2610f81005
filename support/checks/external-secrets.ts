/** Section 1: checks of the ExternalSecrets: that they exist, are synced by their operator, and write the Secrets in use. */
import { type CommandLine, command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Unmet } from '../basis/expectation'
import { generatorKind } from '../platform/cluster-generators'
import type { ExternalSecret } from '../platform/custom-resources'
import { forceSyncOf, isMadeOnce, readingAgain, refreshIntervalOf } from '../platform/external-secret-reads'
import type { Platform } from '../platform/platform'
import { externalSecretCandidates } from './candidates'
import { conditionOf, describeCondition } from './conditions'
import { expectAlive, missing } from './lifecycle'
import { placed } from './placed'

export type SecretRole = 'service' | 'database' | 'grafana'

/** Returns the ExternalSecret of a role. @throws Unmet if there is none */
export async function findExternalSecret(platform: Platform, role: SecretRole): Promise<ExternalSecret> {
  const { kubernetes, configuration } = placed(platform, role)
  const found = await kubernetes.externalSecretOf(role)
  if (found) return found
  const { name, externalSecret = name } = configuration.secretNames[role]
  throw missing(`ExternalSecret ${kubernetes.namespace}/${externalSecret}`, [
    ...(await externalSecretCandidates(placed(platform, role), role)),
    command`kubectl get externalsecret -n ${kubernetes.namespace}`,
  ])
}

/** 1.2: checks that the ExternalSecret exists and is not being deleted, and returns it. */
export async function expectExternalSecret(platform: Platform, role: SecretRole): Promise<ExternalSecret> {
  const found = await findExternalSecret(platform, role)
  expectAlive('ExternalSecret', found)
  return found
}

/** The generators of External Secrets that make a random value, or one for a moment, whenever they are asked. */
const changing: ReadonlySet<string> = new Set(['Password', 'UUID', 'SSHKey', 'MFA'])

/** The generators that return the values in their own manifest. */
const fixed: ReadonlySet<string> = new Set(['Fake'])

/** Returns the first generator of some kinds, also where a ClusterGenerator stands for it. */
async function generatorAmong(
  { kubernetes }: Platform,
  { dataFrom }: ExternalSecret['spec'],
  kinds: ReadonlySet<string>,
) {
  for (const { sourceRef } of dataFrom) {
    const reference = sourceRef?.generatorRef
    if (!reference) continue
    const { kind, name } = reference
    const made = kind === 'ClusterGenerator' ? await generatorKind(kubernetes.api, name) : kind
    if (kinds.has(made ?? '')) return reference
  }
  return undefined
}

/** Names the manifests that hold values of a role themselves, where everyone who may read manifests sees them. */
async function manifestsWithValues(platform: Platform, role: SecretRole, { spec }: ExternalSecret): Promise<string[]> {
  const generator = await generatorAmong(platform, spec, fixed)
  const { keys } = platform.contract.names.secretNames[role]
  const written = keys.filter((key) => spec.target.template?.data[key] === 'fixed')
  return [
    ...(generator ? [`${generator.kind} ${generator.name}`] : []),
    ...(written.length > 0 ? [`its own template (${written.join(', ')})`] : []),
  ]
}

/** The time in milliseconds within which the operator takes up a change of an ExternalSecret. */
const takenUpWithinMs = 10_000

/** A refresh may be late by its own duration and by a restart of the operator, in milliseconds. */
const graceMs = 300_000

/** 1.1: checks that the operator has read the values of the current specification, and still refreshes them by its policy. */
export async function expectReadFromManager(given: Platform, role: SecretRole): Promise<void> {
  const platform = placed(given, role)
  const externalSecret = await expectExternalSecret(platform, role)
  const { metadata, spec } = externalSecret
  const { object, remedy } = namesOf(platform, metadata.name)
  if (spec.data.length + spec.dataFrom.length === 0)
    throw new Unmet({
      summary: `${object} refers to nothing in the secrets manager.`,
      object,
      expected: 'data or dataFrom',
      found: 'neither',
      remedy,
    })
  const manifests = await manifestsWithValues(platform, role, externalSecret)
  if (manifests.length > 0)
    throw new Unmet({
      summary: `${object} takes values from a manifest and not from the secrets manager: ${manifests.join(', ')}.`,
      object,
      explainsNothing: true,
      expected: 'values of a secrets manager only',
      found: manifests.join(', '),
      remedy: [
        command`kubectl get externalsecret -n ${platform.kubernetes.namespace} ${metadata.name} -o jsonpath='{.spec.dataFrom}'`,
        comment`put new values into the secrets manager, and refer to them by data or dataFrom: those in the manifest are known`,
      ],
    })
  const generator = refreshIntervalOf(spec) > 0 ? await generatorAmong(platform, spec, changing) : undefined
  if (generator)
    throw new Unmet({
      summary: `${object} gets new values from ${generator.kind} ${generator.name} at each refresh, which the service and its database do not know.`,
      object,
      expected: 'spec.refreshPolicy: CreatedOnce, or values of a secrets manager',
      found: `spec.refreshPolicy: ${spec.refreshPolicy}, spec.refreshInterval: ${spec.refreshInterval}`,
      remedy: [
        command`kubectl patch externalsecret -n ${platform.kubernetes.namespace} ${metadata.name} --type merge -p '{"spec":{"refreshPolicy":"CreatedOnce"}}'`,
        ...remedy,
      ],
    })
  const deadlineMs = Math.min(takenUpWithinMs, platform.configuration.deadlines.condition)
  await eventually(async () => expectSynced(platform, await expectExternalSecret(platform, role)), { deadlineMs })
  expectRefreshed(platform, await expectExternalSecret(platform, role))
}

/** The only reason beside Ready=True that says that values were read and written; SecretDeleted and SecretMissing do not. */
const syncedReason = 'SecretSynced'

/** The message beside that reason if the secrets manager returned no values and the Secret stays as it was, or missing. */
const retained = /secret retained due to DeletionPolicy=Retain/

function expectSynced(platform: Platform, { metadata, spec, status }: ExternalSecret): void {
  const { object, operator, remedy } = namesOf(platform, metadata.name)
  const ready = conditionOf(status.conditions, 'Ready')
  if (ready?.status !== 'True')
    throw new Unmet({
      summary: `${object} is not synced.`,
      object,
      reliesOn: [object],
      expected: 'Ready',
      found: describeCondition(ready),
      remedy,
    })
  const isRetained = retained.test(ready.message ?? '')
  if (ready.reason !== syncedReason || isRetained)
    throw new Unmet({
      summary: `${object} is Ready, but its operator has not written the values: ${(isRetained ? ready.message : ready.reason) ?? 'no reason'}.`,
      object,
      expected: `Ready with the reason ${syncedReason}`,
      found: describeCondition(ready),
      remedy,
    })
  if (isMadeOnce(spec)) return
  const synced = Number(status.syncedResourceVersion?.split('-')[0] ?? Number.NaN)
  if (metadata.generation === undefined || synced >= metadata.generation) return
  throw new Unmet({
    summary: `${object} was synced with an older specification.`,
    object,
    reliesOn: [operator],
    expected: `a sync of generation ${metadata.generation}`,
    found: status.syncedResourceVersion
      ? `syncedResourceVersion ${status.syncedResourceVersion}`
      : 'no syncedResourceVersion',
    remedy,
  })
}

function expectRefreshed(platform: Platform, { metadata, spec, status }: ExternalSecret): void {
  const { object, operator, remedy } = namesOf(platform, metadata.name)
  const interval = refreshIntervalOf(spec)
  const age = platform.kubernetes.now.getTime() - Date.parse(status.refreshTime ?? '')
  if (age <= (interval > 0 ? interval + graceMs : Number.POSITIVE_INFINITY)) return
  throw new Unmet({
    summary: status.refreshTime
      ? `${object} has not been refreshed for longer than its interval.`
      : `${object} has never been refreshed.`,
    object,
    reliesOn: [operator],
    expected: interval > 0 ? `a refresh every ${spec.refreshInterval}` : 'one refresh',
    found: status.refreshTime ? `the last refresh was at ${status.refreshTime}` : 'no status.refreshTime',
    remedy,
  })
}

/**
 * 1.3: checks that the ExternalSecret writes the Secret that the service uses. Beside one that writes a different Secret or
 * none, a leftover Secret looks synced but is never refreshed.
 */
export async function expectWritten(given: Platform, role: SecretRole): Promise<void> {
  const platform = placed(given, role)
  const { kubernetes, configuration } = platform
  const { name } = configuration.secretNames[role]
  const { spec, metadata } = await expectExternalSecret(platform, role)
  const { name: target = metadata.name, creationPolicy, manifest } = spec.target
  const { object } = namesOf(platform, metadata.name)
  const set = (fields: object) => [
    command`kubectl patch externalsecret -n ${kubernetes.namespace} ${metadata.name} --type merge -p '${JSON.stringify({ spec: { target: fields } })}'`,
  ]
  if (manifest)
    throw new Unmet({
      summary: `${object} writes a ${manifest.kind}, and no Secret.`,
      object,
      expected: 'no spec.target.manifest',
      found: `spec.target.manifest.kind: ${manifest.kind}`,
      remedy: set({ manifest: null }),
    })
  if (target !== name)
    throw new Unmet({
      summary: `${object} writes the Secret ${target}, but the service uses ${name}.`,
      object,
      expected: `spec.target.name: ${name}`,
      found: `spec.target.name: ${target}`,
      remedy: set({ name }),
    })
  if (creationPolicy === 'None')
    throw new Unmet({
      summary: `${object} writes no Secret: its creation policy is None.`,
      object,
      expected: 'spec.target.creationPolicy: Owner, Orphan or Merge',
      found: `spec.target.creationPolicy: ${creationPolicy}`,
      remedy: set({ creationPolicy: 'Owner' }),
    })
  const secret = await kubernetes.secretMetadata(name)
  // A missing Secret is a finding of its keys.
  if (!secret) return
  const isOwned = secret.ownerReferences.some(
    (owner) =>
      owner.kind === 'ExternalSecret' &&
      (owner.uid || metadata.uid ? owner.uid === metadata.uid : owner.name === metadata.name),
  )
  const isMarked = [...Object.keys(secret.labels), ...Object.keys(secret.annotations)].some((key) =>
    key.startsWith('reconcile.external-secrets.io/'),
  )
  if (creationPolicy === 'Owner' ? isOwned : isMarked) return
  throw new Unmet({
    summary: `Secret ${kubernetes.namespace}/${name} is not written by ${object}.`,
    object,
    expected:
      creationPolicy === 'Owner' ? `an owner reference to ${object}` : 'the marks of External Secrets on the Secret',
    found: secret.ownerReferences.map((owner) => `owned by ${owner.kind} ${owner.name}`).join(', ') || 'no owner',
    remedy: [
      command`kubectl get secret -n ${kubernetes.namespace} ${name} -o custom-columns='NAME:.metadata.name,OWNERS:.metadata.ownerReferences[*].name'`,
    ],
  })
}

/** The lines that make the operator read the values of a role again. */
export async function readAgain({ kubernetes, configuration }: Platform, role: SecretRole): Promise<CommandLine[]> {
  const { name, externalSecret = name } = configuration.secretNames[role]
  const found = await kubernetes.externalSecretOf(role)
  const { namespace } = kubernetes
  return found
    ? readingAgain({ namespace, name: found.metadata.name }, found.spec)
    : [forceSyncOf({ namespace, name: externalSecret })]
}

function namesOf({ kubernetes, configuration }: Platform, name: string) {
  return {
    object: `ExternalSecret ${kubernetes.namespace}/${name}`,
    operator: `workloads labelled ${configuration.dependencies.externalSecrets.selector}`,
    remedy: [
      command`kubectl describe externalsecret -n ${kubernetes.namespace} ${name}`,
      forceSyncOf({ namespace: kubernetes.namespace, name }),
    ],
  }
}
