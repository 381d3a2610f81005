#!/usr/bin/env node
/**
 * Starts a program of this repository. In a checkout, which runs TypeScript, it installs the dependencies when they are missing or
 * outdated, then hands over to Node 24, which is one of them. The package holds compiled JavaScript (build.ts) and runs on the
 * machine's own Node. That Node runs this file, so it uses only Node's modules.
 *
 *   node bootstrap.mjs [PROGRAM.ts] [ARGUMENT…]
 *
 * Without a program, the arguments are those of the command line dora-acceptance (support/cli/main.ts).
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const isCheckout = existsSync(join(root, 'tsconfig.json'))

/** Ends with the exit code of an error: 1 would mean a rejected platform. */
function end(sentence) {
  console.error(sentence)
  process.exit(3)
}

process.on('uncaughtException', ({ message }) => end(`The program cannot be started: ${message}`))

const { node, options, program, given, env } = isCheckout
  ? ofCheckout(process.argv.slice(2))
  : ofPackage(process.argv.slice(2))
// A larger young generation: otherwise garbage collection takes a tenth of the time to load about a thousand modules.
const child = spawn(node, ['--max-semi-space-size=64', ...options, program, ...given], {
  cwd: process.cwd(),
  stdio: 'inherit',
  env: { ...process.env, ...env },
})
// The caller may know only this process, so signals are passed on to the program.
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of passedOn) process.on(signal, () => child.kill(signal))
child.on('error', ({ message }) => end(`Node cannot be started: ${message}`))
child.on('exit', (code, signal) => {
  // A program that a signal ended has no exit code. It counts as an error, like every interrupted run.
  if (code === null && passedOn.includes(signal)) process.exit(3)
  if (code === null)
    end(`Node was ended by ${signal}. SIGABRT and SIGKILL usually mean that the machine has too little memory.`)
  // Node has exit codes of its own, such as 9 for an option that it does not know. The sandbox and the faults end with 130 when
  // they are interrupted.
  if (code > 3 && code !== 130) end(`Node ended with exit code ${code}; its reason is above. Check NODE_OPTIONS.`)
  process.exit(code)
})

/** A TypeScript program, compiled as it is loaded. */
function ofCheckout(words) {
  install()
  const [program, ...given] = /\.[cm]?[jt]s$/.test(words[0] ?? '')
    ? words
    : [join('support', 'cli', 'main.ts'), ...words]
  const installedNode = join(modules, '.bin', 'node')
  const hasNode = existsSync(installedNode)
  // Without install scripts, npm does not install Node 24. The machine's own Node will do if it is new enough.
  if (!hasNode && Number.parseInt(process.versions.node, 10) < 24)
    end(
      `Node 24 is missing, because npm ignores install scripts here and this machine has Node ${process.versions.node}: run "npm rebuild node --ignore-scripts=false" in ${root}, or use Node 24.`,
    )
  return {
    node: hasNode ? installedNode : process.execPath,
    options: ['-r', join(root, 'uncaught.cjs'), '-r', join(modules, 'ts-node', 'register', 'index.js')],
    program: join(root, program),
    given,
    env: {
      PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}`,
      NODE_PATH: searchedAlso(modules),
      TS_NODE_PROJECT: join(root, 'tsconfig.json'),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'compiled'),
    },
  }
}

/** The compiled command line. Its compile cache lies beside the code, or nowhere if that cannot be written. */
function ofPackage(given) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    end(`Node ${process.versions.node} is too old: install Node 20.19 or later, for example from https://nodejs.org.`)
  const dist = join(root, 'dist')
  const program = join(dist, 'support', 'cli', 'main.js')
  if (!existsSync(program))
    end(
      `${program} is missing: the package was packed without its script "prepack". Run npm pack without --ignore-scripts.`,
    )
  return {
    node: process.execPath,
    options: ['uncaught.cjs', 'node20.cjs'].flatMap((name) => ['-r', join(dist, name)]),
    program,
    given,
    env: {
      NODE_PATH: searchedAlso(modules, dirname(root)),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache'),
    },
  }
}

/** Where a team's own steps, which may lie anywhere, find the Cucumber of the suite: a second one would not run. */
function searchedAlso(...directories) {
  return [...directories, process.env.NODE_PATH].filter(Boolean).join(delimiter)
}

function install() {
  const installed = join(modules, '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return
  console.error('Installing the dependencies (npm ci); this takes about half a minute the first time …')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) end('npm ci failed. It needs access to an npm registry. Run it by hand to see the error.')
}
