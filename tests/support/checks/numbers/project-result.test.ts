/** A service that answers for some of its projects: the finding about one answer names the others that lack theirs. */
import { expect, it } from 'vitest'
import { Blocked, Unmet } from '../../../../support/basis/expectation'
import { failureOf, type Unread } from '../../../../support/checks/numbers/project-result'

const circumstances = { summary: 's', object: 'http://lake/api', expected: 'e', found: 'status 500', remedy: [] }
const failure = new Unmet(circumstances)
const projects = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8']
const lacking = (names: readonly (string | undefined)[], reason: Unmet | Blocked = failure): Unread[] =>
  names.map((project) => ({ ...(project && { project }), surface: 'REST', reports: ['lead time'], failure: reason }))
const found = (unread: readonly Unread[], all = projects) => failureOf(failure, unread, all).finding.found

it('names the projects that lack an answer, each once', () => {
  expect(found(lacking(['p2', 'p1', 'p2']))).toBe('status 500; 2 of 8 projects lack an answer: p1, p2')
  expect(found(lacking(projects.slice(1)))).toBe(
    'status 500; 7 of 8 projects lack an answer: p2, p3, p4, p5, p6 and 2 more',
  )
  expect(failureOf(failure, lacking(['p1', 'p2']), projects).finding).toMatchObject({ summary: 's', expected: 'e' })
})

it.each<[string, Unread[]]>([
  ['one project', lacking(['p1', 'p1'])],
  ['every project', lacking(projects)],
  ['a whole surface', lacking([undefined])],
  ['answers that say nothing', [...lacking(['p1']), ...lacking(['p2'], new Blocked(circumstances))]],
])('stays as it is for %s', (_, unread) => {
  expect(failureOf(failure, unread, projects)).toBe(failure)
})
