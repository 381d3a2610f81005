/** No value from outside runs anything, becomes an option or changes on its way when a printed line is typed into a shell. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressCommands,
  addressed,
  type CommandLine,
  command,
  comment,
  configuration,
  foreign,
  jsonpathKey,
  promqlText,
  sqlName,
  sqlText,
  urlPart,
  withPrerequisites,
} from '../../../support/basis/command'
import { Unmet } from '../../../support/basis/expectation'
import { localPortOf, type ServicePort } from '../../../support/basis/way'
import { attacks, typed } from '../../fixtures/shell'

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
      { numRuns: 60 },
    )
  })

  it('gives a program any value unchanged at each place of the template', () => {
    fc.assert(
      fc.property(argument, argument, (one, other) => {
        expect(typed(command`stub -n ${one} svc/${other}:${one} '{"a":"${other}"}' -d ${other}`)).toEqual([
          ['-n', one, `svc/${other}:${one}`, `{"a":"${other}"}`, '-d', other].map((text) => text.toWellFormed()),
        ])
      }),
      { numRuns: 40 },
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

describe('a command for a context', () => {
  const lines = (name: string | null) =>
    addressed(name, () => [
      command`kubectl get pods -n ${'x'}`,
      command`kubectl exec -n ${'x'} $(kubectl get pods -o name) -- ls ${'y'}`,
      command`helm list`,
      command`npx dora-acceptance explain --project ${'x'}`,
    ])

  it('names the context for each program that takes one, wherever the line is typed', () => {
    expect(lines('kind-dora')).toEqual([
      'kubectl --context kind-dora get pods -n x',
      'kubectl --context kind-dora exec -n x $(kubectl --context kind-dora get pods -o name) -- ls y',
      'helm --kube-context kind-dora list',
      'npx dora-acceptance explain --context kind-dora --project x',
    ])
    expect(addressed('x', () => [command`kubectl config get-contexts`, command`curl -s ${'kubectl get'}`])).toEqual([
      'kubectl config get-contexts',
      "curl -s 'kubectl get'",
    ])
  })

  it('names none where there is none, and inside the cluster', () => {
    for (const name of [null, '', 'inClusterContext', 'KUBERNETES_MASTER'])
      expect(lines(name)).toEqual([
        'kubectl get pods -n x',
        'kubectl exec -n x $(kubectl get pods -o name) -- ls y',
        'helm list',
        'npx dora-acceptance explain --project x',
      ])
  })

  it('reads Grafana with a token where its Secret holds one', () => {
    addressCommands(null, { grafana: { namespace: 'fawkes', name: 'grafana-reader', key: 'token', isToken: true } })
    try {
      expect(command`curl -s -u 'admin:…' '${'https://grafana.example.org/'}'`).toBe(
        "curl -s -H 'Authorization: Bearer '$(kubectl get secret -n fawkes grafana-reader -o jsonpath='{.data.token}' | base64 -d) 'https://grafana.example.org/'",
      )
    } finally {
      addressCommands(null, {})
    }
  })

  it('reaches a service of the cluster by a port-forward, with the token of its Secret', () => {
    const url = 'http://devlake-lake.fawkes.svc:8080/api/projects?a=b'
    addressCommands('kind-dora', {
      token: { namespace: 'fawkes', name: 'devlake-secrets', key: 'api-token' },
      grafana: { namespace: 'fawkes', name: 'grafana-secrets', key: 'admin.password' },
      ingress: { hosts: ['lake.example.org'], address: '10.0.0.7', httpPort: 8080, httpsPort: 8443 },
    })
    try {
      const { finding } = new Unmet({
        ...{ summary: 'x', object: 'x', expected: 'x', found: 'x' },
        remedy: [
          command`curl -s -H 'Authorization: Bearer …' '${url}'`,
          command`curl -i '${'http://ui.fawkes.svc/'}'`,
          command`curl -i '${'https://ui.example.org/'}'`,
          command`curl -i '${'https://lake.example.org/x'}'`,
          command`curl -s -u 'admin:…' '${'https://grafana.example.org/'}'`,
        ],
      })
      expect(finding.remedy).toEqual([
        'kubectl --context kind-dora port-forward -n fawkes svc/devlake-lake 8080:8080',
        "curl -s -H 'Authorization: Bearer '$(kubectl --context kind-dora get secret -n fawkes devlake-secrets -o jsonpath='{.data.api-token}' | base64 -d) 'http://localhost:8080/api/projects?a=b'",
        'kubectl --context kind-dora port-forward -n fawkes svc/ui 8080:80',
        "curl -i 'http://localhost:8080/'",
        "curl -i 'https://ui.example.org/'",
        "curl --resolve lake.example.org:8443:10.0.0.7 -i 'https://lake.example.org:8443/x'",
        "curl -s -u 'admin:'$(kubectl --context kind-dora get secret -n fawkes grafana-secrets -o jsonpath='{.data.admin\\.password}' | base64 -d) 'https://grafana.example.org/'",
      ])
      expect(finding.reads).toEqual([1, 3, 4, 5, 6])
    } finally {
      addressCommands(null, {})
    }
  })

  it('gives services that want the same local port different ones, by the order in the configuration', () => {
    const [ui, lake, third] = ['ui', 'lake', 'third'].map((service) => ({ namespace: 'fawkes', service, port: 8080 }))
    const lines = (services: readonly ServicePort[]) => {
      addressCommands(null, { services })
      return withPrerequisites(
        ['lake', 'ui', 'lake'].map((name) => command`curl -s '${`http://${name}.fawkes.svc:8080/`}'`),
      )
    }
    try {
      if (!ui || !lake || !third) throw new Error('three services')
      expect(lines([ui, lake])).toEqual([
        'kubectl port-forward -n fawkes svc/lake 8081:8080',
        "curl -s 'http://localhost:8081/'",
        'kubectl port-forward -n fawkes svc/ui 8080:8080',
        "curl -s 'http://localhost:8080/'",
      ])
      expect(localPortOf(third, [ui, lake, third, { ...lake, port: 80 }])).toBe(8082)
      expect(localPortOf({ ...third, port: 80 }, [])).toBe(8080)
    } finally {
      addressCommands(null, {})
    }
  })

  it('gives any context to the program unchanged, and any value beside it', () => {
    fc.assert(
      fc.property(argument, argument, (name, value) => {
        fc.pre(name !== '' && name !== 'inClusterContext')
        const line = addressed(name, () => command`kubectl get ${['pod', value]} $(kubectl -n ${value})`)
        const named = ['--context', name.toWellFormed()]
        expect(typed(line)).toEqual(
          expect.arrayContaining([
            [...named, '-n', value.toWellFormed()],
            [...named, 'get', 'pod', value.toWellFormed()],
          ]),
        )
      }),
      { numRuns: 40 },
    )
  })
})

describe('a comment', () => {
  const runsNothing = (...lines: CommandLine[]) => {
    for (const line of lines) {
      expect(line).toMatch(/^# /)
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
    }
    // zsh reads a typed comment as a command; so does this bash.
    expect(typed(['shopt -u interactive_comments', ...lines].join('\n'), '-i')).toEqual([])
    expect(typed(lines.join('\n'))).toEqual([])
  }

  it.each(attacks.map((attack) => [attack]))('runs nothing of %j', (attack) => {
    runsNothing(
      comment`in Grafana: check the project's dashboard ${attack}`,
      comment`in Prometheus: ${foreign(`up{project=${promqlText(attack)}}`)}`,
      comment`in MySQL: SELECT 1 FROM x WHERE y = ${foreign(sqlText(attack))}`,
    )
  })

  it('runs nothing of any value', () => {
    fc.assert(
      fc.property(anything, (value) => {
        runsNothing(
          comment`x ${value}, y ${value}`,
          comment`x ${foreign(promqlText(value))}`,
          comment`x ${foreign(sqlText(value))}`,
        )
      }),
      { numRuns: 30 },
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

  it('of a URL comes back from it, and never stops a run', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(decodeURIComponent(urlPart(value))).toBe(value.toWellFormed())
      }),
    )
    expect(urlPart('\ud800/?&#')).toBe('%EF%BF%BD%2F%3F%26%23')
    expect(() => encodeURIComponent(promqlText('\ud800'))).not.toThrow()
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
