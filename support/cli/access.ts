/**
 * `dora-acceptance access`: the rights that a ServiceAccount needs, as
 * manifests for the names in the configuration.
 */
import { Document, isScalar, visit } from 'yaml'
import { loadSettings } from '../configuration/load'
import { contracts } from '../flavours/flavours'
import { accessManifests, type Purpose } from '../platform/access-rules'
import { namesOf } from '../platform/operation-names'
import { examinedNamespaces, namespaceOf, type Operation } from '../platform/operations'
import { command, Misuse, print } from './command'

/** Longer lists of names have one line per name, so that formatters leave the manifests alone. */
const longestLine = 60

export const access = command({
  arguments: (parser) =>
    parser
      .option('writes', { type: 'boolean', describe: 'The further rights of a run that may write' })
      .option('service-account', {
        type: 'string',
        requiresArg: true,
        default: 'dora-acceptance/dora-acceptance',
        describe: 'The account that gets the rights, as NAMESPACE/NAME',
      })
      .example('$0 access > access.yaml', 'The rights of a read-only run')
      .epilogue('The names are those of the configuration.\n\nExit codes: 0 printed, 3 error or wrong arguments'),
  run({ writes, serviceAccount }) {
    const account = accountNamed(serviceAccount)
    const { configuration } = loadSettings(contracts)
    const purposes: readonly Purpose[] = writes ? ['writes'] : ['judging', 'diagnosis']
    const limits = {
      names: (operation: Operation) => namesOf(configuration, operation),
      examined: examinedNamespaces(configuration),
    }
    const manifests = purposes.flatMap((purpose) =>
      accessManifests(purpose, (place) => namespaceOf(configuration, place), account, limits),
    )
    const typed = `npx dora-acceptance access${writes ? ' --writes' : ''}`
    const comment = `# Written by "${typed}" from what the suite's operations declare (support/platform/operations.ts).\n`
    print((comment + manifests.map(asYaml).join('---\n')).trimEnd())
    return 0
  },
})

function accountNamed(given: string): { readonly namespace: string; readonly name: string } {
  const [namespace, name, ...more] = given.split('/')
  if (namespace && name && more.length === 0) return { namespace, name }
  throw new Misuse(`--service-account ${given}: expected NAMESPACE/NAME.`)
}

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
