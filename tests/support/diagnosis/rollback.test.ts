/** The checklist's rollback and troubleshooting, with commands for the objects that exist. */
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { rollbackOf } from '../../../support/diagnosis/rollback'
import { troubleshootingOf } from '../../../support/diagnosis/troubleshooting'
import { facts } from '../../fixtures/facts'

const { rollback, troubleshooting } = loadChecklist()
const commandsOf = (id: string, given: Parameters<typeof facts>[0] = {}) =>
  rollbackOf(rollback, facts(given)).find((step) => step.id === id)?.commands

describe('the rollback', () => {
  it('has the steps of the checklist in order', () => {
    expect(rollbackOf(rollback, facts()).map(({ id }) => id)).toEqual(['R.1', 'R.2', 'R.3', 'R.4'])
  })

  it('deletes the Application with the resources that it deployed', () => {
    expect(commandsOf('R.1')?.at(-1)).toBe('kubectl delete application -n fawkes devlake')
    expect(commandsOf('R.1')?.[0]).toContain('resources-finalizer.argocd.argoproj.io')
    const finalizers = ['resources-finalizer.argocd.argoproj.io']
    const applications = [
      { metadata: { name: 'dl', namespace: 'argocd', uid: '', labels: {}, finalizers }, status: { resources: [] } },
    ]
    expect(commandsOf('R.1', { applications })).toEqual(['kubectl delete application -n argocd dl'])
    expect(commandsOf('R.1', { applications: [] })).toEqual([])
  })

  it('deletes only a namespace that holds nothing but the service, never that of the platform', () => {
    expect(commandsOf('R.2')).toEqual([])
    expect(commandsOf('R.2', { namespaces: ['fawkes-devlake'] })).toEqual(['kubectl delete namespace fawkes-devlake'])
    expect(commandsOf('R.2', { namespaces: ['fawkes'] })).toEqual([])
  })

  it('deletes the existing secrets if they were created by hand', () => {
    expect(commandsOf('R.3')).toEqual([])
    const names = { ...facts().names, secretsByHand: true }
    expect(commandsOf('R.3', { names })).toEqual(['kubectl delete secret -n fawkes devlake-db'])
  })
})

describe('the troubleshooting of the checklist', () => {
  const entryOf = (items: string[], said: string) => troubleshootingOf({ items, said }, troubleshooting, facts())

  it('is selected by the findings and uses the names of this platform', () => {
    const cases = [
      [['3.1'], 'Pod fawkes/x is Pending: no node', 'T.1', 'kubectl describe pvc -n fawkes devlake-mysql'],
      [
        ['6.1'],
        'MySQL does not accept the password of merico.',
        'T.2',
        'kubectl logs -n fawkes devlake-lake-0 | grep -i mysql',
      ],
      [['7.2'], '/api/version answers 404', 'T.3', 'kubectl describe ingress -n fawkes devlake'],
      [['10.3'], 'The target devlake-metrics is down', 'T.4', 'kubectl logs -n monitoring svc/prom --tail=100'],
    ] as const
    for (const [items, said, id, command] of cases) {
      const entry = entryOf([...items], said)
      expect(entry?.id).toBe(id)
      expect(entry?.commands).toContain(command)
    }
  })

  it('never prints the values of a Secret', () => {
    const { commands = [] } = entryOf(['6.1'], 'MySQL does not accept the password') ?? {}
    expect(commands.join('\n')).not.toMatch(/get secret .*-o yaml/)
  })

  it('is omitted if no entry applies', () => {
    expect(entryOf(['0.2'], 'Only 2 of the 3 workers can take pods.')).toBeNull()
  })

  it('has commands for each entry of the checklist', () => {
    for (const { id, matches, sections: [section = '3'] = [] } of troubleshooting) {
      const said = {
        pending: 'Pod x is Pending',
        'database connection': 'MySQL',
        'not found': '404',
        scraping: 'target',
      }
      const entry = entryOf([`${section}.1`], said[matches])
      expect(entry?.id).toBe(id)
      expect(entry?.commands).not.toEqual([])
    }
  })
})
