/** Section 15: who gets into Grafana, and who does not. */
import { randomBytes } from 'node:crypto'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { selectorOf } from '../basis/labels'
import { rememberOutcome } from '../basis/memo'
import { excerpt } from '../basis/redaction'
import type { Login } from '../platform/grafana'
import type { HttpAnswer } from '../platform/http'
import type { Platform } from '../platform/platform'
import { expectReachable } from './reachability'
import { expectSecrets } from './secrets'

/**
 * 15.2: the admin is let in with the password of the secret. It is tried once in a run, whatever comes of it: Grafana locks an
 * account for five minutes after five wrong passwords.
 * @returns how to ask Grafana as the admin
 */
export const expectAdminLetIn = rememberOutcome(letIn)

async function letIn({ kubernetes, configuration, grafana }: Platform): Promise<Login> {
  const { user, passwordKey } = configuration.grafana
  const { name } = configuration.secretNames.grafana
  const object = `Secret ${kubernetes.namespace}/${name}, key ${passwordKey}`
  const password = (await kubernetes.secret(name))?.get(passwordKey)
  if (!password)
    throw new Blocked({
      summary: `There is no password of Grafana's admin in ${object}.`,
      object,
      expected: 'a password',
      found: password === undefined ? 'no such key' : 'an empty value',
      remedy: [`kubectl describe secret -n ${kubernetes.namespace} ${name}`],
    })
  const answer = await grafana.user({ user, password })
  if (answer.status === 200) return { user, password }
  if (answer.status !== 401) throw unexpected(answer, 'the user who asks')
  const pod = `$(kubectl get pods -n ${kubernetes.namespace} -l ${selectorOf(configuration.components.grafana.labels)} -o name)`
  throw new Unmet({
    summary: `Grafana does not let ${user} in with the password of its secret.`,
    object,
    expected: `the password of ${user}: Grafana takes it from the secret only when its own database is new`,
    found: `status 401: ${excerpt(answer.body)}`,
    remedy: [
      `kubectl get secret -n ${kubernetes.namespace} ${name} -o jsonpath='{.data.${passwordKey}}' | base64 -d`,
      `kubectl exec -n ${kubernetes.namespace} ${pod} -- grafana cli admin reset-admin-password '…'`,
    ],
  })
}

/** What every look into Grafana needs; each part has an item of its own, whose finding this is. */
export async function expectUsable(platform: Platform): Promise<void> {
  await expectReachable(platform, 'grafana')
  await expectSecrets(platform, 'grafana')
  await expectAdminLetIn(platform)
}

/** 15.2: once, by a name that nobody has: a wrong password of the admin would count against the account. */
export async function expectStrangerRefused({ grafana }: Platform): Promise<void> {
  const [user, password] = [`nobody-${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')]
  const answer = await grafana.user({ user, password })
  if (answer.status === 401) return
  throw new Unmet({
    summary: 'Grafana lets a user in whom it cannot know.',
    object: answer.url,
    expected: 'status 401',
    found: `status ${answer.status}: ${excerpt(answer.body)}`,
    remedy: [`curl -i -u nobody:nothing '${answer.url}'`],
  })
}

/** 15.2: who has not logged in sees nothing, or may only look. Returns which of the two, in words. */
export async function expectAnonymousOnlyReads({ grafana }: Platform): Promise<string> {
  const answer = await grafana.organization()
  if (answer.status === 401) return 'Grafana asks everybody to log in.'
  if (answer.status !== 200) throw unexpected(answer, 'a refusal, or the organization')
  const folders = new Map((await grafana.dashboards()).map(({ folderUid, folderTitle }) => [folderUid, folderTitle]))
  folders.delete('')
  const unmet: Circumstances[] = []
  for (const [uid, title] of folders) {
    const { canSave, canEdit, canAdmin } = await grafana.rightsIn(uid)
    if (!canSave && !canEdit && !canAdmin) continue
    unmet.push({
      summary: `Who has not logged in to Grafana may change the dashboards in ${title}.`,
      object: `folder ${title} of Grafana`,
      expected: 'the role Viewer, or no anonymous access',
      found: `may save: ${canSave}, may edit: ${canEdit}, may administrate: ${canAdmin}`,
      remedy: ['# in the configuration of Grafana: [auth.anonymous] org_role = Viewer'],
    })
  }
  expectNone(unmet)
  return `Who has not logged in may look at ${folders.size} folders and change none.`
}

const unexpected = ({ url, status, body }: HttpAnswer, expected: string) =>
  new Unmet({
    summary: `Grafana answers ${new URL(url).pathname} with ${status}.`,
    object: url,
    expected,
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [`curl -i '${url}'`],
  })
