/** Formatters of Cucumber print no command of a CI system, in whatever pieces they write it. All other text stays as it is. */
import { PassThrough } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { formatterOutput } from '../../../support/report/own-format'

const shown = async (...chunks: string[]) => {
  const terminal = new PassThrough()
  const output = formatterOutput(terminal as unknown as NodeJS.WriteStream)
  for (const chunk of chunks) output.write(chunk)
  await new Promise<void>((resolve) => void output.end(resolve))
  terminal.end()
  return textOf(terminal)
}

it.each([
  [['a\n    ::error::b\n'], 'a\n    \\u003a:error::b\n'],
  [['a\n  ', ':', ':stop-commands::x'], 'a\n  \\u003a:stop-commands::x'],
  [['x ##vso[task', '.setvariable]'], 'x \\u0023#vso[task.setvariable]'],
  [['\u001b[31mred\u001b[0m a::b ', '...'], '\u001b[31mred\u001b[0m a::b ...'],
])('%j is printed as %j', async (chunks, expected) => {
  expect(await shown(...chunks)).toBe(expected)
})

it('a terminal of a person gets everything at once', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.WriteStream
  expect(formatterOutput(terminal)).toBe(terminal)
})

it('nothing is printed where nobody asked for it', async () => {
  const output = formatterOutput(undefined)
  await new Promise<void>((resolve) => void output.end('::error::x', resolve))
  expect(output.writableFinished).toBe(true)
})
