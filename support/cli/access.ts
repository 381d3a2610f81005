/**
 * `npm run -s access -- [--writes] [--service-account NAMESPACE/NAME]`: what a ServiceAccount must be allowed to do, as
 * manifests for the names in the configuration.
 */
import { parseArgs } from 'node:util'
import { Document, isScalar, visit } from 'yaml'
import { contracts } from '../../support/flavours/flavours'
import { messageOf } from '../basis/message'
import { ConfigurationError } from '../configuration/error'
import { loadSettings } from '../configuration/load'
import { accessManifests, type Purpose } from '../platform/access-rules'
import { namespaceOf } from '../platform/operations'
import { exitCodes } from '../record/verdict'

const usage = `usage: npm run -s access -- [--writes] [--service-account NAMESPACE/NAME]
  --writes           what a run that may write needs besides
  --service-account  whose rights they are; dora-acceptance/dora-acceptance when absent`

/** What the caller did wrong. */
class Misuse extends Error {}

function main(): string {
  const { writes, account } = asked()
  const { configuration } = loadSettings(contracts)
  const purposes: readonly Purpose[] = writes ? ['writes'] : ['judging', 'diagnosis']
  const manifests = purposes.flatMap((purpose) =>
    accessManifests(purpose, (place) => namespaceOf(configuration, place), account),
  )
  const command = `npm run -s access${writes ? ' -- --writes' : ''}`
  const comment = `# Written by "${command}" from what the suite's operations declare (support/platform/operations.ts).\n`
  return comment + manifests.map(written).join('---\n')
}

/** As YAML, each rule in three lines. */
function written(manifest: object): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false })
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar)
    },
  })
  return document.toString({ flowCollectionPadding: false })
}

function asked() {
  const { writes, 'service-account': given } = parsed()
  const [namespace, name, ...more] = given.split('/')
  if (!namespace || !name || more.length > 0)
    throw new Misuse(`--service-account ${given}: expected NAMESPACE/NAME.\n${usage}`)
  return { writes, account: { namespace, name } }
}

function parsed() {
  try {
    return parseArgs({
      options: {
        writes: { type: 'boolean', default: false },
        'service-account': { type: 'string', default: 'dora-acceptance/dora-acceptance' },
      },
    }).values
  } catch (error) {
    throw new Misuse(`${messageOf(error)}\n${usage}`)
  }
}

try {
  process.stdout.write(main())
} catch (error) {
  const known = error instanceof Misuse || error instanceof ConfigurationError
  const message = messageOf(error)
  process.stderr.write(`${known ? message : `The suite broke: ${message}`}\n`)
  process.exitCode = exitCodes.error
}
