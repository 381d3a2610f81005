/**
 * `npm pack` (as prepack): builds dist, the suite as compiled JavaScript in the layout of the checkout. The code and the libraries
 * that it uses are bundled into few files, because loading thousands of them takes longer than a whole section of the checklist.
 * Dependencies of the package are not bundled: programs, and Cucumber, whose copy a team's own steps share.
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'tinyglobby'
import { build as bundle, type Plugin } from 'vite'
import { dependencies } from './package.json'
import { loadChecklist } from './support/basis/checklist'
import { buildFile, digestsOf, sourcesOf } from './support/basis/sources'
import { requiredScenarios } from './support/judgement/required'

const root = __dirname
const into = join(root, 'dist')
/** Files that a package reads as they are. */
const copied = ['features', 'support', 'package.json', 'cucumber.js', 'uncaught.cjs', 'node20.cjs']

async function build(): Promise<void> {
  rmSync(into, { recursive: true, force: true })
  for (const part of copied)
    cpSync(join(root, part), join(into, part), { recursive: true, filter: (file) => !file.endsWith('.ts') })
  const compiled = { 'scenarios.json': requiredScenarios(root), 'checklist.json': loadChecklist() }
  for (const [name, content] of Object.entries(compiled))
    writeFileSync(join(into, 'features', name), JSON.stringify(content))
  await bundle({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [replacing],
    // Of ES modules only; yargs would extend a configuration by it.
    define: { 'import.meta.resolve': 'undefined' },
    ssr: { noExternal: true, external: Object.keys(dependencies) },
    build: {
      ssr: true,
      target: 'node20',
      outDir: into,
      emptyOutDir: false,
      license: { fileName: 'LICENSES.md' },
      rolldownOptions: {
        input: Object.fromEntries(loaded().map((path) => [path.replace(/\.ts$/, ''), join(root, path)])),
        // The client of Kubernetes does not say that its hundreds of models can be left out.
        treeshake: { moduleSideEffects: [{ test: /@kubernetes[\\/]client-node/, sideEffects: false }] },
        output: {
          format: 'cjs',
          exports: 'named',
          entryFileNames: '[name].js',
          chunkFileNames: 'support/code/[name].js',
          keepNames: true,
        },
      },
    },
  })
  const { commit, changed } = await sourcesOf(root)
  // A build outside of a checkout, as that of the image, is told the commit.
  const built = { commit: commit ?? (process.env.ACCEPTANCE_COMMIT || null), changed, files: await digestsOf(into) }
  writeFileSync(join(into, buildFile), `${JSON.stringify(built, null, 2)}\n`)
}

/** Modules that take long to load for what the suite does not use, each with what stands for it. */
const replacements = [
  // The generated API, for forwards to Services and Deployments: the suite forwards to pods.
  {
    source: './gen/index.js',
    importer: 'client-node/dist/portforward.js',
    by: 'export const AppsV1Api = undefined, CoreV1Api = undefined',
  },
  // The width of emoji: the help has none.
  {
    source: 'string-width',
    importer: '',
    by: "import { stripVTControlCharacters } from 'node:util'\nexport default (text) => stripVTControlCharacters(text).length",
  },
]
const replacing: Plugin = {
  name: 'replacing',
  enforce: 'pre',
  resolveId(source, importer = '') {
    const at = replacements.findIndex((one) => one.source === source && importer.endsWith(one.importer))
    return at < 0 ? undefined : `\0replacement ${at}`
  },
  load: (id) => replacements.find((_, at) => id === `\0replacement ${at}`)?.by,
}

/** The modules that are loaded by their paths: the command line, and what Cucumber requires. */
function loaded(): string[] {
  const { default: profile } = require('./cucumber.js') as { default: { require: string[] } }
  return ['support/cli/main.ts', ...globSync(profile.require, { cwd: root }).sort()]
}

build().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`dist could not be built: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(3)
  },
)
