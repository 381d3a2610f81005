import { expect, it } from 'vitest'
import { whyUnreadable } from '../../../support/basis/unreadable'

it.each([
  ['EISDIR', 'it is a directory. Name a file in its place, or move the directory away'],
  ['EACCES', "you may not read it. Type: chmod u+r '/my files/config'"],
  ['ENOENT', 'it does not exist. Create it, or correct its name'],
  ['EIO', 'EIO'],
])('a file that cannot be read for %s is answered with what to do', (code, reason) => {
  expect(whyUnreadable(Object.assign(new Error('no'), { code }), '/my files/config')).toBe(reason)
})
