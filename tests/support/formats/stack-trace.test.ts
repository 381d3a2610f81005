/** An error of the service is shown without where in its code it came from. */
import { describe, expect, it } from 'vitest'
import { withoutStackTrace } from '../../../support/formats/stack-trace'

const frames = 'attached stack trace\n  -- stack trace:\n  | main.serve\n  | \t/app/main.go:12'

describe('the body of an error', () => {
  it.each([
    ['DevLake’s message', { success: false, message: `no project\n(1) ${frames}\nWraps: (2) not found` }],
    ['its causes', { success: false, message: 'no project\nWraps: (2) not found\nError types: (1) *a (2) *b' }],
    ['frames alone', { success: false, message: `no project\n${frames}` }],
  ])('keeps what is said of %s', (_, body) => {
    expect(JSON.parse(withoutStackTrace(JSON.stringify(body)))).toEqual({ success: false, message: 'no project' })
  })

  it('keeps each line that says what is wrong', () => {
    const said = "Key: 'Id' is required\n  | Key: 'Title' is required"
    expect(JSON.parse(withoutStackTrace(JSON.stringify(`${said}\nWraps: (2) ${said}`)))).toBe(said)
  })

  it('is text as well', () => {
    expect(withoutStackTrace('panic: nil\n\ngoroutine 17 [running]:\nmain.main()')).toBe('panic: nil')
  })

  it.each(['', 'no such page', '{"message":"(1) of 3 failed"}', '{"error":{"code":"NO_DATA"}}', '[1]', '<html>'])(
    'stays as it is without one: %s',
    (body) => {
      expect(withoutStackTrace(body)).toBe(body)
    },
  )
})
