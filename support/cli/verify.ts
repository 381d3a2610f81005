/** `dora-acceptance verify`: checks that a record is unchanged since the run wrote it, and shows who signed it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadChecklist } from '../basis/checklist'
import { reportPath } from '../basis/checkout'
import { contradictionsIn } from '../judgement/consistency'
import { verificationExitCodes, verifyRecord } from '../record/verification'
import { command, print } from './command'

export const verify = command({
  arguments: (parser) =>
    parser
      .positional('file', {
        type: 'string',
        describe:
          'The record, beside its signature FILE.sig, or the directory that holds them; ACCEPTANCE_REPORTS, else reports, when absent',
      })
      .option('public-key', {
        type: 'string',
        requiresArg: true,
        describe: 'PEM file with the Ed25519 key that must have signed the record',
      })
      .example('$0 verify --public-key team.pem', 'Check the last record and its signature')
      .epilogue('Exit codes: 0 unchanged, 1 changed, 3 could not be checked'),
  run({ file, publicKey }) {
    const checklist = loadChecklist()
    const { outcome, lines } = verifyRecord(
      file === undefined ? join(reportPath(), 'verdict.json') : recordIn(file),
      publicKey,
      (record) => contradictionsIn(record, checklist),
      checklist.sha256,
    )
    for (const line of lines) print(line)
    return verificationExitCodes[outcome]
  },
})

/** Returns the record in a directory, or the path itself if it holds none. */
function recordIn(path: string): string {
  const inside = join(path, 'verdict.json')
  return existsSync(inside) ? inside : path
}
