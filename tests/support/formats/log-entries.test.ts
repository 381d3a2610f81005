/** The errors of a log: the lines of one stack trace are one error. */
import { describe, expect, it } from 'vitest'
import { LogEntries, type LoggedError } from '../../../support/formats/log-entries'

function errorsIn(text: string): LoggedError[] {
  const entries = new LogEntries()
  const errors = text.split('\n').flatMap((line) => (line === '' ? [] : (entries.next(line) ?? [])))
  return [...errors, ...[entries.end() ?? []].flat()]
}

const at = (seconds: string, text: string) =>
  text
    .split('\n')
    .map((line) => `2026-11-28T09:00:${seconds}Z ${line}`)
    .join('\n')

const pythonTrace = `Traceback (most recent call last):
  File "/app/x.py", line 1, in <module>
    run()
ValueError: boom`

const javaTrace = `java.lang.IllegalStateException: boom
\tat com.example.App.run(App.java:1)
Caused by: java.io.IOException: refused
\tat com.example.Db.open(Db.java:2)
\t... 12 more`

describe('an error of several lines', () => {
  it.each([
    ['a traceback of Python', at('00', pythonTrace)],
    [
      'chained tracebacks',
      at(
        '00',
        `${pythonTrace}\n\nDuring handling of the above exception, another exception occurred:\n\n${pythonTrace}`,
      ),
    ],
    ['an error with its traceback', at('00.001', `ERROR:root:boom\n${pythonTrace}`)],
    ['a stack trace of Java', at('00', javaTrace)],
    ['an error with its stack trace', at('00', `2026-11-28 09:00:00,123 [main] ERROR c.e.App - boom\n${javaTrace}`)],
    [
      'a panic of Go',
      at(
        '00',
        'panic: boom\n[signal SIGSEGV: segmentation violation]\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/x.go:1',
      ),
    ],
  ])('is one error: %s', (_, text) => {
    expect(errorsIn(text)).toHaveLength(1)
  })

  it('has all of its lines', () => {
    const [error] = errorsIn(at('00', `level=info msg=a\n${javaTrace}\nlevel=info msg=b`))
    expect(error?.line).toMatch(/ java\.lang\.IllegalStateException: boom$/)
    expect(error?.lines).toHaveLength(5)
  })
})

describe('a stack trace', () => {
  it('has the level of the warning that it was written with', () => {
    expect(errorsIn(at('00.001', `WARNING:root:retry\n${pythonTrace}`))).toEqual([])
    expect(errorsIn(at('00.001', `09:00:00.123 [main] WARN c.e.App - retry\n${javaTrace}`))).toEqual([])
  })

  it('is an error of its own later, and after an info line', () => {
    expect(errorsIn(`${at('00.001', 'WARNING:root:retry')}\n${at('02.000', pythonTrace)}`)).toHaveLength(1)
    expect(errorsIn(at('00.001', `level=info msg=started\n${pythonTrace}`))).toHaveLength(1)
  })

  it('is an error of its own after another one', () => {
    expect(errorsIn(at('00', `${pythonTrace}\n${pythonTrace}`))).toHaveLength(2)
    expect(errorsIn(at('00', 'level=error msg=a\nlevel=error msg=b\npanic: c'))).toHaveLength(3)
  })
})
