/** No value from outside runs anything, becomes an option or changes on its way when a printed line is typed into a shell. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CommandLine,
  command,
  comment,
  configuration,
  foreign,
  jsonpathKey,
  promqlText,
  sqlName,
  sqlText,
} from '../../../support/basis/command'

const directory = mkdtempSync(join(tmpdir(), 'commands-'))
const programs = join(directory, 'programs')
const work = join(directory, 'work')
const record = join(directory, 'record')

beforeAll(() => {
  mkdirSync(programs)
  mkdirSync(work)
  const stub = join(programs, 'stub')
  writeFileSync(
    stub,
    `#!/bin/sh\nfor one; do printf '%s\\0' "$one" >> '${record}'; done\nprintf '\\001' >> '${record}'\n`,
  )
  chmodSync(stub, 0o755)
})
afterAll(() => rmSync(directory, { recursive: true }))

/** Types a line into bash, and returns the arguments of each run of the stub. Nothing else may leave a file. */
function typed(line: string, ...options: string[]): string[][] {
  writeFileSync(record, '')
  try {
    execFileSync('/bin/bash', ['--norc', ...options], {
      cwd: work,
      env: { PATH: `${programs}:/usr/bin:/bin`, HOME: directory, HISTFILE: '/dev/null', LC_ALL: 'C.UTF-8' },
      input: `${line}\n`,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 10_000,
    })
  } catch (error) {
    if ((error as { signal?: string }).signal) throw error
  }
  expect(readdirSync(work), line).toEqual([])
  const runs = readFileSync(record, 'utf8').split('\u0001').slice(0, -1)
  return runs.map((run) => run.split('\0').slice(0, -1))
}

const attacks = [
  "x'; touch owned; echo '",
  'x; touch owned #',
  'x\ntouch owned\n',
  'x\r\ntouch owned\r',
  '\u001b[2K\rtouch owned',
  '$(touch owned)',
  '`touch owned`',
  '"; touch owned; "',
  "$'\\n'touch owned",
  `x\${IFS}y;touch\${IFS}owned`,
  '!touch',
  "'!!'",
  "\n'!!'",
  '~',
  '~root/x',
  '=touch owned',
  '=touch',
  '*',
  '/*',
  '{a,b}',
  '[a-z]?',
  '<(touch owned)',
  '> owned',
  '& touch owned &',
  '| touch owned',
  '\\',
  "\\'; touch owned; \\'",
  '#',
  '-x',
  '--kubeconfig=/tmp/x',
  '',
  ' ',
  '\t',
  'a\u2028touch owned\u2029',
  '\u202etouch owned\u202c',
  'a\u200bb\u00a0c',
  'é😀\u{e0041}1',
  '\u00851',
]

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...`'"\\\`$!#;&|<>(){}[]*?~=-\n\r\t x1${'\u2028\u0001'}`) }),
  fc.constantFrom(...attacks),
)
const argument = anything.filter((text) => !text.includes('\0') && !text.includes('\u0001'))

describe('a command', () => {
  it.each(attacks.map((attack) => [attack]))('gives a program %j as one argument', (attack) => {
    const dash = attack.startsWith('-') ? ['--'] : []
    expect(typed(command`stub get ${attack}`)).toEqual([['get', ...dash, attack]])
    expect(typed(command`stub get ${attack}`, '-i')).toEqual([['get', ...dash, attack]])
    expect(typed(command`stub -n ${attack} svc/${attack} a='x ${attack}'`)).toEqual([
      ['-n', attack, `svc/${attack}`, `a=x ${attack}`],
    ])
    expect(typed(command`stub $(stub -l ${attack}) | stub '${attack}'`)).toContainEqual([attack])
  })

  it('gives a program any arguments unchanged, and runs nothing else', () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 6 }), (given) => {
        const line = command`stub ${given}`
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
        expect(typed(line)).toEqual([given.map((text) => text.toWellFormed())])
      }),
      { numRuns: 150 },
    )
  })

  it('gives a program any value unchanged at each place of the template', () => {
    fc.assert(
      fc.property(argument, argument, (one, other) => {
        expect(typed(command`stub -n ${one} svc/${other}:${one} '{"a":"${other}"}' -d ${other}`)).toEqual([
          ['-n', one, `svc/${other}:${one}`, `{"a":"${other}"}`, '-d', other].map((text) => text.toWellFormed()),
        ])
      }),
      { numRuns: 100 },
    )
  })

  it('cannot hold NUL, which shows as an escape', () => {
    expect(typed(command`stub ${'a\0b'} '${'a\0b'}'`)).toEqual([['a\\x00b', 'a\\x00b']])
  })

  it('looks as it would be typed by hand for plain names', () => {
    expect(command`kubectl get pods -n ${'fawkes'} -l ${'app=x,part=y'} svc/${'x'} ${8080}:${80}`).toBe(
      'kubectl get pods -n fawkes -l app=x,part=y svc/x 8080:80',
    )
    expect(command`curl -s '${'http://localhost:8080/a?b=c&d'}'`).toBe("curl -s 'http://localhost:8080/a?b=c&d'")
    expect(command`kubectl -o jsonpath='{.data${jsonpathKey('tls.crt')}}'`).toBe(
      "kubectl -o jsonpath='{.data.tls\\.crt}'",
    )
  })

  it('takes a value that begins with a dash for a name, not for an option', () => {
    expect(command`kubectl get pod -n ${'-a'} ${'--all'}`).toBe('kubectl get pod -n -a -- --all')
    expect(command`stub x/${'-a'} -- ${'-b'}`).toBe('stub x/-a -- -b')
  })
})

describe('a comment', () => {
  const runs = (line: CommandLine) => {
    expect(line).toMatch(/^# /)
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
    expect(typed(line)).toEqual([])
    // zsh reads a typed comment as a command; so does this bash.
    expect(typed(`shopt -u interactive_comments\n${line}`, '-i')).toEqual([])
  }

  it.each(attacks.map((attack) => [attack]))('runs nothing of %j', (attack) => {
    runs(comment`in Grafana: check the project's dashboard ${attack}`)
    runs(comment`in Prometheus: ${foreign(`up{project=${promqlText(attack)}}`)}`)
    runs(comment`in MySQL: SELECT 1 FROM x WHERE y = ${foreign(sqlText(attack))}`)
  })

  it('runs nothing of any value', () => {
    fc.assert(
      fc.property(anything, (value) => {
        runs(comment`x ${value}, y ${value}`)
        runs(comment`x ${foreign(promqlText(value))}`)
        runs(comment`x ${foreign(sqlText(value))}`)
      }),
      { numRuns: 50 },
    )
  })

  it('shows plain values without quotes', () => {
    expect(comment`in Grafana: ${'acc-p1'}, from ${'2026-01-01T00:00:00.000Z'}`).toBe(
      '# in Grafana: acc-p1, from 2026-01-01T00:00:00.000Z',
    )
    expect(comment`in Prometheus: ${foreign(`up{a=${promqlText('b')}}`)}`).toBe('# in Prometheus: up{a="b"}')
  })
})

describe('an example of the configuration', () => {
  it('keeps a value on its line', () => {
    expect(configuration`a:\n  b: ${'plain'}\n  c: ${'x\ntouch $(owned)'}`).toBe(
      '# in the configuration:\na:\n  b: plain\n  c: "x\\ntouch \\u0024(owned)"',
    )
  })
})

describe('a value in another language', () => {
  it('of PromQL is the text: its escapes are those of Go and JSON', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = value.toWellFormed()
        const asJson = promqlText(text).replaceAll(/\\U000([0-9a-f]{5})/g, (_, code) =>
          String.fromCodePoint(Number.parseInt(code, 16)),
        )
        expect(JSON.parse(asJson)).toBe(text)
      }),
    )
  })

  it('of MySQL ends at its last quote only', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const inner = sqlText(value).slice(1, -1)
        expect(inner.replaceAll(/\\.|''/gs, '')).not.toMatch(/['\\\n\r\0]/)
      }),
    )
    expect(sqlText("x'; touch owned; echo '\n")).toBe("'x''; touch owned; echo ''\\n'")
    expect(sqlName('lake')).toBe('lake')
    expect(sqlName('a`; DROP')).toBe('`a``; DROP`')
  })
})
