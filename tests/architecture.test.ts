/** The layers of docs/architecture.md, held against every import of the code, type imports included. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { wrongDefinitions } from '../sandbox/service/metrics/wrong-definitions'
import { root } from './fixtures/features'

const text = (path: string) => readFileSync(join(root, path), 'utf8')

/** The TypeScript files below a folder, as paths relative to the repository. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.m?ts$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path))
    .sort()
}

interface Import {
  readonly from: string
  /** A file of the repository, or the name of a package. */
  readonly to: string
}

/** All imports of a file: static and dynamic ones, exports of another file, and types. */
function importsOf(from: string): Import[] {
  return ts.preProcessFile(text(from), true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return { from, to: fileName }
    const path = relative(root, resolve(root, dirname(from), fileName))
    const file = [path, `${path}.ts`, `${path}.mts`].find((one) => /\.\w+$/.test(one) && existsSync(join(root, one)))
    return { from, to: file ?? path }
  })
}

const importsBelow = (folder: string) => sources(folder).flatMap(importsOf)
const written = ({ from, to }: Import) => `${from} → ${to}`
const within =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path === folder || path === `${folder}.ts` || path.startsWith(`${folder}/`))

/** The imports below a folder that a rule forbids. */
const breaches = (folder: string, forbidden: (to: string) => boolean) =>
  importsBelow(folder)
    .filter(({ to }) => forbidden(to))
    .map(written)

/** The first circle through each node of a graph, as a path that ends where it began. */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (node: string, way: readonly string[]): void => {
    if (way.includes(node)) circles.push([...way.slice(way.indexOf(node)), node].join(' → '))
    if (way.includes(node) || done.has(node)) return
    for (const next of graph.get(node) ?? []) visit(next, [...way, node])
    done.add(node)
  }
  for (const node of graph.keys()) visit(node, [])
  return circles
}

function graphOf(edges: readonly Import[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of edges) if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to))
  return graph
}

const layered = ['step-definitions', 'support', 'sandbox', 'faults']
const inside = within(...layered)
const edges = layered.flatMap(importsBelow).filter(({ to }) => inside(to))
const betweenFolders = edges.map(({ from, to }) => ({ from: dirname(from), to: dirname(to) }))

/** The folders of the blocks marked "layers" in docs/architecture.md, each from the top to the bottom. */
const documented = [...text('docs/architecture.md').matchAll(/^```layers\n(.*?)^```$/gms)].map(([, block = '']) =>
  block
    .split('\n')
    .flatMap((line) => /^(\S+)\s/.exec(line)?.[1] ?? [])
    .map((folder) => folder.replace(/\/$/, '')),
)

describe('the test itself', () => {
  it('sees the imports that there are, types among them', () => {
    expect(sources('support').length).toBeGreaterThan(30)
    const imported = importsOf('support/platform/kubernetes-api.ts').map(({ to }) => to)
    expect(imported).toEqual(expect.arrayContaining(['undici', 'support/basis/expectation.ts']))
    expect(importsOf('support/platform/platform.ts').map(({ to }) => to)).toContain('support/contracts/contract.ts')
  })

  it('sees a circle', () => {
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ]
    expect(circlesIn(graphOf(circle))).toEqual(['b → c → b'])
    expect(circlesIn(graphOf(circle.slice(0, 2)))).toEqual([])
  })
})

describe('layers', () => {
  it('name every folder that holds code, and no other', () => {
    const folders = new Set(layered.flatMap(sources).map((path) => dirname(path)))
    expect(documented.flat().sort()).toEqual([...folders].sort())
  })

  it('are imported from above only', () => {
    const uphill = documented.flatMap((layers) =>
      edges.filter(({ from, to }) => {
        const [above, below] = [layers.indexOf(dirname(from)), layers.indexOf(dirname(to))]
        return above !== -1 && below !== -1 && below < above
      }),
    )
    expect(uphill.map(written)).toEqual([])
  })

  it('have no circles, neither of files nor of folders', () => {
    expect(circlesIn(graphOf(edges))).toEqual([])
    expect(circlesIn(graphOf(betweenFolders))).toEqual([])
  })
})

describe('imports', () => {
  it.each([
    ['support', ['step-definitions', 'sandbox', 'faults', 'bench', 'tests', 'deploy']],
    ['step-definitions', ['sandbox', 'faults', 'bench', 'tests', 'deploy']],
    ['sandbox', ['support', 'step-definitions', 'features', 'faults', 'bench', 'tests']],
    ['support/stories', ['support/checks']],
    ['support/configuration', ['support/report', 'support/record', 'support/flavours']],
    ['support/platform', ['support/report', 'support/record', 'support/judgement', 'support/diagnosis']],
    ['support/checks', ['support/run', 'support/glue', 'support/report', 'support/record', 'support/judgement']],
    ['support/checks', ['support/flavours']],
    ['support/contracts', ['support/flavours', 'support/platform', 'support/checks', 'support/configuration']],
    ['support/service', ['support/flavours']],
  ])('of %s never lead to %j', (folder, forbidden) => {
    expect(breaches(folder, within(...forbidden))).toEqual([])
  })

  it('of Cucumber stand in the glue, in the run, and in the step definitions', () => {
    const others = sources('support').filter((path) => !within('support/glue', 'support/run')(path))
    const loaded = others.flatMap(importsOf).filter(({ to }) => to.startsWith('@cucumber/cucumber'))
    expect(loaded.map(written)).toEqual([])
  })

  it('of step definitions lead to checks, the service, the words of the contracts, stories and the World', () => {
    const allowed = within(
      '@cucumber/cucumber',
      'support/checks',
      'support/contracts',
      'support/service',
      'support/dora',
      'support/stories',
      'support/glue/world',
    )
    expect(breaches('step-definitions', (to) => !allowed(to))).toEqual([])
  })

  it.each(['support/dora', 'support/diagnosis', 'support/judgement'])('of %s do no input or output', (folder) => {
    const impure = /^node:(?!assert|util|crypto|path)|^(undici|mysql2|graphql-request|@kubernetes|playwright-core)/
    const reading = ['support/judgement/required.ts', 'support/judgement/shard.ts']
    const found = importsBelow(folder).filter(({ from, to }) => !reading.includes(from) && impure.test(to))
    expect(found.map(written)).toEqual([])
  })

  it('of the Kubernetes client take parts of it: its index loads 868 modules', () => {
    expect(
      importsBelow('support')
        .filter(({ to }) => to === '@kubernetes/client-node')
        .map(written),
    ).toEqual([])
  })
})

describe('one door', () => {
  const containing = (pattern: RegExp) => sources('support').filter((path) => pattern.test(text(path)))

  it('leads out of a scenario: only the World attaches', () => {
    expect(containing(/\.attach\(/)).toEqual(['support/glue/world.ts'])
  })

  it('leads to each protocol: requests, statements and browsers are sent by the clients alone', () => {
    const clients = importsBelow('support').filter(({ to }) =>
      /^(undici|mysql2|graphql-request|playwright-core|@kubernetes\/)/.test(to),
    )
    // Kubernetes' quantities, such as 20Gi, are parsed by a pure function of the library.
    const sent = clients.filter(({ to }) => to !== '@kubernetes/client-node/dist/util.js')
    expect(sent.filter(({ from }) => !within('support/platform')(from)).map(written)).toEqual([])
  })
})

describe('the sandbox', () => {
  it('is mentioned in the list of commands, and nowhere else in the suite: it is a cluster like any other', () => {
    const features = readdirSync(join(root, 'features'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(feature|yaml)$/.test(path))
      .map((path) => join('features', path))
    // Chromium has a sandbox of its own.
    const known = ['support/platform/chromium.ts', 'support/cli/commands.ts', 'support/cli/of-checkout.ts']
    const files = [...sources('support'), ...sources('step-definitions'), ...features].filter(
      (path) => !known.includes(path),
    )
    expect(files.filter((path) => /sandbox/i.test(text(path)))).toEqual([])
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

  it('build no command for a cluster at import time, when the context of the run is not known yet', () => {
    const early = sources('support').flatMap((path) => {
      const file = ts.createSourceFile(path, text(path), ts.ScriptTarget.Latest)
      const found: string[] = []
      const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
        const isCommand = ts.isTaggedTemplateExpression(node) && node.tag.getText(file) === 'command'
        if (isCommand && /kubectl|argocd|helm|dora-acceptance/.test(node.getText(file)))
          found.push(`${path}: ${node.getText(file)}`)
        ts.forEachChild(node, visit)
      }
      visit(file)
      return found
    })
    expect(early).toEqual([])
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
