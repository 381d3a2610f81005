/** `dora-acceptance init`: writes a configuration with what differs from the defaults of the contract in the cluster. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isAbsent } from '../basis/capability'
import { command as commandLine } from '../basis/command'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { configurationSchema } from '../configuration/schema'
import { contractNames } from '../contracts/contract'
import { proposeDashboards } from '../discovery/dashboards'
import { askAboutEvents, proposeEvents } from '../discovery/events'
import { configurationFile } from '../discovery/file'
import { proposeForge } from '../discovery/forge'
import { Findings } from '../discovery/proposal'
import { accepted, configurationOf, type Defaults, type Proposed, propose } from '../discovery/propose'
import { readSnapshot } from '../discovery/snapshot'
import { contracts } from '../flavours/flavours'
import { ClusterAccess } from '../platform/kubeconfig/access'
import { KubernetesApi } from '../platform/kubernetes-api'
import { ensureNamespace } from '../platform/missing-namespace'
import { Platform } from '../platform/platform'
import { replaceFile } from '../report/replacement'
import { command, Misuse, print } from './command'
import { jsonSchemaOf } from './schema'

const schemaFile = 'acceptance.schema.json'
const requestMs = 20_000

export const init = command({
  arguments: (parser) =>
    parser
      .option('output', {
        alias: 'o',
        type: 'string',
        requiresArg: true,
        default: 'acceptance.yaml',
        describe: 'The file to write; - prints it instead',
      })
      .option('force', { type: 'boolean', describe: 'Replace a file that exists' })
      .option('context', {
        type: 'string',
        requiresArg: true,
        describe: 'The context of the kubeconfig, which is written too; the current one when absent',
      })
      .option('namespace', {
        alias: 'n',
        type: 'string',
        requiresArg: true,
        describe: 'The namespace of the service; found out when absent',
      })
      .option('no-database', {
        type: 'boolean',
        describe:
          'Ask neither the database for the tables of events, nor the service for GitLab, nor Grafana for the dashboards, which takes their passwords',
      })
      .example('$0 init', 'Write acceptance.yaml, and acceptance.schema.json for editors')
      .example('$0 init --output - --namespace dora', 'Print the configuration of the service in dora')
      .epilogue(
        'The cluster, the database and Grafana are only read. Of the Secrets, only those of the database, of Grafana and of the ' +
          'API token are read, and with --no-database none. ' +
          'What the caller may not read is named in the file.\n\n' +
          'Exit codes: 0 written or printed, 3 error or wrong arguments',
      ),
  async run({ output, force, context, namespace, noDatabase }) {
    if (output !== '-') refusePlace(output, force === true)
    const named = context ?? process.env.ACCEPTANCE_CONTEXT
    const access = ClusterAccess.to(named, requestMs)
    const api = new KubernetesApi(access, { writes: false, requestMs, witness: () => {} })
    const snapshot = await readSnapshot(api, namespacesToTry(namespace))
    if (namespace !== undefined) await ensureNamespace(api, namespace)
    const found = inContext(named, propose(snapshot, defaults, namespace))
    const proposed = await withService(found, access.context, noDatabase !== true)
    const text = configurationFile(proposed, schemaFile, (one) => redaction.redactForeign(one))
    if (output === '-') {
      print(text.trimEnd())
      return 0
    }
    write(output, text)
    const schema = join(dirname(output), schemaFile)
    if (force || !existsSync(schema)) write(schema, `${jsonSchemaOf(contracts[proposed.contract].names)}\n`)
    const open = proposed.questions.length
    print(
      `${output}: ${proposed.proposals.length} keys differ from the defaults of the contract ${proposed.contract}; ${open} are open and stand there as comments.`,
    )
    print(`Judge the cluster with: ${runWith(output)}`)
    return 0
  },
})

/** Refuses a place where no file can be written, before the cluster is asked. */
function refusePlace(output: string, force: boolean): void {
  const folder = dirname(resolve(output))
  if (!existsSync(folder))
    throw new Misuse(`The folder ${folder} does not exist. Type: ${commandLine`mkdir -p ${folder}`}`)
  if (!statSync(folder).isDirectory())
    throw new Misuse(`${folder} is a file. Name a file in a folder with --output, or print it with --output -.`)
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new Misuse(
      `No file can be written to ${folder}: ${messageOf(error)}. Name a file elsewhere with --output, or print it with --output -.`,
    )
  }
  if (!existsSync(output)) return
  if (statSync(output).isDirectory()) throw new Misuse(`${output} is a directory. Name a file in it with --output.`)
  if (!force) throw new Misuse(`${output} exists. Add --force to replace it, or --output - to print the configuration.`)
}

/** Adds a context that was named, so that a run without the option judges the same cluster. */
const inContext = (context: string | undefined, proposed: Proposed): Proposed =>
  context
    ? {
        ...proposed,
        proposals: [
          { path: ['context'], value: context, reason: 'The context that was named.' },
          ...proposed.proposals,
        ],
      }
    : proposed

/** The command that reads the file, which needs its name unless a run finds it anyway. */
function runWith(output: string): string {
  const isFound = resolve(output) === resolve(process.env.ACCEPTANCE_CONFIG || 'acceptance.yaml')
  return isFound ? 'npx dora-acceptance run' : commandLine`ACCEPTANCE_CONFIG=${output} npx dora-acceptance run`
}

/** Adds what the service itself says: the tables of events, where metrics are recomputed from them, its forge, and the dashboards. */
async function withService(proposed: Proposed, context: string, readsSecrets: boolean): Promise<Proposed> {
  const contract = contracts[proposed.contract]
  const hasEvents = !isAbsent(contract.dora.rest)
  const findings = new Findings()
  if (readsSecrets) {
    const configuration = configurationSchema(contract.names).parse({
      ...configurationOf(proposed.proposals),
      context,
    })
    const authorities = { certificateAuthority: undefined, databaseAuthority: undefined }
    const platform = Platform.open({ configuration, contract, ...authorities }, () => {})
    try {
      if (hasEvents) await proposeEvents(platform, findings)
      await proposeForge(platform, findings)
      const isAsked = proposed.questions.some(({ key }) => key === 'grafana.tokenKey')
      if (!isAsked) await proposeDashboards(platform, findings)
    } finally {
      await platform.close()
    }
  } else if (hasEvents) askAboutEvents(findings, 'The database was not read.')
  const { proposals, questions } = accepted(contract.names, findings)
  return {
    ...proposed,
    proposals: [...proposed.proposals, ...proposals],
    questions: [...proposed.questions, ...questions],
  }
}

function write(path: string, text: string): void {
  try {
    replaceFile(path, text)
  } catch (error) {
    throw new Misuse(`${path} could not be written: ${messageOf(error)}`)
  }
}

const defaults = Object.fromEntries(
  contractNames.map((name): [string, Defaults] => [
    name,
    { names: contracts[name].names, hasMetrics: !('absent' in contracts[name].metrics) },
  ]),
) as Record<(typeof contractNames)[number], Defaults>

/** The namespaces that are listed singly if the caller may not list the whole cluster. */
function namespacesToTry(namespace: string | undefined): string[] {
  const places = contractNames.flatMap((name) => {
    const { names } = contracts[name]
    return [names.namespace, names.application.namespace, names.monitoring.namespace]
  })
  return [...new Set([...(namespace === undefined ? [] : [namespace]), ...places])]
}
