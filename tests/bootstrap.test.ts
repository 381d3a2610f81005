/** Whatever ends Node, the exit code of a program is its own, or 3: 1 would mean a rejected platform. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { beforeEach, describe, expect, it } from 'vitest'
import { root } from './fixtures/features'
import { temporaryDirectory } from './fixtures/reports'

let clone: string
beforeEach(() => {
  clone = temporaryDirectory()
  for (const file of ['bootstrap.mjs', 'uncaught.cjs']) copyFileSync(join(root, file), join(clone, file))
  for (const file of [
    'tsconfig.json',
    'package-lock.json',
    'node_modules/.package-lock.json',
    'node_modules/ts-node/register/index.js',
  ])
    write(file, '')
  mkdirSync(join(clone, 'node_modules', '.bin'))
  symlinkSync(process.execPath, installedNode())
})

const installedNode = () => join(clone, 'node_modules', '.bin', 'node')

function write(path: string, text: string): void {
  const file = join(clone, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function replaceNode(text: string, mode: number): void {
  unlinkSync(installedNode())
  writeFileSync(installedNode(), text)
  chmodSync(installedNode(), mode)
}

/** Runs a program of the clone. */
function run(text: string, ...preloaded: string[]) {
  write('program.cjs', text)
  return execa(process.execPath, [...preloaded, join(clone, 'bootstrap.mjs'), 'program.cjs'], {
    reject: false,
    all: true,
  })
}

it.each([0, 1, 2, 3, 130])('passes on the exit code %s of the program', async (exitCode) => {
  expect(await run(`process.exit(${exitCode})`)).toMatchObject({ exitCode, all: '' })
})

it('outlives a reader that goes away before the end of the output', async () => {
  write('program.cjs', "process.stdout.write('line\\n'.repeat(100_000), () => setImmediate(() => process.exit(2)))")
  const line = `'${process.execPath}' '${join(clone, 'bootstrap.mjs')}' program.cjs | true; echo "\${PIPESTATUS[0]}"`
  expect(await execa('bash', ['-c', line], { all: true })).toMatchObject({ all: '2' })
})

describe('ends with exit code 3 and a sentence, without a stack trace,', () => {
  it.each([
    ['a syntax error', 'const = 1', /^The program broke: Unexpected token '='$/m],
    ['a missing module', "require('no-such-module')", /: Cannot find module 'no-such-module'/],
    ['an error that nobody catches', "throw new Error('x\\u001b[2Jy\\u202e')", /: x\\u\{1b\}\[2Jy\\u\{202e\}$/m],
    ['a rejection that nobody handles', "Promise.reject(new Error('no route'))", /: no route$/m],
    ['a thrown object', 'throw { status: 403 }', /: \{ status: 403 \}$/m],
  ])('after %s', async (_, text, sentence) => {
    const { exitCode, all } = await run(text)
    expect({ exitCode, all }).toEqual({ exitCode: 3, all: expect.stringMatching(sentence) })
    expect(all).not.toMatch(/\n\s+at /)
  })

  it('after a mistake in the settings of the compiler', async () => {
    write('node_modules/ts-node/register/index.js', "throw new Error('tsconfig.json: expected a comma')")
    const { exitCode, all } = await run('')
    expect({ exitCode, all }).toEqual({ exitCode: 3, all: expect.stringContaining('tsconfig.json: expected a comma') })
  })

  it.each([
    ['does not know an option', 'exit 9', 'Node ended with exit code 9; its reason is above. Check NODE_OPTIONS.'],
    ['runs out of memory', 'kill -ABRT $$', 'Node was ended by SIGABRT.'],
    ['is killed by the machine', 'kill -KILL $$', 'Node was ended by SIGKILL.'],
  ])('where Node %s', async (_, script, sentence) => {
    replaceNode(`#!/bin/sh\n${script}\n`, 0o755)
    const { exitCode, all } = await run('')
    expect({ exitCode, all }).toEqual({ exitCode: 3, all: expect.stringContaining(sentence) })
  })

  it('where Node cannot be run', async () => {
    replaceNode('', 0o644)
    expect(await run('')).toMatchObject({ exitCode: 3, all: expect.stringContaining('Node cannot be started: ') })
  })
})

describe('without the Node of npm, because npm ignores install scripts,', () => {
  /** A module that makes this Node look like another version. */
  function looksLike(version: string): string {
    write('version.cjs', `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`)
    return join(clone, 'version.cjs')
  }

  it('uses a Node of the machine that is new enough', async () => {
    unlinkSync(installedNode())
    expect(await run('process.exit(2)', '-r', looksLike('24.0.0'))).toMatchObject({ exitCode: 2, all: '' })
  })

  it('says in one sentence what to do where the Node of the machine is too old, with exit code 3', async () => {
    unlinkSync(installedNode())
    const { exitCode, all } = await run('', '-r', looksLike('20.20.2'))
    expect({ exitCode, all }).toEqual({
      exitCode: 3,
      all: expect.stringMatching(
        /^Node 24 is missing, .*run "npm rebuild node --ignore-scripts=false" in \S+, or use Node 24\.$/,
      ),
    })
  })
})
