/** When External Secrets reads the values of an ExternalSecret, and the lines that make it read them again. */
import { type CommandLine, command, comment } from '../basis/command'
import { durationIn } from '../formats/duration'

interface Refreshed {
  readonly refreshPolicy: string
  readonly refreshInterval: string
}

/** The time in milliseconds after which the values are read again; 0 for never. Only the policy Periodic refreshes by time. */
export const refreshIntervalOf = ({ refreshPolicy, refreshInterval }: Refreshed): number =>
  refreshPolicy === 'Periodic' ? durationIn(refreshInterval) : 0

/** An ExternalSecret that is created once ignores later changes of its specification; so does one with the interval 0. */
export const isMadeOnce = (spec: Refreshed): boolean =>
  spec.refreshPolicy !== 'OnChange' && refreshIntervalOf(spec) <= 0

/** The specification of an ExternalSecret, as far as it decides what makes the operator read and write the values. */
interface Reading extends Refreshed {
  readonly target: { readonly name?: string | undefined; readonly immutable: boolean }
}

interface Named {
  readonly name: string
  readonly namespace: string
}

/** Makes the operator read values that it refreshes. Where they are made once, it ignores the annotation. */
export const forceSyncOf = ({ name, namespace }: Named): CommandLine =>
  command`kubectl annotate externalsecret -n ${namespace} ${name} force-sync=$(date +%s) --overwrite`

/** The lines that make the operator read the values again, and write them: into an immutable Secret it writes nothing. */
export function readingAgain({ name, namespace }: Named, spec: Reading): CommandLine[] {
  const { immutable, name: secret = name } = spec.target
  const forget = command`kubectl patch externalsecret -n ${namespace} ${name} --subresource=status --type=merge -p '{"status":{"syncedResourceVersion":null}}'`
  if (immutable)
    return [
      comment`Secret ${secret} is immutable, so its values change only when it is written anew:`,
      command`kubectl delete secret -n ${namespace} ${secret}`,
      forget,
    ]
  if (!isMadeOnce(spec)) return [forceSyncOf({ name, namespace })]
  return [
    comment`ExternalSecret ${name} reads the values once. When they are right in the secrets manager, it reads them again after:`,
    forget,
  ]
}
