/** The person who acts on a cause. */
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { ownerOf } from '../../../support/judgement/owners'

const checklist = loadChecklist()
const sectionOf = (id: string) => checklist.items.find(({ section }) => section === id)?.id ?? ''
const owner = (object: string, section: string, owners: Readonly<Record<string, string>> = {}) =>
  ownerOf({ object, items: [sectionOf(section)] }, owners, checklist)

describe('the owner of a cause', () => {
  it.each([
    [
      'that of the part that the object names',
      'Service dora/devlake-lake',
      '4',
      { lake: 'Team A', '4': 'B' },
      'Team A',
    ],
    ['that of the section if the part has none', 'Service dora/devlake-lake', '4', { '4': 'Team B' }, 'Team B'],
    ['the part without any', 'StatefulSet dora/devlake-mysql', '3', { lake: 'Team A' }, 'the owner of mysql'],
    [
      'the section where the object is no part',
      'project checkout',
      '21',
      {},
      'the owner of section 21, DORA behaviour',
    ],
    [
      'the administrator for a missing permission',
      'access to secrets',
      '1',
      { secrets: 'Vault Team' },
      'the cluster administrator',
    ],
    [
      'whoever configures the suite for a key, whatever parts it names',
      'configuration key dataSources.github.endpoint',
      '11',
      { github: 'Team Git' },
      'whoever configures this suite',
    ],
    ['that of the cluster for a missing permission', 'access to secrets', '9', { cluster: 'Ops' }, 'Ops'],
    ['that of a part in other letters', 'ExternalSecret dora/x', '1', { secrets: 'Vault Team' }, 'Vault Team'],
  ])('is %s', (_, object, section, owners, expected) => {
    expect(owner(object, section, owners)).toBe(expected)
  })

  it('is not found in a part of a word', () => {
    expect(owner('project suite', '21', { ui: 'Team UI' })).toBe('the owner of section 21, DORA behaviour')
  })
})
