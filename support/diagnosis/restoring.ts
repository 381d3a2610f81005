/** Says of which objects ArgoCD restores the state of its repository, so that a change in the cluster alone does not last. Pure. */
import { type CommandLine, comment } from '../basis/command'
import type { Facts } from './facts/facts'
import { objectOf } from './facts/insight'

/** A line that changes the specification of an object. */
const changing =
  /^kubectl (?:--context (?:'[^']*'|\S+) )?(?:edit|patch|scale) (?<kind>\S+) (?:-n (?<namespace>\S+) )?(?<name>\S+)(?!.* --subresource)/

/** Returns a comment for each object that the lines change, and that an Application delivers which corrects differences. */
export function restoring(lines: readonly string[], facts: Facts | null): CommandLine[] {
  const changed = lines.map((line) => changing.exec(line)?.groups)
  const correcting = (facts?.applications ?? []).filter(({ spec }) => {
    const automated = spec?.syncPolicy?.automated
    return automated?.enabled && automated.selfHeal
  })
  return correcting.flatMap(({ metadata, status }) =>
    status.resources
      .filter((one) =>
        changed.some(
          (found) =>
            found?.kind === one.kind.toLowerCase() &&
            (found.namespace ?? '') === one.namespace &&
            found.name === one.name,
        ),
      )
      .map(
        (one) =>
          comment`ArgoCD restores ${objectOf(one.kind, one)} from the repository of ${objectOf('Application', metadata)}: make the change there, or it is undone at once`,
      ),
  )
}
