/** The runs of the suite that judge faults: short deadlines, the scenarios of a scope, and the printed commands typed. */

import { failedCommandsOf } from '../runs/commands'
import { impatient } from '../runs/sandbox'
import { runSuite, type SuiteRun } from '../runs/suite'
import type { Scope } from './groups'

/** Stories wait for a collection, and pages take as long as everything else together. So only faults that need them run them. */
export const tags: Readonly<Record<Scope, string>> = {
  plain: 'not @story and not @browser',
  pages: 'not @story',
  stories: '@story and not @browser',
  'stories with pages': '@story',
}

/** Runs the scenarios of a scope. The environment is read anew for each run, because faults change the configuration file. */
export const runScopeIn =
  (environment: Readonly<Record<string, string>>) =>
  async (scope: Scope): Promise<SuiteRun> => {
    const run = await runSuite(impatient(environment), ['--tags', tags[scope]])
    return { ...run, failedCommands: await failedCommandsOf(run.verdict, environment) }
  }
