/** `npm run -s verify-record -- [FILE] [--public-key FILE]`: whether a record is as the run wrote it, and who signed it. */
import { parseArgs } from 'node:util'
import { messageOf } from '../basis/message'
import { exitCodes } from '../record/verdict'
import { verificationExitCodes, verifyRecord } from '../record/verification'

const usage = `usage: npm run -s verify-record -- [FILE] [--public-key FILE]
  FILE               the record, reports/verdict.json when absent; its signature is looked for beside it
  --public-key FILE  PEM file with the Ed25519 key that must have signed it
  exit code          0 untouched, 1 changed, 3 could not be checked`

function main(): number {
  const given = parsed()
  if (given === undefined) return exitCodes.error
  const { outcome, lines } = verifyRecord(given.file, given.publicKey)
  for (const line of lines) console.log(line)
  return verificationExitCodes[outcome]
}

function parsed() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'public-key': { type: 'string' } } })
    const [file = 'reports/verdict.json', ...others] = positionals
    if (others.length > 0) throw new Error(`One record at a time: ${positionals.join(', ')}`)
    return { file, publicKey: values['public-key'] }
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`)
    return undefined
  }
}

process.exitCode = main()
