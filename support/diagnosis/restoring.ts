/** Says of which objects somebody restores the state, so that a change in the cluster alone does not last. Pure. */
import { type CommandLine, comment } from '../basis/command'
import type { Facts } from './facts/facts'
import { objectOf } from './facts/insight'
import type { Metadata } from './facts/metadata'

/** A line that changes the specification of an object. The operation of an Application is not a part of it. */
const changing =
  /^kubectl (?:--context (?:'[^']*'|\S+) )?(?:edit|patch|scale) (?<kind>\S+) (?:-n (?<namespace>\S+) )?(?<name>\S+)(?!.* --subresource)(?!.* -p '\{"operation")/

/** Tells whether an object is one that some lines change. */
type IsChanged = (kind: string, object: Metadata) => boolean

/** Returns a comment for each object that the lines change, and whose state somebody else restores. */
export function restoring(lines: readonly string[], facts: Facts | null): CommandLine[] {
  if (facts === null) return []
  const changed = lines.map((line) => changing.exec(line)?.groups)
  const isChanged: IsChanged = (kind, { namespace, name }) =>
    changed.some(
      (found) => found?.kind === kind.toLowerCase() && (found.namespace ?? '') === namespace && found.name === name,
    )
  return [...byArgoCD(isChanged, facts), ...byOwners(isChanged, facts)]
}

/** The objects that an Application delivers which corrects differences. */
const byArgoCD = (isChanged: IsChanged, { applications }: Facts): CommandLine[] =>
  applications
    .filter(({ spec }) => spec?.syncPolicy?.automated?.enabled && spec.syncPolicy.automated.selfHeal)
    .flatMap(({ metadata, status }) =>
      status.resources
        .filter((one) => isChanged(one.kind, one))
        .map(
          (one) =>
            comment`ArgoCD restores ${objectOf(one.kind, one)} from the repository of ${objectOf('Application', metadata)}: make the change there, or it is undone at once`,
        ),
    )

/** The objects that the controller of another object makes, such as that of a ClusterExternalSecret or of an ApplicationSet. */
const byOwners = (isChanged: IsChanged, facts: Facts): CommandLine[] => {
  const of = <T extends object>(kind: string, all: readonly T[] = []) => all.map((one) => ({ kind, ...one }))
  return [
    ...facts.workloads,
    ...facts.secretStores,
    ...of('Application', facts.applications),
    ...of('ExternalSecret', facts.externalSecrets),
    ...of('Ingress', facts.ingresses),
    ...of('Service', facts.services),
    ...of('ServiceMonitor', facts.serviceMonitors),
  ].flatMap(({ kind, metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller)
    return owner && isChanged(kind, metadata)
      ? comment`${owner.kind} ${owner.name} manages ${objectOf(kind, metadata)}: make the change there, or it may be undone`
      : []
  })
}
