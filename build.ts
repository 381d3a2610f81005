/**
 * `npm pack` (as prepack): builds dist, the suite as compiled JavaScript in the layout of the checkout. ts-node compiles the files,
 * so the package runs the same code as the checkout.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { create } from 'ts-node'
import { buildFile, digestsOf, sourcesOf } from './support/basis/sources'

const root = __dirname
const into = join(root, 'dist')
/** The files that a package runs. */
const parts = ['features', 'step-definitions', 'support', 'package.json', 'cucumber.js', 'uncaught.cjs', 'node20.cjs']

async function build(): Promise<void> {
  rmSync(into, { recursive: true, force: true })
  for (const part of parts)
    cpSync(join(root, part), join(into, part), { recursive: true, filter: (file) => !file.endsWith('.ts') })
  const compiler = create({ cwd: root, project: join(root, 'tsconfig.json') })
  for (const path of typeScriptFiles()) {
    const code = compiler.compile(readFileSync(join(root, path), 'utf8'), join(root, path))
    const file = join(into, path.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(file), { recursive: true })
    // The source map holds paths of this machine.
    writeFileSync(file, code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'))
  }
  const { commit, changed } = await sourcesOf(root)
  // A build outside of a checkout, as that of the image, is told the commit.
  const built = { commit: commit ?? (process.env.ACCEPTANCE_COMMIT || null), changed, files: await digestsOf(into) }
  writeFileSync(join(into, buildFile), `${JSON.stringify(built, null, 2)}\n`)
}

const typeScriptFiles = (): string[] =>
  parts
    .slice(1, 3)
    .flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((path) => join(part, path)),
    )
    .filter((path) => path.endsWith('.ts'))

build().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`dist could not be built: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(3)
  },
)
