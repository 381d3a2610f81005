/**
 * The files of the suite that a run uses: their digest, and how they differ from the commit that is checked out. The files
 * themselves are compared with the commit, because `git status` leaves out ignored and "assumed unchanged" files. A package, which
 * has no commit to compare with, is compared with what its build wrote down.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { z } from 'zod'

/** Files and directories that decide what a run does. */
const roots = [
  ...['features', 'step-definitions', 'support'],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
  ...['bootstrap.mjs', 'uncaught.cjs', 'cached-swc.cjs', 'cucumber.js', 'build.ts', 'node20.cjs'],
]

export interface Sources {
  /** The commit that is checked out, or from which the package was built; null if the files belong to none. */
  readonly commit: string | null
  /** SHA-256, in hex, over the paths and contents of all files. */
  readonly sha256: string
  /** Paths that differ from the commit, were added or are missing, sorted; null if there is no commit. */
  readonly changed: readonly string[] | null
}

/** The file in which the build of a package (build.ts) writes down its origin. */
export const buildFile = 'build.json'

const buildSchema = z.object({
  commit: z.string().nullable(),
  /** Sources that differed from the commit; null if the build had no commit to compare with. */
  changed: z.array(z.string()).nullable(),
  /** SHA-256, in hex, of each file of the package. */
  files: z.record(z.string(), z.string()),
})

/** Describes the files of the suite in a directory: a checkout, a package, or a copy of either. */
export async function sourcesOf(directory: string): Promise<Sources> {
  const build = await readFile(join(directory, buildFile), 'utf8').catch(() => undefined)
  return build === undefined ? sourcesOfCheckout(directory) : sourcesOfPackage(directory, build)
}

/** SHA-256, in hex, of each file of the suite by its path. */
export const digestsOf = async (directory: string): Promise<Record<string, string>> =>
  Object.fromEntries([...(await contentsOf(directory))].map(([path, content]) => [path, sha256Of(content)]))

/** @throws Error if the file of the build is not one */
async function sourcesOfPackage(directory: string, text: string): Promise<Sources> {
  const build = buildSchema.parse(JSON.parse(text))
  const digests = new Map(Object.entries(await digestsOf(directory)))
  const altered = [...new Set([...Object.keys(build.files), ...digests.keys()])].filter(
    (path) => build.files[path] !== digests.get(path),
  )
  const changed = [...(build.changed ?? []), ...altered]
  return {
    commit: build.commit,
    sha256: digestOver(new Map([...digests, [buildFile, sha256Of(Buffer.from(text))]])),
    changed: build.changed === null && changed.length === 0 ? null : changed.sort(),
  }
}

async function sourcesOfCheckout(directory: string): Promise<Sources> {
  const [contents, commit, committed] = await Promise.all([
    contentsOf(directory),
    git(directory, 'rev-parse', 'HEAD'),
    git(directory, 'ls-tree', '-r', '-z', 'HEAD', '--', ...roots),
  ])
  const sha256 = digestOver(new Map([...contents].map(([path, content]) => [path, sha256Of(content)])))
  const known = committed === null ? new Map<string, string>() : blobsIn(committed)
  // Without files of the suite, it is the commit of another repository around it.
  if (commit === null || known.size === 0) return { commit: null, sha256, changed: null }
  const changed = [...new Set([...known.keys(), ...contents.keys()])].filter((path) => {
    const [content, blob] = [contents.get(path), known.get(path)]
    return content === undefined || blob === undefined || blobOf(content, blob.length) !== blob
  })
  return { commit: commit.trim(), sha256, changed: changed.sort() }
}

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** A digest over the paths and the digests of files. */
function digestOver(digests: ReadonlyMap<string, string>): string {
  const whole = createHash('sha256')
  for (const [path, digest] of digests) whole.update(`${path}\0${digest}\n`)
  return whole.digest('hex')
}

/** The contents of all files by path, with forward slashes, sorted. */
async function contentsOf(directory: string): Promise<Map<string, Buffer>> {
  const found = await Promise.all(
    roots.map((root) =>
      readdir(join(directory, root), { recursive: true, withFileTypes: true }).then(
        (entries) =>
          entries
            .filter((entry) => !entry.isDirectory())
            .map(({ parentPath, name }) =>
              join(parentPath, name)
                .slice(directory.length + 1)
                .split(sep)
                .join('/'),
            ),
        () => [root],
      ),
    ),
  )
  const contents = await Promise.all(
    found
      .flat()
      .sort()
      .map(async (path): Promise<[string, Buffer][]> => {
        const content = await readFile(join(directory, path)).catch(() => undefined)
        return content === undefined ? [] : [[path, content]]
      }),
  )
  return new Map(contents.flat())
}

/** Reads the answer of `git ls-tree -z`: "mode blob HASH\tPATH". */
const blobsIn = (listing: string) =>
  new Map(
    listing
      .split('\0')
      .filter(Boolean)
      .map((entry): [string, string] => {
        const [head = '', path = ''] = entry.split('\t', 2)
        return [path, head.split(' ')[2] ?? '']
      }),
  )

/** @param length of the hash: 40 digits are SHA-1, 64 are SHA-256 */
const blobOf = (content: Buffer, length: number) =>
  createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex')

/** The answer of git; null if there is no git, no repository or no commit. */
function git(cwd: string, ...words: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { cwd, maxBuffer: 64 * 1024 * 1024 }
    execFile('git', ['--no-replace-objects', ...words], options, (error, stdout) => resolve(error ? null : stdout))
  })
}
