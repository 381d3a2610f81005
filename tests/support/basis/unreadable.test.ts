import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whyUnreadable } from '../../../support/basis/unreadable'
import { temporaryDirectory } from '../../fixtures/reports'

it.each([
  ['EISDIR', 'it is a directory. Name a file in its place, or move the directory away'],
  ['EACCES', "you may not read it. Type: chmod u+r '/my files/config'"],
  ['ENOENT', 'it does not exist. Create it, or correct its name'],
  ['EIO', 'EIO'],
])('a file that cannot be read for %s is answered with what to do', (code, reason) => {
  expect(whyUnreadable(Object.assign(new Error('no'), { code }), '/my files/config')).toBe(reason)
})

it('a file of another user, which chmod would not help, is to be copied', () => {
  const path = join(temporaryDirectory(), 'k3s.yaml')
  writeFileSync(path, '')
  const refused = Object.assign(new Error('no'), { code: 'EACCES' })
  const me = process.getuid?.() ?? 0
  expect(whyUnreadable(refused, path, me)).toBe(`you may not read it. Type: chmod u+r ${path}`)
  expect(whyUnreadable(refused, path, me + 1)).toBe(
    `it belongs to another user, and you may not read it. Name a copy of your own: sudo install -o $(id -u) -m 400 ${path} ./k3s.yaml`,
  )
})
