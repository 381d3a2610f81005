/**
 * `npm run -s access -- [--writes] [--service-account NAMESPACE/NAME]`: the rights that a ServiceAccount needs, as
 * manifests for the names in the configuration.
 */
import { parseArgs } from 'node:util'
import { Document, isScalar, visit } from 'yaml'
import { loadSettings } from '../configuration/load'
import { contracts } from '../flavours/flavours'
import { accessManifests, type Purpose } from '../platform/access-rules'
import { examinedNamespaces, namesOf, namespaceOf, type Operation } from '../platform/operations'
import { execute, Misuse, print } from './command'

/** Longer lists of names have one line per name, so that formatters leave the manifests alone. */
const longestLine = 60

void execute({
  usage: `usage: npm run -s access -- [--writes] [--service-account NAMESPACE/NAME]
  --writes           the further rights of a run that may write
  --service-account  the account that gets the rights; dora-acceptance/dora-acceptance when absent`,
  parse(words) {
    const options = {
      writes: { type: 'boolean', default: false },
      'service-account': { type: 'string', default: 'dora-acceptance/dora-acceptance' },
    } as const
    const { writes, 'service-account': given } = parseArgs({ args: words, options }).values
    const [namespace, name, ...more] = given.split('/')
    if (!namespace || !name || more.length > 0) throw new Misuse(`--service-account ${given}: expected NAMESPACE/NAME.`)
    return { writes, account: { namespace, name } }
  },
  run({ writes, account }) {
    const { configuration } = loadSettings(contracts)
    const purposes: readonly Purpose[] = writes ? ['writes'] : ['judging', 'diagnosis']
    const limits = {
      names: (operation: Operation) => namesOf(configuration, operation),
      examined: examinedNamespaces(configuration),
    }
    const manifests = purposes.flatMap((purpose) =>
      accessManifests(purpose, (place) => namespaceOf(configuration, place), account, limits),
    )
    const command = `npm run -s access${writes ? ' -- --writes' : ''}`
    const comment = `# Written by "${command}" from what the suite's operations declare (support/platform/operations.ts).\n`
    print((comment + manifests.map(asYaml).join('---\n')).trimEnd())
    return 0
  },
})

/** Each rule takes three lines. */
function asYaml(manifest: object): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false })
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar) && list.items.join(', ').length < longestLine
    },
  })
  return document.toString({ flowCollectionPadding: false })
}
