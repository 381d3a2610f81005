/** Dependencies point one way: features → step-definitions → support, and inside support towards what is pure. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { wrongDefinitions } from '../sandbox/service/metrics/wrong-definitions'
import { root } from './fixtures/features'

/** Paths of the TypeScript below a folder, relative to the repository. */
function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?ts$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path))
    .sort()
}

const text = (path: string) => readFileSync(join(root, path), 'utf8')

interface Import {
  readonly from: string
  /** A path in the repository, without its extension, or the name of a package. */
  readonly to: string
}

function importsOf(from: string): Import[] {
  return ts.preProcessFile(text(from), true, true).importedFiles.map(({ fileName }) => ({
    from,
    to: fileName.startsWith('.') ? relative(root, resolve(root, dirname(from), fileName)) : fileName,
  }))
}

const importsBelow = (folder: string) => sources(folder).flatMap(importsOf)
const written = ({ from, to }: Import) => `${from} → ${to}`
const within =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`))

/** The imports below a folder that a rule does not allow. */
const breaches = (folder: string, forbidden: (to: string) => boolean) =>
  importsBelow(folder)
    .filter(({ to }) => forbidden(to))
    .map(written)

const own = (to: string) => existsSync(join(root, to)) || existsSync(join(root, `${to}.ts`))

describe('the test itself', () => {
  it('sees the imports that there are', () => {
    expect(sources('support').length).toBeGreaterThan(30)
    expect(importsOf('step-definitions/pods.ts').map(({ to }) => to)).toEqual([
      '@cucumber/cucumber',
      'support/checks/pods',
      'support/contracts/contract',
      'support/world',
    ])
    expect(importsOf('support/platform/kubernetes-api.ts').map(({ to }) => to)).toContain('support/expectation')
  })
})

describe('imports', () => {
  it('of the suite never lead to the sandbox, the faults, the benchmarks or the tests', () => {
    const outside = within('sandbox', 'faults', 'bench', 'tests', 'deploy')
    expect(breaches('support', outside)).toEqual([])
    expect(breaches('step-definitions', outside)).toEqual([])
  })

  it('of the sandbox never lead to the suite', () => {
    expect(breaches('sandbox', within('support', 'step-definitions', 'features', 'faults', 'bench', 'tests'))).toEqual(
      [],
    )
  })

  it('of step definitions lead to checks, to the words of the contracts, and to the World', () => {
    const allowed = within(
      '@cucumber/cucumber',
      'support/checks',
      'support/contracts/contract',
      'support/world',
      'support/dora',
      'support/stories/story-sentences',
    )
    expect(breaches('step-definitions', (to) => !allowed(to))).toEqual([])
  })

  it('of support never lead to the step definitions', () => {
    expect(breaches('support', within('step-definitions'))).toEqual([])
  })

  it('of the checks never lead to the reports, the run, or Cucumber', () => {
    expect(
      breaches('support/checks', within('support/report', 'support/acceptance', 'support/world', '@cucumber')),
    ).toEqual([])
  })

  it('of the clients never lead to the checks, the run, or Cucumber', () => {
    expect(
      breaches(
        'support/platform',
        within('support/checks', 'support/acceptance', 'support/world', 'support/session', '@cucumber'),
      ),
    ).toEqual([])
  })

  it('of the contracts lead to nothing of the platform', () => {
    expect(
      breaches(
        'support/contracts',
        within('support/platform', 'support/checks', 'support/configuration', 'support/report'),
      ),
    ).toEqual([])
  })

  it.each(['support/dora', 'support/diagnosis'])('of %s lead to nothing that does input or output', (folder) => {
    const impure = /^node:(?!assert|util)|^(undici|mysql2|graphql-request|@kubernetes|playwright-core|@cucumber)/
    expect(
      breaches(folder, (to) => impure.test(to) || within('support/platform', 'support/report', 'support/session')(to)),
    ).toEqual([])
  })

  it('of the ledger and what it needs do no input or output', () => {
    const pure = [
      'judgement/ledger',
      'judgement/derived',
      'judgement/causes',
      'record/verdict',
      'record/scenario-run',
    ].map((name) => `support/${name}.ts`)
    const impure = pure
      .flatMap(importsOf)
      .filter(({ to }) => !own(to) && to !== 'node:crypto')
      .map(written)
    expect(impure).toEqual([])
  })

  it('go round in no circle, types left out', () => {
    const edges = new Map(
      sources('support').map((path) => [
        path,
        ts
          .preProcessFile(ts.transpile(text(path), { module: ts.ModuleKind.ESNext, verbatimModuleSyntax: false }))
          .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
          .map(({ fileName }) => relative(root, resolve(root, dirname(path), fileName)))
          .map((to) => [`${to}.ts`, `${to}/index.ts`].find((file) => existsSync(join(root, file))) ?? to),
      ]),
    )
    const circle = (path: string, way: readonly string[]): string[] | undefined => {
      if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
      for (const next of edges.get(path) ?? []) {
        const found = circle(next, [...way, path])
        if (found) return found
      }
      edges.set(path, [])
      return undefined
    }
    expect([...edges.keys()].flatMap((path) => circle(path, [])?.join(' → ') ?? [])).toEqual([])
  })
})

describe('the sandbox', () => {
  it('is mentioned nowhere in the suite: it is a cluster like any other', () => {
    const mentions = [...sources('support'), ...sources('step-definitions')].filter((path) =>
      /sandbox/i.test(text(path)),
    )
    expect(mentions).toEqual([])
    const features = readdirSync(join(root, 'features'), { recursive: true, encoding: 'utf8' })
    const inFeatures = features.filter(
      (path) => /\.(feature|yaml)$/.test(path) && /sandbox/i.test(text(join('features', path))),
    )
    expect(inFeatures).toEqual([])
  })
})

describe('files', () => {
  const all = ['support', 'step-definitions', 'sandbox', 'faults', 'bench', 'tests'].flatMap(sources)

  it('are named after their subject', () => {
    expect(all.filter((path) => /(^|\/)(utils?|helpers?|commons?|managers?|misc|shared)(\.|\/|-)/i.test(path))).toEqual(
      [],
    )
  })

  it('of the suite have 300 lines or fewer', () => {
    const long = [...sources('support'), ...sources('step-definitions')].flatMap((path) => {
      const lines = text(path).trimEnd().split('\n').length
      return lines > 300 ? [`${path}: ${lines}`] : []
    })
    expect(long).toEqual([])
  })

  it('silence no error of the type checker', () => {
    const silenced = /@ts-(ignore|nocheck|expect-error)/
    const own = join('tests', 'architecture.test.ts')
    expect(all.filter((path) => path !== own && silenced.test(text(path)))).toEqual([])
  })

  it('do nothing at import time in step definitions but define', () => {
    const stray = sources('step-definitions').flatMap((path) =>
      ts
        .createSourceFile(path, text(path), ts.ScriptTarget.Latest)
        .statements.filter(
          (statement) =>
            ts.isExpressionStatement(statement) &&
            !/^\s*(Given|When|Then)\(/.test(text(path).slice(statement.pos, statement.end).trim()),
        )
        .map((statement) => `${path}: ${text(path).slice(statement.pos, statement.end).trim().slice(0, 80)}`),
    )
    expect(stray).toEqual([])
  })
})

describe('the ways in which the service can be wrong', () => {
  it('are known to nothing that judges it', () => {
    const judging = ['features', 'step-definitions', 'support'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    expect(judging.length).toBeGreaterThan(100)
    const names = Object.keys(wrongDefinitions)
    const knowing = judging.filter((path) => {
      const content = readFileSync(path, 'utf8')
      return names.some((name) => content.includes(name))
    })
    expect(knowing).toEqual([])
  })
})
