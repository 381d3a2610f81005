/** The suite of a run, as the record describes it. */
import { version } from '../../package.json'
import type { Checklist } from '../basis/checklist'
import type { Sources } from '../basis/sources'
import type { SuiteRecord } from '../record/verdict'

/** In an image, which has no checkout, ACCEPTANCE_COMMIT names the commit. */
export const suiteRecord = ({ commit, sha256, changed }: Sources, checklist: Checklist): SuiteRecord => ({
  version,
  commit: commit ?? (process.env.ACCEPTANCE_COMMIT || null),
  checklistSha256: checklist.sha256,
  sourcesSha256: sha256,
  changedFiles: changed,
})
