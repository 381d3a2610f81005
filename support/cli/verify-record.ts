/**
 * `npm run -s verify-record -- [FILE] [--public-key FILE]`: checks that a record is unchanged since the run wrote it, and
 * shows who signed it.
 */
import { parseArgs } from 'node:util'
import { loadChecklist } from '../basis/checklist'
import { contradictionsIn } from '../judgement/consistency'
import { verificationExitCodes, verifyRecord } from '../record/verification'
import { execute, Misuse, print } from './command'

void execute({
  usage: `usage: npm run -s verify-record -- [FILE] [--public-key FILE]
  FILE               the record, reports/verdict.json when absent; its signature is the file FILE.sig
  --public-key FILE  PEM file with the Ed25519 key that must have signed it
  exit code          0 untouched, 1 changed, 3 could not be checked`,
  parse(words) {
    const options = { 'public-key': { type: 'string' } } as const
    const { positionals, values } = parseArgs({ args: words, allowPositionals: true, options })
    const [file = 'reports/verdict.json', ...others] = positionals
    if (others.length > 0) throw new Misuse(`One record at a time: ${positionals.join(', ')}`)
    return { file, publicKey: values['public-key'] }
  },
  run({ file, publicKey }) {
    const { outcome, lines } = verifyRecord(file, publicKey, (record) => contradictionsIn(record, loadChecklist()))
    for (const line of lines) print(line)
    return verificationExitCodes[outcome]
  },
})
