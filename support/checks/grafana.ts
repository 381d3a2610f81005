/** Section 15: checks of the access to Grafana: the admin's login, an unknown user's login, and anonymous access. */

import { randomBytes } from 'node:crypto'
import { command, comment, jsonpathKey, urlPart } from '../basis/command'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { rememberOutcome } from '../basis/memo'
import { excerpt } from '../basis/redaction'
import type { Login } from '../platform/grafana'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { expectReachable } from './reachability'
import { expectSecrets } from './secrets'

/**
 * 15.2: checks that the admin can log in with the password from the Secret. The login is tried only once per run, even if it
 * fails: Grafana locks an account for five minutes after five wrong passwords.
 * @returns the admin's login, for further requests
 */
export const expectAdminLetIn = rememberOutcome(logInAsAdmin)

async function logInAsAdmin({ kubernetes, configuration, grafana }: Platform): Promise<Login> {
  const { user, passwordKey } = configuration.grafana
  const { name } = configuration.secretNames.grafana
  const object = `Secret ${kubernetes.namespace}/${name}, key ${passwordKey}`
  const password = (await kubernetes.secret(name))?.get(passwordKey)
  if (!password)
    throw new Blocked({
      summary: `${object} holds no password for Grafana's admin.`,
      object,
      expected: 'a password',
      found: password === undefined ? 'no such key' : 'an empty value',
      remedy: [command`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
    })
  const answer = await grafana.user({ user, password })
  if (answer.status === 200) return { user, password }
  if (answer.status !== 401) throw unexpected(answer, 'status 200 and the logged-in user')
  const { service } = configuration.components.grafana
  throw new Unmet({
    summary: `Grafana does not accept the password that the Secret holds for ${user}.`,
    object,
    expected: `the current password of ${user}; Grafana reads it from the Secret only when it creates its database`,
    found: `status 401: ${excerpt(answer.body)}`,
    remedy: [
      command`kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data${jsonpathKey(passwordKey)}}' | base64 -d`,
      command`kubectl exec -n ${kubernetes.namespace} svc/${service} -- grafana cli admin reset-admin-password '…'`,
    ],
  })
}

/** Checks everything that other checks of Grafana rely on. Each part has its own item, which reports the same finding. */
export async function expectUsable(platform: Platform): Promise<void> {
  await expectReachable(platform, 'grafana')
  await expectSecrets(platform, 'grafana')
  await expectAdminLetIn(platform)
}

/**
 * 15.2: checks that Grafana refuses a wrong login. It is tried once, with a random user name, because wrong passwords for the
 * admin could lock the account.
 */
export async function expectStrangerRefused({ grafana }: Platform): Promise<void> {
  const [user, password] = [`nobody-${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')]
  const answer = await grafana.user({ user, password })
  if (answer.status === 401) return
  throw new Unmet({
    summary: 'Grafana accepts a login with an unknown user and a wrong password.',
    object: answer.url,
    expected: 'status 401',
    found: `status ${answer.status}: ${excerpt(answer.body)}`,
    remedy: [command`curl -i -u nobody:nothing '${answer.url}'`],
  })
}

/** 15.2: checks that anonymous visitors have no access, or can only view. @returns a sentence that says which of the two */
export async function expectAnonymousOnlyReads({ grafana }: Platform): Promise<string> {
  const answer = await grafana.organization()
  if (answer.status === 401) return 'Grafana requires a login.'
  if (answer.status !== 200) throw unexpected(answer, 'status 401, or status 200 and the organization')
  const folders = new Map((await grafana.dashboards()).map(({ folderUid, folderTitle }) => [folderUid, folderTitle]))
  folders.delete('')
  const unmet: Circumstances[] = []
  for (const [uid, title] of folders) {
    const { canSave, canEdit, canAdmin } = await grafana.rightsIn(uid)
    if (!canSave && !canEdit && !canAdmin) continue
    unmet.push({
      summary: `Anonymous visitors of Grafana can change the dashboards in ${title}.`,
      object: `folder ${title} of Grafana`,
      expected: 'the role Viewer, or no anonymous access',
      found: `can save: ${canSave}, can edit: ${canEdit}, can administer: ${canAdmin}`,
      remedy: [
        await grafana.commandFor(`/api/folders/${urlPart(uid)}`, 'anonymous'),
        comment`in the configuration of Grafana: [auth.anonymous] org_role = Viewer`,
      ],
    })
  }
  expectNone(unmet)
  return `Anonymous visitors can view ${folders.size} folders and change none.`
}

const unexpected = ({ url, status, body }: HttpAnswer, expected: string) =>
  new Unmet({
    summary: `Grafana answers ${new URL(url).pathname} with status ${status}.`,
    object: url,
    expected,
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [command`curl -i '${url}'`],
  })
