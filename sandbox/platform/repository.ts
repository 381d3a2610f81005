/** The Git repository from which the real ArgoCD deploys: the manifests of each Application, in the path that it names. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '@kubernetes/client-node'
import { execa } from 'execa'
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { files } from '../basis/layout'

/** The repository with its work tree, in which a commit on the branch main is what ArgoCD deploys. */
const repository = join(files.repositories, 'paruff', 'fawkes.git')

/** The label with which a chart marks the objects of an application. */
const instanceLabel = 'app.kubernetes.io/instance'

/** The kinds that are deployed from Git. ArgoCD restores at once what a fault changes, so faults break other kinds. */
const deployed: readonly (string | undefined)[] = ['StatefulSet', 'Deployment', 'Service']

/** An author, and nothing of the user's configuration. */
const settings = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'sandbox',
  GIT_AUTHOR_EMAIL: 'sandbox@example.org',
  GIT_COMMITTER_NAME: 'sandbox',
  GIT_COMMITTER_EMAIL: 'sandbox@example.org',
}

interface Application extends KubernetesObject {
  readonly spec?: { readonly source?: { readonly path?: string } }
}

/** The files of the repository by path: the workloads and services that carry the name of the Application. */
export function filesOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects
      .filter((object): object is Application => object.kind === 'Application')
      .map(({ metadata, spec }) => {
        const own = objects.filter(
          (object) =>
            deployed.includes(object.kind) &&
            object.metadata?.namespace === metadata?.namespace &&
            object.metadata?.labels?.[instanceLabel] === metadata?.name,
        )
        return [join(spec?.source?.path ?? '', 'manifests.yaml'), own.map((object) => stringify(object)).join('---\n')]
      }),
  )
}

/** Runs Git in the repository. */
export async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('git', args, { cwd: repository, env: settings })
  return stdout
}

/** Writes a file of the repository, or deletes it, and commits that to the branch. */
export async function commit(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) rmSync(join(repository, path), { recursive: true })
  else writeWhole(join(repository, path), text, 0o644)
  await git('add', '--all')
  await git('commit', '--quiet', '--message', `Change ${path}`)
}

/** Clones the repository to another owner. Returns a function that deletes the clone. */
export async function clone(owner: string): Promise<() => void> {
  const target = join(files.repositories, owner, 'fawkes.git')
  await git('clone', '--quiet', repository, target)
  return () => rmSync(target, { recursive: true })
}

/** Commits the manifests to the branch main, once. */
export async function createRepository(objects: readonly KubernetesObject[]): Promise<void> {
  if (existsSync(join(repository, '.git'))) return
  mkdirSync(repository, { recursive: true })
  await git('init', '--quiet', '--initial-branch=main')
  for (const [path, text] of filesOf(objects)) await commit(path, text)
}
