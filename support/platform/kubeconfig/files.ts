/**
 * Loads and merges kubeconfig files by kubectl's rules (client-go, tools/clientcmd/loader.go): of the files in KUBECONFIG the first
 * that has a value wins, an entry is never put together from two files, and missing files are passed over.
 */
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parseAllDocuments, YAMLError } from 'yaml'
import type { z } from 'zod'
import { expectation } from '../../basis/complaint'
import { redaction } from '../../basis/redaction'
import { whyUnreadable } from '../../basis/unreadable'
import { ConfigurationError } from '../../configuration/error'
import { type Cluster, type Context, kubeconfigFile, type User } from './schema'

/** The merged files. Paths in them are absolute. */
export interface Kubeconfig {
  readonly currentContext: string | undefined
  readonly contexts: ReadonlyMap<string, Context & { readonly file: string }>
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly users: ReadonlyMap<string, User>
  /** The file that sets the current context. */
  readonly currentContextFile: string | undefined
  /** The files that were searched and do not exist. */
  readonly missing: readonly string[]
}

/** Returns the paths that kubectl reads. An empty KUBECONFIG counts as absent, an empty path in it is passed over. */
export function kubeconfigPaths({ KUBECONFIG, HOME }: NodeJS.ProcessEnv): string[] {
  if (!KUBECONFIG) return [join(HOME ?? '', '.kube', 'config')]
  return [...new Set(KUBECONFIG.split(delimiter))].filter((path) => path !== '')
}

/** @throws ConfigurationError if a file exists and cannot be read or is no kubeconfig */
export function loadKubeconfigFiles(paths: readonly string[]): Kubeconfig {
  const contexts = new Map<string, Context & { file: string }>()
  const clusters = new Map<string, Cluster>()
  const users = new Map<string, User>()
  const missing: string[] = []
  let current: { readonly name: string; readonly file: string } | undefined
  for (const file of paths) {
    const found = read(file)
    if (found === undefined) {
      missing.push(file)
      continue
    }
    const name = found['current-context']
    if (name !== undefined) current ??= { name, file }
    for (const [key, context] of found.contexts) if (!contexts.has(key)) contexts.set(key, { ...context, file })
    for (const [key, cluster] of found.clusters) if (!clusters.has(key)) clusters.set(key, withPaths(cluster, file))
    for (const [key, user] of found.users) if (!users.has(key)) users.set(key, withPathsOfUser(user, file))
  }
  return { currentContext: current?.name, currentContextFile: current?.file, contexts, clusters, users, missing }
}

/** Returns undefined if the file does not exist. */
function read(file: string): z.output<typeof kubeconfigFile> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(file, whyUnreadable(error, file))
  }
  let data: unknown
  try {
    data = firstDocument(text) ?? {}
  } catch (error) {
    // The parser's message quotes the file, which holds secrets.
    const place = error instanceof YAMLError ? error.linePos?.[0] : undefined
    throw unusable(file, `it is not YAML${place ? ` at line ${place.line}, column ${place.col}` : ''}`)
  }
  const parsed = kubeconfigFile.safeParse(data, { error: expectation })
  if (parsed.success) return parsed.data
  throw unusable(
    file,
    parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; '),
  )
}

/** Parses YAML as Kubernetes does: the first document counts, keys may be merged, and of a repeated key the last value wins. */
function firstDocument(text: string): unknown {
  const [document] = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'error' })
  if (document?.errors[0]) throw document.errors[0]
  return document?.toJS()
}

function unusable(file: string, reason: string): ConfigurationError {
  return new ConfigurationError(
    `The kubeconfig ${file} cannot be used: ${redaction.redactForeign(reason)}. Check it with "kubectl config view", or name another file: export KUBECONFIG=PATH.`,
  )
}

/** A relative path is relative to the file that names it. */
const resolved = (path: string | undefined, file: string) =>
  path === undefined ? undefined : resolve(dirname(file), path)

const withPaths = (cluster: Cluster, file: string): Cluster => ({
  ...cluster,
  'certificate-authority': resolved(cluster['certificate-authority'], file),
})

function withPathsOfUser(user: User, file: string): User {
  const { exec } = user
  // A command without a slash is searched in PATH.
  const command = exec?.command.includes('/') ? resolved(exec.command, file) : exec?.command
  return {
    ...user,
    'client-certificate': resolved(user['client-certificate'], file),
    'client-key': resolved(user['client-key'], file),
    tokenFile: resolved(user.tokenFile, file),
    ...(exec && command !== undefined ? { exec: { ...exec, command } } : {}),
  }
}
