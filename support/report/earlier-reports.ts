/** The reports that an earlier run left. */
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setAside } from '../record/previous'
import { signatureOf } from '../record/signature'
import { historyFile } from './allure/history-file'

/** The files of a run that the archive keeps. */
export const archivedFiles = ['verdict.json', signatureOf('verdict.json'), 'sign-off.html', 'junit.xml', historyFile]

/** The files of a run. */
export const reportFiles = [...archivedFiles, 'messages.ndjson', 'run.json']

/**
 * Removes the reports of an earlier run, so that nobody mistakes them for those of a run that dies. The files are removed
 * immediately, the Allure results in the background. The record stays in the archive, for the comparison.
 * Errors are ignored here: a file that cannot be removed cannot be replaced either, so writing reports the error.
 */
export async function removeReports(directory: string): Promise<void> {
  const files = ['verdict.json.sig', 'sign-off.html', 'junit.xml', 'messages.ndjson', 'run.json', historyFile]
  try {
    setAside(directory, archivedFiles)
    for (const name of files) rmSync(join(directory, name), { force: true })
    await rm(join(directory, 'allure-results'), { recursive: true, force: true })
  } catch {}
}
