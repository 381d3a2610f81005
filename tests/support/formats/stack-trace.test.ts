/** Errors of the service are shown without stack traces. */
import { describe, expect, it } from 'vitest'
import { withoutStackTrace } from '../../../support/formats/stack-trace'

const frames = 'attached stack trace\n  -- stack trace:\n  | main.serve\n  | \t/app/main.go:12'

describe('the body of an error response', () => {
  it.each([
    ['wrapped errors and frames', { success: false, message: `no project\n(1) ${frames}\nWraps: (2) not found` }],
    [
      'wrapped errors and types',
      { success: false, message: 'no project\nWraps: (2) not found\nError types: (1) *a (2) *b' },
    ],
    ['frames', { success: false, message: `no project\n${frames}` }],
  ])('keeps the message without %s', (_, body) => {
    expect(JSON.parse(withoutStackTrace(JSON.stringify(body)))).toEqual({ success: false, message: 'no project' })
  })

  it('keeps every line of the message', () => {
    const message = "Key: 'Id' is required\n  | Key: 'Title' is required"
    expect(JSON.parse(withoutStackTrace(JSON.stringify(`${message}\nWraps: (2) ${message}`)))).toBe(message)
  })

  // ENABLE_STACKTRACE=true: DevLake drops the line before the first trace, so the reason stands behind the trace.
  it.each([
    ['an error', `${frames}\nWraps: (2) no project\nWraps: (3) ${frames}\nWraps: (4) not found\nError types: (1) *a`],
    ['an error that was wrapped without a text', `${frames}\nWraps: (2)\nWraps: (3) no project\nError types: (1) *a`],
    ['an error that was wrapped twice', `${frames}\nWraps: (2) ${frames}\nWraps: (3) no project\nError types: (1) *a`],
  ])('has the reason of %s that begins with a stack trace', (_, message) => {
    expect(JSON.parse(withoutStackTrace(JSON.stringify({ success: false, message, causes: ['not found'] })))).toEqual({
      success: false,
      message: 'no project',
      causes: ['not found'],
    })
    expect(JSON.parse(withoutStackTrace(JSON.stringify(message)))).toBe('no project')
  })

  it('has the first of its causes if the message is a stack trace alone', () => {
    const body = { success: false, message: frames, causes: ['not found (404)'] }
    expect(JSON.parse(withoutStackTrace(JSON.stringify(body)))).toMatchObject({ message: 'not found (404)' })
  })

  it('keeps every line of a reason behind a stack trace', () => {
    const message = `${frames}\nWraps: (2) Key: 'Id' is required\n  | Key: 'Title' is required\nError types: (1) *a`
    expect(JSON.parse(withoutStackTrace(JSON.stringify(message)))).toBe(
      "Key: 'Id' is required\n  | Key: 'Title' is required",
    )
  })

  it('may be plain text', () => {
    expect(withoutStackTrace('panic: nil\n\ngoroutine 17 [running]:\nmain.main()')).toBe('panic: nil')
  })

  it.each(['', 'no such page', '{"message":"(1) of 3 failed"}', '{"error":{"code":"NO_DATA"}}', '[1]', '<html>'])(
    'is unchanged without a stack trace: %s',
    (body) => {
      expect(withoutStackTrace(body)).toBe(body)
    },
  )
})
