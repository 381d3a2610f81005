/**
 * Runs a TypeScript program of this repository on a bare checkout: installs the dependencies when they are missing or outdated,
 * then hands over to Node 24, which is one of them. The machine's own Node runs this file, so it uses only Node's modules.
 *
 *   node bootstrap.mjs PROGRAM.ts [ARGUMENT…]
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const installed = join(modules, '.package-lock.json')

const isInstalled = () =>
  existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs

if (!isInstalled()) {
  console.error('Installing the dependencies (npm ci); this takes about half a minute the first time …')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) {
    console.error('npm ci failed. It needs access to an npm registry. Run it by hand to see the error.')
    process.exit(3)
  }
}

const [program, ...given] = process.argv.slice(2)
const node = join(modules, '.bin', 'node')
// A larger young generation: otherwise garbage collection takes a tenth of the time to load about a thousand modules.
const options = ['--max-semi-space-size=64', '-r', join(modules, 'ts-node', 'register', 'index.js')]
const child = spawn(existsSync(node) ? node : process.execPath, [...options, join(root, program), ...given], {
  cwd: process.cwd(),
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}`,
    TS_NODE_PROJECT: join(root, 'tsconfig.json'),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'compiled'),
  },
})
// The caller may know only this process, so signals are passed on to the program.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
// A program that a signal ended has no exit code. It counts as an error, like every interrupted run.
child.on('exit', (code) => process.exit(code ?? 3))
