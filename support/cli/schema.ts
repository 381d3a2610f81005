/** `dora-acceptance schema`: the JSON Schema of the configuration file, with which editors complete and check it. */
import { z } from 'zod'
import { configurationSchema } from '../configuration/schema'
import { contractNames, defaultContract, type PlatformNames } from '../contracts/contract'
import { contracts } from '../flavours/flavours'
import { command, print } from './command'

export const schema = command({
  arguments: (parser) =>
    parser
      .option('contract', {
        choices: contractNames,
        default: defaultContract,
        describe: 'The contract whose names are the defaults',
      })
      .example('$0 schema > acceptance.schema.json', 'Write the schema beside acceptance.yaml')
      .epilogue(
        'The first line of acceptance.yaml names the schema:\n  # yaml-language-server: $schema=acceptance.schema.json\n\nExit code: 0',
      ),
  run({ contract }) {
    print(jsonSchemaOf(contracts[contract].names))
    return 0
  },
})

/** The JSON Schema, as text, of a configuration whose defaults are these names. */
export const jsonSchemaOf = (names: PlatformNames): string =>
  JSON.stringify(z.toJSONSchema(configurationSchema(names), { io: 'input', unrepresentable: 'any' }), null, 2)
