/**
 * Writes the reports of a run. Each is replaced atomically: a reader sees the old report or the new one, never a
 * partial one.
 */
import type { KeyObject } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { jsonOfVisible, visibleJson } from '../basis/visible-text'
import type { JudgedRun } from '../judgement/judge'
import { addEntry, archiveIn, defaultRetention, prune, type Retention } from '../record/archive'
import { changesSinceLast } from '../record/previous'
import { signatureFor, signatureOf } from '../record/signature'
import { historyPointOf } from './allure/history'
import { historyFile } from './allure/history-file'
import { writeAllureResults } from './allure/results'
import { archivedFiles } from './earlier-reports'
import { renderJunit } from './junit'
import { replaceDirectory, replaceFile } from './replacement'
import { renderSignOff } from './sign-off/page'
import { isSystemError, ReportsNotWritten, whyNotWritten } from './writable'

/**
 * Writes verdict.json, sign-off.html, junit.xml, messages.ndjson, run.json, allure-results and allure-history.json, and the signature if there
 * is a key. Creates the directory if it is missing, and removes the Allure results of earlier runs. The archive gets a copy of
 * the record, the page without its evidence, junit.xml and allure-history.json, unless the run is a shard.
 * @returns a sentence if the archive could not be written; the verdict is not affected
 * @throws ReportsNotWritten if the directory cannot be written
 */
export function writeReports(
  directory: string,
  { verdict, runs, messages, facts }: JudgedRun,
  signingKey?: KeyObject,
  retention: Retention = defaultRetention,
): string[] {
  const changes = verdict.sinceLastRun ?? changesSinceLast(directory, verdict)
  // The digest covers the values of the record, so they stay: judging has escaped them.
  const files: Record<string, string | null> = {
    [historyFile]: null,
    'messages.ndjson': messages.map((message) => `${jsonOfVisible(message)}\n`).join(''),
    'run.json': `${jsonOfVisible(facts)}\n`,
    'junit.xml': renderJunit(verdict, runs),
    'sign-off.html': renderSignOff(verdict, runs, changes),
    [signatureOf('verdict.json')]: signingKey
      ? `${JSON.stringify(signatureFor(verdict.digest, signingKey), null, 2)}\n`
      : null,
    'verdict.json': `${visibleJson(verdict, 2)}\n`,
  }
  try {
    mkdirSync(directory, { recursive: true })
    replaceDirectory(join(directory, 'allure-results'), (fresh) => {
      writeAllureResults(fresh, verdict, runs)
      files[historyFile] = jsonOfVisible(historyPointOf(fresh, verdict))
    })
    for (const [name, content] of Object.entries(files)) replaceFile(join(directory, name), content)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ReportsNotWritten(whyNotWritten(directory, error), { cause: error })
  }
  if (verdict.scope.shard !== null) return []
  try {
    const page = renderSignOff(verdict, [], changes, { evidence: false })
    const kept = Object.entries({ ...files, 'sign-off.html': page }).filter(([name]) => archivedFiles.includes(name))
    addEntry(directory, verdict.finishedAt, Object.fromEntries(kept))
    prune(directory, retention, Date.parse(verdict.finishedAt))
    return []
  } catch (error) {
    if (!isSystemError(error)) throw error
    return [`The archive was not written: ${whyNotWritten(archiveIn(directory), error)} The verdict is not affected.`]
  }
}
