/** The suite of a run, as the record describes it. */
import { version } from '../../package.json'
import type { Checklist } from '../basis/checklist'
import type { Sources } from '../basis/sources'
import type { SuiteRecord } from '../record/verdict'

/** Variables with which code from elsewhere takes part in a run, or by which it trusts other servers. */
const variables = [
  ...['NODE_OPTIONS', 'LD_PRELOAD'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'NODE_TLS_REJECT_UNAUTHORIZED'],
]

/**
 * Describes the suite. In an image, which has no checkout, ACCEPTANCE_COMMIT names the commit.
 * @param libraries files of libraries that were changed after their installation
 */
export function suiteRecord(
  { commit, sha256, changed }: Sources,
  libraries: readonly string[],
  checklist: Checklist,
  environment: NodeJS.ProcessEnv = process.env,
): SuiteRecord {
  const set = variables.flatMap((name) => (environment[name] ? [`${name}=${environment[name]}`] : []))
  return {
    version,
    commit: commit ?? (environment.ACCEPTANCE_COMMIT || null),
    checklistSha256: checklist.sha256,
    sourcesSha256: sha256,
    changedFiles: libraries.length === 0 ? changed : [...(changed ?? []), ...libraries].sort(),
    ...(set.length === 0 ? {} : { environment: set }),
  }
}
