/** A run that cannot begin: what it blocks, and what is refused before anything is asked. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../support/record/verdict'
import { writeKubeconfig } from '../../fixtures/cluster-access'
import { root } from '../../fixtures/features'
import { temporaryDirectory } from '../../fixtures/reports'

const suite = (words: readonly string[], env: Readonly<Record<string, string>>) =>
  execa(process.execPath, ['-r', 'ts-node/register', 'support/cli/main.ts', ...words], {
    cwd: root,
    env: { ACCEPTANCE_CONFIG: '', ...env },
    all: true,
    reject: false,
  })

/** A kubeconfig for a server that counts what it is asked. */
async function counted() {
  const directory = temporaryDirectory()
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.statusCode = 503
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const KUBECONFIG = writeKubeconfig(directory, `http://127.0.0.1:${port}`)
  return { directory, KUBECONFIG, asked: () => asked, close: () => server.close() }
}

it.each([
  ['there is no kubeconfig', () => '/nonexistent/config'],
  ['the cluster does not answer', (directory: string) => writeKubeconfig(directory, 'http://127.0.0.1:1')],
])('blocks what was asked for, and nothing else, where %s', async (_, kubeconfigIn) => {
  const directory = temporaryDirectory()
  const reports = join(directory, 'reports')
  const { exitCode } = await suite(['run', '3.1', '4'], {
    KUBECONFIG: kubeconfigIn(directory),
    ACCEPTANCE_REPORTS: reports,
  })
  expect(exitCode).toBe(2)
  const { items, causes, verdict } = JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')) as Verdict
  const proven = items.filter(({ how }) => how !== 'derived')
  const blocked = proven.filter(({ status }) => status === 'blocked').map(({ id }) => id)
  expect(verdict).toBe('blocked')
  expect(blocked.filter((id) => !id.startsWith('4.'))).toEqual(['3.1'])
  expect(blocked.length).toBeGreaterThan(1)
  const others = proven.filter(({ id, status }) => !blocked.includes(id) && status !== 'not applicable')
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['not run']))
  expect(causes.map(({ items }) => items)).toEqual([blocked])
})

describe('a reports directory that cannot be written', () => {
  it.each([
    ['run', [], 'a file in its place', (path: string) => writeFileSync(path, '')],
    ['watch', [], 'a file in its place', (path: string) => writeFileSync(path, '')],
    [
      'run',
      [],
      'a directory in the place of a report',
      (path: string) => mkdirSync(join(path, 'junit.xml'), { recursive: true }),
    ],
    ['merge', ['nosuch'], 'a file in its place', (path: string) => writeFileSync(path, '')],
  ])('is named by %s before anything is asked%o: %s', async (command, words, _, spoil) => {
    const { directory, KUBECONFIG, asked, close } = await counted()
    const reports = join(directory, 'reports')
    spoil(reports)
    const { exitCode, all } = await suite([command, ...words], { KUBECONFIG, ACCEPTANCE_REPORTS: reports })
    close()
    expect(all).toMatch(/^(! )?The reports could not be written to .*: expected a /)
    expect({ exitCode, asked: asked() }).toEqual({ exitCode: 3, asked: 0 })
  })
})

it('refuses a misspelt environment variable before anything is asked', async () => {
  const { KUBECONFIG, asked, close } = await counted()
  const { exitCode, all } = await suite(['list', '--cluster'], { KUBECONFIG, ACCEPTANCE_CONTXT: 'staging' })
  close()
  expect(all).toMatch(
    /^The environment variable ACCEPTANCE_CONTXT means nothing here\. Did you mean ACCEPTANCE_CONTEXT\?/,
  )
  expect({ exitCode, asked: asked() }).toEqual({ exitCode: 3, asked: 0 })
})
