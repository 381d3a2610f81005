/**
 * A run under the conditions of the image: the packed suite, no development dependencies, and a user who
 * can write only the reports and /tmp. The image itself is not built, because that needs Docker.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { sandboxEnvironment } from '../../faults/runs/sandbox'
import type { Verdict } from '../../support/record/verdict'
import { root } from '../fixtures/features'
import { packInto } from '../fixtures/packed'

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
const lines = (instruction: string) =>
  [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, given = '']) => given)
const user = 1000

let place: string

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'image-'))
  chmodSync(place, 0o755)
  const suite = join(place, 'suite')
  mkdirSync(suite)
  await execa('tar', ['-xzf', await packInto(place), '-C', suite, '--strip-components=1'])
  cpSync(join(root, 'package-lock.json'), join(suite, 'package-lock.json'))
  const [npm = ''] = lines('RUN')
    .flatMap((given) => given.split('&&'))
    .filter((given) => given.includes('npm ci --omit=dev'))
  await execa('sh', ['-c', npm], { cwd: suite })
  cpSync(join(root, 'node_modules/node/bin/node'), join(place, 'node'))
  for (const writable of ['reports', 'tmp']) {
    mkdirSync(join(place, writable))
    chownSync(join(place, writable), user, user)
  }
}, 300_000)

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe('the run of the image', () => {
  it('needs neither development dependencies nor Java', () => {
    expect(existsSync(join(place, 'suite/node_modules/vitest'))).toBe(false)
    expect(dockerfile).not.toMatch(/\b(jre|jdk|java)\b(?!.*#)/)
  })

  it('is partial with exit code 0 for a user who can write only the reports and /tmp', async () => {
    const environment = await sandboxEnvironment()
    const {
      writes: _,
      attestations: __,
      certificateAuthority,
      ...configuration
    } = parse(readFileSync(environment.ACCEPTANCE_CONFIG ?? '', 'utf8'))
    const authority = readFileSync(resolve(dirname(environment.ACCEPTANCE_CONFIG ?? ''), certificateAuthority))
    const legible = (name: string, content: string | Buffer) => {
      writeFileSync(join(place, name), content, { mode: 0o644 })
      return join(place, name)
    }
    const [entrypoint = '[]'] = lines('ENTRYPOINT')
    const [, ...program] = [...(JSON.parse(entrypoint) as string[]), 'run']
    const { exitCode, all } = await execa(join(place, 'node'), [...program, '--tags', '@section:0 or @section:7'], {
      cwd: join(place, 'suite'),
      uid: user,
      gid: user,
      extendEnv: false,
      env: {
        KUBECONFIG: legible('kubeconfig', readFileSync(environment.KUBECONFIG ?? '')),
        ACCEPTANCE_CONFIG: legible(
          'acceptance.yaml',
          stringify({ ...configuration, certificateAuthority: legible('authority.pem', authority) }),
        ),
        PATH: '/usr/bin:/bin',
        HOME: join(place, 'tmp'),
        TMPDIR: join(place, 'tmp'),
        NODE_COMPILE_CACHE: join(place, 'tmp', 'compiled'),
        ACCEPTANCE_REPORTS: join(place, 'reports'),
      },
      all: true,
      reject: false,
    })
    expect(exitCode, all).toBe(0)
    const verdict = JSON.parse(readFileSync(join(place, 'reports', 'verdict.json'), 'utf8')) as Verdict
    expect(verdict).toMatchObject({
      verdict: 'partial',
      problems: [],
      suite: { commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    })
    expect(verdict.items.filter(({ status }) => status === 'passed').length).toBeGreaterThan(10)
  })
})
