/** Proposals for what delivers the service: the Application of ArgoCD or the object of Flux that manages the lake. */
import { targetsOf } from '../platform/application-targets'
import { deliversTo, type HelmRelease, type Kustomization } from '../platform/flux-resources'
import type { Candidate } from './components'
import { type Findings, inWords, onlyOf } from './proposal'
import type { Subject } from './service-parts'
import type { Found } from './snapshot'

type Delivered = Candidate | undefined

/** Proposes what delivers to the namespace of the service, wherever it lies: what manages the lake, if the cluster shows it. */
export function proposeDelivery(subject: Subject, lake: Delivered, findings: Findings): void {
  const { snapshot, names, namespace } = subject
  const { name, namespace: place } = names.application
  const fitting = managing(
    snapshot.applications.filter((one) => targetsOf(one).includes(namespace) && !isAppOfApps(one)),
    lake,
    ofArgoCd,
  )
  const named = fitting.filter(({ metadata }) => metadata.name === name)
  const chosen = named.find(({ metadata }) => metadata.namespace === place) ?? onlyOf(named) ?? onlyOf(fitting)
  if (!chosen && proposeFlux(subject, lake, findings)) return
  if (!chosen) {
    if (snapshot.applications.length === 0 && snapshot.unread.has('applications'))
      findings.ask('application', 'The Applications of ArgoCD could not be listed. Which one deploys the service?')
    else
      findings.ask(
        'application.name',
        fitting.length === 0
          ? `No Application deploys to ${namespace}. Which one deploys the service?`
          : `Several Applications deploy to ${namespace}. Which one deploys the service?`,
        (fitting.length > 0 ? fitting : snapshot.applications).map(inWords),
      )
    return
  }
  const reason = `The Application ${inWords(chosen)} deploys to ${namespace}.`
  findings.propose(['application', 'name'], chosen.metadata.name, name, reason)
  findings.propose(['application', 'namespace'], chosen.metadata.namespace, place, reason)
}

/** An Application of Applications delivers them, and they deliver the service. */
const isAppOfApps = ({ status: { resources } }: Found<'applications'>): boolean =>
  resources.length > 0 && resources.every(({ kind }) => /^(Application|ApplicationSet|AppProject)$/.test(kind))

/** Returns those that manage the lake, or all of them if none is known to manage it. */
function managing<T>(all: readonly T[], lake: Delivered, manages: (one: T, lake: Candidate) => boolean): readonly T[] {
  const found = lake === undefined ? [] : all.filter((one) => manages(one, lake))
  return found.length > 0 ? found : all
}

/** An object that a delivery says it manages. */
interface Managed {
  readonly kind: string
  readonly name: string
  readonly namespace: string
}

/** Returns true for the service of the lake, and for the workload whose pods it has. */
function belongsTo({ service, pods }: Candidate, { kind, name, namespace }: Managed): boolean {
  if (namespace !== service.metadata.namespace) return false
  if (kind === 'Service') return name === service.metadata.name
  return /^(Deployment|StatefulSet)$/.test(kind) && pods.some(({ metadata }) => metadata.name.startsWith(`${name}-`))
}

const ofArgoCd = ({ spec, status }: Found<'applications'>, lake: Candidate): boolean =>
  status.resources.some(({ namespace = spec.destination.namespace ?? '', ...rest }) =>
    belongsTo(lake, { ...rest, namespace }),
  )

const ofKustomization = ({ status }: Kustomization, lake: Candidate): boolean =>
  (status.inventory?.entries ?? []).some(({ id }) => {
    const [namespace = '', name = '', , kind = ''] = id.split('_')
    return belongsTo(lake, { kind, name, namespace })
  })

/** The helm-controller labels what it installs: https://fluxcd.io/flux/components/helm/helmreleases. */
const ofHelmRelease = ({ metadata }: HelmRelease, { service }: Candidate): boolean => {
  const { labels } = service.metadata
  return (
    labels['helm.toolkit.fluxcd.io/name'] === metadata.name &&
    labels['helm.toolkit.fluxcd.io/namespace'] === metadata.namespace
  )
}

/** Proposes the Flux object that delivers to the namespace of the service. Returns false unless there is exactly one. */
function proposeFlux({ snapshot, names, namespace }: Subject, lake: Delivered, findings: Findings): boolean {
  const delivering = <T extends Kustomization | HelmRelease>(all: readonly T[]) =>
    all.filter((one) => deliversTo(one, namespace))
  // A Kustomization that applies a HelmRelease delivers its object only; the release delivers the service.
  const releases = managing(delivering(snapshot.helmReleases), lake, ofHelmRelease)
  const release = releases.length > 0
  const chosen = onlyOf<Kustomization | HelmRelease>(
    release ? releases : managing(delivering(snapshot.kustomizations), lake, ofKustomization),
  )
  if (!chosen) return false
  const kind = release ? 'HelmRelease' : 'Kustomization'
  const reason = `The ${kind} ${inWords(chosen)} of Flux delivers to ${namespace}.`
  findings.propose(['application', 'kind'], kind, 'Application', reason)
  findings.propose(['application', 'name'], chosen.metadata.name, names.application.name, reason)
  findings.propose(['application', 'namespace'], chosen.metadata.namespace, names.application.namespace, reason)
  return true
}
