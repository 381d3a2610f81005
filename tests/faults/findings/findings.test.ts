/** The findings that the suite can make, by its syntax, and those that a process made, by its coverage. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reached } from '../../../faults/findings/coverage'
import { MadeFindings } from '../../../faults/findings/made-findings'
import { positionsIn } from '../../../faults/findings/positions'
import { root } from '../../fixtures/features'

const texts = (source: string) => positionsIn('x.ts', source).map(({ text }) => text)

describe('the places that make findings', () => {
  it('are the literals with a summary and an expectation, in outcomes and in lists', () => {
    const source = `
      if (a) throw new Unmet({ summary: 'A is wrong.', object, expected: 'x', found: 'y' })
      const list = items.map((item) => ({ summary: \`\${item} is too old.\`, object, expected: 'x', found: 'y' }))
      const other = { title: 'no finding', expected: 1 }`
    expect(texts(source)).toEqual(["'A is wrong.'", `\`\${item} is too old.\``])
  })

  it('are the calls of a function that makes findings in the words of its callers', () => {
    const source = `
      const problem = (what: string) => ({ summary: \`\${object} \${what}.\`, object, expected: 'x', found: 'y' })
      if (a) return problem('is late')
      return problem('is missing')`
    expect(texts(source)).toEqual(["problem('is late')", "problem('is missing')"])
  })

  it('number some hundred in the suite', () => {
    expect(new MadeFindings(root).positions.length).toBeGreaterThan(200)
  })
})

describe('a run', () => {
  const source = `
function check(value: number): { summary: string; expected: string } | undefined {
  if (value > 1) return { summary: 'too large', expected: '1' }
  if (value < 0) {
    return { summary: 'negative', expected: '0' }
  }
  return undefined
}
function never() { return { summary: 'never', expected: '' } }
for (const value of process.argv.slice(2)) console.log(check(Number(value))?.summary, typeof never)`

  async function madeBy(...values: string[]): Promise<string[]> {
    const directory = mkdtempSync(join(tmpdir(), 'findings-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    mkdirSync(join(directory, 'coverage'))
    writeFileSync(join(directory, 'check.ts'), source)
    const env = {
      ...process.env,
      NODE_V8_COVERAGE: join(directory, 'coverage'),
      TS_NODE_PROJECT: join(root, 'tsconfig.json'),
    }
    const register = ['-r', join(root, 'node_modules', 'ts-node', 'register', 'transpile-only.js')]
    await promisify(execFile)('node', [...register, join(directory, 'check.ts'), ...values], { env, cwd: root })
    const positions = positionsIn('check.ts', source)
    return readdirSync(join(directory, 'coverage')).flatMap((file) =>
      reached(readFileSync(join(directory, 'coverage', file), 'utf8'), positions, directory).map(({ text }) => text),
    )
  }

  it.each([
    [['2'], ["'too large'"]],
    [['-1'], ["'negative'"]],
    [['1'], []],
    [
      ['-1', '2'],
      ["'too large'", "'negative'"],
    ],
  ])('with %j makes %j', async (values, made) => {
    expect(await madeBy(...values)).toEqual(made)
  })
})
