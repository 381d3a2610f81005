/** A mistake in the checklist file is reported with its place and with what is allowed there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChecklistError, checklistIn, loadChecklist } from '../../../support/basis/checklist'
import { root } from '../../fixtures/features'

const text = readFileSync(join(root, 'features', 'checklist.yaml'), 'utf8')

function messageAfter(what: string, by: string): string {
  expect(text).toContain(what)
  try {
    checklistIn(text.replace(what, by), 'features/checklist.yaml')
  } catch (error) {
    if (error instanceof ChecklistError) return error.message
    throw error
  }
  return 'no error'
}

describe('the checklist file', () => {
  it('is accepted', () => {
    expect(checklistIn(text, 'features/checklist.yaml')).toEqual(loadChecklist())
  })

  it.each([
    [
      'an unknown capability',
      'capability: graphql,',
      'capability: graph,',
      'sections.8.items.0.capability: expected graphql, metrics, metric settings or deployments',
    ],
    [
      'an unknown optional part',
      'optionalPart: externalAccess',
      'optionalPart: gateway',
      'sections.5.items.1.optionalPart: expected jenkins, externalAccess, argocd, delivery, ',
    ],
    [
      'an unknown derivation',
      'derivation: all ran',
      'derivation: some ran',
      'sections.17.items.0.derivation: expected all hold, all ran or record written',
    ],
    [
      'an unknown rollback action',
      'action: by hand',
      'action: wait',
      'rollback.3.action: expected delete application, delete namespace, delete secrets or by hand',
    ],
    [
      'an unknown symptom',
      'matches: pending',
      'matches: hanging',
      'troubleshooting.0.matches: expected pending, database connection, not found or scraping',
    ],
    [
      'a misspelt key',
      'secretsMode: external',
      'secretMode: external',
      'sections.0.items.6.secretMode: there is no such key. Did you mean secretsMode? Allowed: id, how, text, derivedFrom, derivation, metric, capability, optionalPart, secretsMode, configuredBy.',
    ],
    [
      'a derivation of an item that is not derived',
      '{ id: "7.1", how: automated,',
      '{ id: "7.1", how: automated, derivation: all hold,',
      'sections.7.items.0.derivation: allowed only with how: derived.',
    ],
    [
      'a derived item without sections',
      '{ id: "23.1", how: derived, text: All pods are running and healthy, derivedFrom: ["3"] }',
      '{ id: "23.1", how: derived, text: All pods are running and healthy }',
      'sections.23.items.0.derivedFrom: a derived item names its sections.',
    ],
    ['an id that is used twice', 'id: "7.2"', 'id: "7.1"', 'sections.7.items.1.id: the id 7.1 is used twice.'],
    ['an item in another section', 'id: "7.2"', 'id: "6.9"', '6.9 is in section 7: expected 7.<number>.'],
    [
      'an id that is a number',
      'id: "7.2"',
      'id: 7.2',
      'sections.7.items.1.id: expected text, found the number 7.2. Example: id: "7.2"',
    ],
  ])('is refused with %s', (_, what, by, complaint) => {
    const message = messageAfter(what, by)
    expect(message).toMatch(/^features\/checklist\.yaml cannot be used:\n/)
    expect(message).toContain(complaint)
    expect(message).not.toContain('"code"')
  })

  it('is refused if it is not YAML', () => {
    expect(messageAfter('\nsections:\n', '\nsections: [\n')).toMatch(/^features\/checklist\.yaml is not YAML: [^\n]+$/)
  })
})
