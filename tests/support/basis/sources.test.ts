/** A changed checkout is not the commit: every way of changing it is found, with git and without it. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Sources, sourcesOf } from '../../../support/basis/sources'
import { root } from '../../fixtures/features'
import { temporaryDirectory } from '../../fixtures/reports'

let directory: string
let clean: Sources
const at = (path: string) => join(directory, path)
const git = (...words: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=Jo', '-c', 'user.email=jo@example.org', ...words], {
    cwd: directory,
    encoding: 'utf8',
  })

beforeEach(async () => {
  directory = temporaryDirectory()
  for (const folder of ['support/checks', 'features', 'docs', 'node_modules'])
    mkdirSync(at(folder), { recursive: true })
  for (const path of ['support/checks/pods.ts', 'features/03-pods.feature', 'package.json', 'docs/x.md', '.gitignore'])
    writeFileSync(at(path), `content of ${path}\n`)
  writeFileSync(at('.gitignore'), 'support/local.ts\nnode_modules\n')
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'First')
  clean = await sourcesOf(directory)
})

describe('the sources of the suite', () => {
  it('are those of the commit in a clean checkout', () => {
    expect(clean).toEqual({
      commit: git('rev-parse', 'HEAD').trim(),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      changed: [],
    })
  })

  it('include every file that goes into the package and its image', async () => {
    const copied = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? [])
      .filter((path) => !['docs', 'README.md', 'LICENSE'].includes(path))
    expect(copied.length).toBeGreaterThan(5)
    const paths = copied.map((path) => (path.includes('.') ? path : `${path}/new.ts`))
    for (const path of paths) {
      mkdirSync(join(at(path), '..'), { recursive: true })
      writeFileSync(at(path), 'changed')
    }
    expect((await sourcesOf(directory)).changed).toEqual([...paths].sort())
  })

  it.each<[string, () => void, string[]]>([
    ['edited', () => appendFileSync(at('support/checks/pods.ts'), '//'), ['support/checks/pods.ts']],
    ['added', () => writeFileSync(at('features/04.feature'), 'x'), ['features/04.feature']],
    ['added where git ignores it', () => writeFileSync(at('support/local.ts'), 'x'), ['support/local.ts']],
    ['deleted', () => rmSync(at('features/03-pods.feature')), ['features/03-pods.feature']],
    [
      'renamed',
      () => renameSync(at('support/checks/pods.ts'), at('support/pods.ts')),
      ['support/checks/pods.ts', 'support/pods.ts'],
    ],
    [
      'staged',
      () => {
        appendFileSync(at('package.json'), ' ')
        git('add', 'package.json')
      },
      ['package.json'],
    ],
    [
      'assumed unchanged',
      () => {
        git('update-index', '--assume-unchanged', 'package.json')
        appendFileSync(at('package.json'), ' ')
      },
      ['package.json'],
    ],
  ])('are named if one of them was %s', async (_, change, changed) => {
    change()
    const sources = await sourcesOf(directory)
    expect(sources).toMatchObject({ commit: clean.commit, changed })
    expect(sources.sha256).not.toBe(clean.sha256)
  })

  it('do not include files that a run does not use', async () => {
    appendFileSync(at('docs/x.md'), 'x')
    writeFileSync(at('node_modules/x.js'), 'x')
    expect(await sourcesOf(directory)).toEqual(clean)
  })

  it('have a digest without git too, but no commit, and not that of a repository around them', async () => {
    rmSync(at('.git'), { recursive: true })
    expect(await sourcesOf(directory)).toEqual({ commit: null, sha256: clean.sha256, changed: null })
    git('init', '--quiet')
    git('add', 'docs')
    git('commit', '--quiet', '--message', 'Another repository')
    expect(await sourcesOf(directory)).toEqual({ commit: null, sha256: clean.sha256, changed: null })
  })
})
