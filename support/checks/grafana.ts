/** Section 15: checks of the access to Grafana: the admin's login, an unknown user's login, and anonymous access. */

import { randomBytes } from 'node:crypto'
import { command, comment, jsonpathKey, urlPart } from '../basis/command'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { rememberOutcome } from '../basis/memo'
import { oddityOf } from '../basis/oddity'
import { excerpt } from '../basis/redaction'
import type { Login } from '../platform/grafana'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { placed } from './placed'
import { expectReachable } from './reachability'
import { expectSecrets } from './secrets'

/**
 * 15.2: checks that the admin can log in with the password from the Secret. Behind single sign-on, the token of a service account
 * takes the place of the password. The login is tried only once per run, even if it fails: Grafana locks an account for five
 * minutes after five wrong passwords.
 * @returns the login, for further requests
 */
export const expectAdminLetIn = rememberOutcome(logIn)

async function logIn(given: Platform): Promise<Login> {
  const platform = placed(given, 'grafana')
  const { user, passwordKey, tokenKey } = platform.configuration.grafana
  if (tokenKey === undefined) return logInAsAdmin(platform, user, passwordKey)
  return logInByToken(platform, tokenKey)
}

async function logInAsAdmin(platform: Platform, user: string, passwordKey: string): Promise<Login> {
  const { kubernetes, configuration, grafana } = platform
  const { name } = configuration.secretNames.grafana
  const { object, value: password } = await inSecret(platform, passwordKey, "password for Grafana's admin")
  const answer = await grafana.user({ user, password })
  if (answer.status === 200) return { user, password }
  if (answer.status !== 401) throw unexpected(answer, 'status 200 and the logged-in user')
  const { service } = configuration.components.grafana
  throw new Unmet({
    summary: `Grafana does not accept the password that the Secret holds for ${user}${oddityOf(password)}.`,
    object,
    expected: `the current password of ${user}; Grafana reads it from the Secret only when it creates its database`,
    found: `status 401: ${excerpt(answer.body)}`,
    remedy: [
      command`kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data${jsonpathKey(passwordKey)}}' | base64 -d`,
      command`kubectl exec -n ${kubernetes.namespace} svc/${service} -- grafana cli admin reset-admin-password '…'`,
      comment`if people log in by single sign-on only: configuration key grafana.tokenKey`,
    ],
  })
}

async function logInByToken(platform: Platform, tokenKey: string): Promise<Login> {
  const { kubernetes, configuration, grafana } = platform
  const { name } = configuration.secretNames.grafana
  const { object, value } = await inSecret(platform, tokenKey, 'token of a service account of Grafana')
  const login = { token: value.trim() }
  const answer = await grafana.search(login)
  if (answer.status === 200) return login
  if (answer.status !== 401) throw unexpected(answer, 'status 200 and a dashboard')
  throw new Unmet({
    summary: `Grafana does not accept the token of a service account that the Secret holds${oddityOf(value)}.`,
    object,
    expected: 'a token that is neither expired nor deleted, of a service account that is enabled',
    found: `status 401: ${excerpt(answer.body)}`,
    remedy: [
      comment`in Grafana: add a token to the service account, under Administration, Users and access, Service accounts`,
      command`kubectl edit secret -n ${kubernetes.namespace} ${name}`,
    ],
  })
}

/** Returns the value of a key in Grafana's Secret. @throws Blocked without a value */
async function inSecret({ kubernetes, configuration }: Platform, key: string, what: string) {
  const { name } = configuration.secretNames.grafana
  const object = `Secret ${kubernetes.namespace}/${name}, key ${key}`
  const value = (await kubernetes.secret(name))?.get(key)
  if (value) return { object, value }
  throw new Blocked({
    summary: `${object} holds no ${what}.`,
    object,
    expected: `a ${what}`,
    found: value === undefined ? 'no such key' : 'an empty value',
    remedy: [command`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
  })
}

/**
 * 15.2: checks that people can log in where single sign-on takes the place of the password: Grafana leads to each provider.
 * @returns a sentence that says which login was checked
 */
export async function expectPeopleLetIn(platform: Platform): Promise<string> {
  const login = await expectAdminLetIn(platform)
  if (!('token' in login)) return `${login.user}, by the password`
  const providers = await platform.grafana.signOnProviders(login)
  const unmet: Circumstances[] = []
  for (const provider of providers) {
    const { status, url, headers, body } = await platform.grafana.signOn(provider)
    const target = URL.parse(String(headers.location), url)
    if (status >= 300 && status < 400 && target && target.origin !== new URL(url).origin) continue
    unmet.push({
      summary: `Grafana does not lead to the single sign-on ${provider}.`,
      object: `single sign-on ${provider} of Grafana`,
      expected: 'a redirect to the provider',
      found: `status ${status}: ${target ? `to ${target.origin}${target.pathname}` : excerpt(body)}`,
      remedy: [
        command`curl -sI '${url}'`,
        comment`in the configuration of Grafana: check auth_url and client_id of the provider`,
      ],
    })
  }
  expectNone(unmet)
  return providers.length > 0
    ? `a service account, by its token; people by ${providers.join(', ')}`
    : 'a service account, by its token; Grafana lists no provider that could be checked'
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
export async function expectStrangerRefused({ grafana, configuration }: Platform): Promise<void> {
  const [user, password] = [`nobody-${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')]
  const answer = await grafana.user({ user, password })
  if (answer.status === 200)
    throw new Unmet({
      summary: 'Grafana accepts a login with an unknown user and a wrong password.',
      object: answer.url,
      expected: 'status 401',
      found: `status ${answer.status}: ${excerpt(answer.body)}`,
      remedy: [command`curl -i -u nobody:nothing '${answer.url}'`],
    })
  if (answer.status !== 401) throw unexpected(answer, 'status 401')
  if (configuration.grafana.tokenKey === undefined) return
  const byToken = await grafana.search({
    token: `glsa_${randomBytes(16).toString('hex')}_${randomBytes(4).toString('hex')}`,
  })
  if (byToken.status === 401) return
  if (byToken.status !== 200) throw unexpected(byToken, 'status 401')
  throw new Unmet({
    summary: 'Grafana accepts an unknown token.',
    object: byToken.url,
    expected: 'status 401',
    found: `status ${byToken.status}: ${excerpt(byToken.body)}`,
    remedy: [command`curl -i -H 'Authorization: Bearer nothing' '${byToken.url}'`],
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
