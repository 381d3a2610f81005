/** A kubeconfig that cannot be used is refused with the reason in plain English and with what to type; no secret is quoted. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { chooseCluster } from '../../../support/platform/kubeconfig/choice'
import { loadKubeconfigFiles } from '../../../support/platform/kubeconfig/files'
import { temporaryDirectory } from '../../fixtures/reports'

const other = 'or name another file: export KUBECONFIG=PATH.'

it.each<[string, string, string]>([
  ['text', 'just text', 'the file: expected a map of keys'],
  ['a number for the clusters', 'clusters: 5', 'clusters: expected a list'],
  ['another version', 'apiVersion: v7', 'apiVersion: expected v1'],
  [
    'a token that is a map',
    'users: [{ name: me, user: { token: { s3cret: x } } }]',
    'users.me.user.token: expected text',
  ],
  ['a bracket that is not closed', 'clusters: [', 'it is not YAML at line 1, column 12'],
  ['a tab', 'users:\n- name: me\n  user:\n\t- token: s3cret', 'it is not YAML at line 4, column 1'],
])('%s is named', (_, text, reason) => {
  const file = join(temporaryDirectory(), 'config')
  writeFileSync(file, text)
  const refusal = refusalOf(() => loadKubeconfigFiles([file]))
  expect(refusal).toContain(`The kubeconfig ${file} cannot be used: ${reason}`)
  expect(refusal).toMatch(new RegExp(`${other}$`))
  expect(refusal).not.toMatch(/Invalid|received|s3cret/)
})

it('a directory is named', () => {
  const file = join(temporaryDirectory(), 'config')
  mkdirSync(file)
  expect(refusalOf(() => loadKubeconfigFiles([file]))).toContain(
    `${file} cannot be used: it is a directory. Name a file`,
  )
})

it.each([
  ['none', [], 'It has no context at all. Name another file: export KUBECONFIG=PATH.'],
  ['two', ['a b', 'c'], "It has: a b, c. Choose one with --context, such as --context 'a b'."],
])('a context that does not exist among %s is answered with what to type', (_, names, choice) => {
  const file = join(temporaryDirectory(), 'config')
  const contexts = names.map((name) => ({ name, context: { cluster: 'x', user: 'y' } }))
  writeFileSync(file, JSON.stringify({ 'current-context': 'nope', contexts }))
  expect(refusalOf(() => chooseCluster(undefined, { KUBECONFIG: file }))).toBe(
    `The kubeconfig has no context "nope". ${choice}`,
  )
})

it('a certificate authority without a certificate is named', () => {
  const file = join(temporaryDirectory(), 'config')
  const cluster = { server: 'https://127.0.0.1:1', 'certificate-authority': file }
  writeFileSync(
    file,
    JSON.stringify({
      'current-context': 'here',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: 'unsent-token-f2' } }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    }),
  )
  expect(refusalOf(() => chooseCluster(undefined, { KUBECONFIG: file }))).toContain(
    'its certificate authority holds no certificate in PEM form',
  )
})

function refusalOf(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    return (error as Error).message
  }
  return expect.unreachable('The kubeconfig was taken.')
}
