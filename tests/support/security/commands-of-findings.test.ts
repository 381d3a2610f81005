/** The commands that findings print run nothing but themselves, whatever the service, the cluster or the configuration calls its things. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { sqlText } from '../../../support/basis/command'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import type { Facts } from '../../../support/diagnosis/facts/facts'
import { rollbackOf } from '../../../support/diagnosis/rollback'
import { troubleshootingOf } from '../../../support/diagnosis/troubleshooting'
import { closedWithoutResolution, uncollectedProjects } from '../../../support/flavours/devlake/oracle/traps'
import { unreachedDeployments } from '../../../support/flavours/devlake/oracle/unreached'
import { inMySql } from '../../../support/platform/database-commands'
import { unanswered } from '../../../support/platform/http-failures'
import { forbidden } from '../../../support/platform/kubernetes-refusals'
import type { Platform } from '../../../support/platform/platform'
import { readPrometheus } from '../../../support/service/surface-readings'
import { recordedAdministration, recordedLake } from '../../fixtures/devlake/recording'
import * as platform from '../../fixtures/facts'
import { root } from '../../fixtures/features'
import { commandFor, configuration } from '../../fixtures/platform-of-objects'
import { attacks, typed } from '../../fixtures/shell'

/** Types lines into bash, which also takes comments for commands, as zsh does. Only the first words of the lines may run. */
function expectHarmless(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
  typed(lines.join('\n'))
  typed(['shopt -u interactive_comments', ...lines].join('\n'), '-i')
}

/** The same value with another text in the place of a name, in all texts in it. */
const renamed = <T>(value: T, name: string, other: string): T =>
  JSON.parse(JSON.stringify(value), (_, one) => (typeof one === 'string' ? one.replaceAll(name, () => other) : one))

const { rollback, troubleshooting } = loadChecklist()

describe.each(attacks.map((attack) => [attack]))('a thing with the name %j', (attack) => {
  it('is harmless in the rollback, the troubleshooting and the diagnosis', () => {
    const down = { waiting: { reason: 'CrashLoopBackOff', message: '' } }
    const broken: Partial<Facts> = {
      pods: [
        platform.stopped('lake', down),
        platform.pending('ui', 'no node'),
        platform.pod('mysql', { phase: 'Failed' }),
      ],
      claims: [platform.claim('Pending'), platform.claim('Lost')],
      externalSecrets: [platform.externalSecret('False')],
      secretStores: [platform.store('False')],
      workloads: [platform.workload('lake', { replicas: 0 }, {})],
      nodes: [platform.node(['Ready', 'False'])],
    }
    const facts = renamed(platform.facts(broken), 'devlake', attack)
    const said = ['Pod x is Pending', 'MySQL', '404', 'ServiceMonitor']
    const more = said.flatMap(
      (text) =>
        troubleshootingOf({ items: ['3.1', '6.1', '7.2', '9.2'], said: text }, troubleshooting, facts)?.commands ?? [],
    )
    expectHarmless([...rollbackOf(rollback, facts).flatMap(({ commands }) => commands), ...more])
    const diagnosis = new Diagnosis(facts, [])
    const objects = [
      ...[...facts.pods, ...facts.claims, ...facts.externalSecrets].flatMap(({ metadata: { namespace, name } }) =>
        ['Pod', 'PersistentVolumeClaim', 'ExternalSecret', 'StatefulSet', 'Service', 'Secret'].map(
          (kind) => `${kind} ${namespace}/${name}`,
        ),
      ),
      'ClusterSecretStore vault',
      'Node worker-1',
    ]
    expectHarmless(
      objects.flatMap((object) => {
        const finding = { summary: '', object, expected: '', found: '', remedy: [], reliesOn: [object] }
        return diagnosis.causeOf(finding).remedy
      }),
    )
  })

  it('is harmless in the corrections for a stock DevLake', () => {
    const projects = [{ name: attack, description: attack }]
    const address = 'http://localhost:8080'
    const incidents = recordedAdministration.incidents.map((one) => ({
      ...one,
      key: attack,
      title: attack,
      id: attack,
    }))
    const elsewhere = incidents.map((one) => ({ ...one, scope: attack }))
    const blueprints = recordedAdministration.blueprints.map((one) => ({ ...one, project: attack }))
    const unattached = { ...recordedAdministration, blueprints, blueprintConnections: [] }
    expectHarmless(
      [
        ...uncollectedProjects({ ...recordedAdministration, projects }, address, 0),
        ...closedWithoutResolution({ incidents }, address),
        ...closedWithoutResolution({ incidents: elsewhere }, address),
        ...unreachedDeployments(recordedLake, unattached, address, 0),
      ].flatMap(({ remedy }) => remedy),
    )
  })

  it('is harmless in URLs, statements and queries, and is data in the query that is sent', async () => {
    const sent: string[] = []
    const asked = {
      contract: { dora: { exposed: [{ quantity: 'all-time deployments', sample: 'x_total' }] } },
      prometheus: {
        query: (query: string) => Promise.resolve(sent.push(query)).then(() => []),
        commandFor,
      },
    } as unknown as Platform
    const { command: shown } = await readPrometheus(asked, attack)
    const url = `http://lake.fawkes.svc:80/a?b=${attack.replaceAll(/[\s#]/g, '')}`
    expectHarmless([
      shown,
      inMySql({ configuration }, `SELECT ${sqlText(attack)}`),
      ...unanswered(url, undefined, 'x').finding.remedy,
      ...unanswered(`http://lake/?b=${attack}`, undefined, 'x').finding.remedy,
      ...forbidden(`get ${attack} in ${attack}`).finding.remedy,
    ])
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatch(/^x_total\{project="((?:[^"\\\n\r]|\\.)*)"\} or x_total\{exported_project="\1"\}$/)
  })
})

describe('the templates of command lines', () => {
  const files = readdirSync(join(root, 'support'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )
  const sources = files.map((path) => ({ path, text: readFileSync(join(root, 'support', path), 'utf8') }))

  it('use no quotes but single ones, each closed, and no line breaks', () => {
    const wrong: string[] = []
    let count = 0
    for (const { path, text } of sources) {
      const visit = (node: ts.Node): void => {
        if (ts.isTaggedTemplateExpression(node) && ['command', 'comment'].includes(node.tag.getText(source))) {
          count++
          const { template } = node
          const parts = ts.isTemplateExpression(template)
            ? [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]
            : [template.text]
          const whole = parts.join('')
          const isComment = node.tag.getText(source) === 'comment'
          const bare = isComment ? whole : whole.replace(/ # [\w ]+$/, '').replaceAll(/'[^']*'/g, '')
          const forbidden = isComment ? /["`\\;&|<>$]/ : /['"`\\;&#]/
          if (forbidden.test(bare) || /\n/.test(whole)) wrong.push(`${path}: ${whole}`)
        }
        ts.forEachChild(node, visit)
      }
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      visit(source)
    }
    expect(count).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })

  it('are the only source of command lines', () => {
    expect(
      sources.filter(({ text }) => /(\bas|(?<!\w)<)\s*(readonly )?CommandLine/.test(text)).map(({ path }) => path),
    ).toEqual(['basis/command.ts'])
  })
})
