/** The packed suite in an empty folder: it runs without development dependencies, and knows its commit and what was changed. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../package.json'
import { loadChecklist } from '../support/basis/checklist'
import { sourcesOf } from '../support/basis/sources'
import { requiredScenarios } from '../support/judgement/required'
import type { Verdict } from '../support/record/verdict'
import { root } from './fixtures/features'
import { installPacked, npx } from './fixtures/packed'

let folder: string
const packed = (path = '') => join(folder, 'node_modules', 'dora-acceptance', path)
const withoutCluster = { KUBECONFIG: '/nowhere/config', ACCEPTANCE_CONFIG: '', ACCEPTANCE_REPORTS: '' }

beforeAll(async () => {
  folder = await installPacked()
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed suite', () => {
  it('holds compiled JavaScript, the features and the documentation, and needs no compiler', () => {
    const files = readdirSync(packed(), { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(
      expect.arrayContaining([
        ...['dist/support/cli/main.js', 'dist/features/checklist.yaml', 'dist/features/03-pods.feature'],
        ...['dist/support/report/sign-off/style.css', 'dist/LICENSES.md', 'docs/verdict.md', 'README.md', 'LICENSE'],
      ]),
    )
    expect(files.filter((file) => /\.ts$|^dist\/(tests|sandbox|faults|bench)\b/.test(file))).toEqual([])
    for (const name of ['ts-node', '@swc/core', 'typescript', 'vitest'])
      expect(existsSync(join(folder, 'node_modules', name)), name).toBe(false)
  })

  it('holds the checklist and the scenarios as a checkout reads them', () => {
    const compiled = (name: string) => JSON.parse(readFileSync(packed(`dist/features/${name}`), 'utf8'))
    // Each reading gives the steps other ids.
    const asRead = (scenarios: ReturnType<typeof requiredScenarios>) =>
      scenarios.map(({ pickle, ...scenario }) => ({ ...scenario, steps: pickle.steps.map(({ text }) => text) }))
    expect(compiled('checklist.json')).toEqual(loadChecklist())
    expect(asRead(compiled('scenarios.json'))).toEqual(asRead(requiredScenarios(root)))
  })

  it('uses nothing that Node 20 lacks, but for what node20.cjs brings', async () => {
    const check = execa('npx', ['tsc', '--noEmit', '-p', 'tests/node20/tsconfig.json'], { cwd: root, reject: false })
    expect((await check).stdout).toBe('')
  })

  it('shows its help and its version', async () => {
    expect(await npx(folder, ['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('dora-acceptance run'),
    })
    expect(await npx(folder, ['--version'])).toMatchObject({ exitCode: 0, stdout: version })
  })

  it('lists what it would judge', async () => {
    const { exitCode, stdout } = await npx(folder, ['list', '3'], withoutCluster)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/features\/03-pods\.feature:\d+/),
    })
  })

  it('is blocked without a cluster, and writes its reports where it was started', async () => {
    const { exitCode, all } = await npx(folder, ['run', '3'], withoutCluster)
    expect({ exitCode, all }).toEqual({
      exitCode: 2,
      all: expect.stringContaining('There is no kubeconfig, so there is no cluster to check.'),
    })
    const { suite, problems } = JSON.parse(readFileSync(join(folder, 'reports', 'verdict.json'), 'utf8')) as Verdict
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
    const { changed } = await sourcesOf(root)
    expect({ commit: suite.commit, changed: suite.changedFiles, problems }).toEqual({ commit, changed, problems: [] })
  })

  it('cannot write a configuration without a cluster, and says what to type', async () => {
    const { exitCode, all } = await npx(folder, ['init'], withoutCluster)
    expect({ exitCode, all }).toEqual({ exitCode: 3, all: expect.stringContaining('\n    export KUBECONFIG=PATH') })
  })

  it('says that the sandbox needs a checkout', async () => {
    const { exitCode, all } = await npx(folder, ['sandbox', 'up'])
    expect({ exitCode, all }).toEqual({ exitCode: 3, all: expect.stringContaining('Clone the repository') })
  })

  it('names a file that was changed after it was packed', async () => {
    const path = 'support/cli/main.js'
    appendFileSync(packed(`dist/${path}`), '// changed\n')
    expect((await sourcesOf(packed('dist'))).changed).toContain(path)
  })
})
