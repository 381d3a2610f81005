/** The data sources that an operator configures in the running service: the connections, their tokens and their scopes. */
import { z } from 'zod'
import { deadlines } from '../basis/deadlines'
import { parseFrom } from '../basis/files'
import { storedNames } from '../basis/names'
import type { Ports } from '../basis/ports'
import { answersOk } from '../basis/probes'
import { until } from '../basis/waiting'
import { readVault, vaultValue } from '../credentials/vault'
import { gitLabHost } from '../network/external-hosts'
import { gitLabProjects } from './gitlab'

export const jenkinsUser = 'devlake'

interface Setup {
  readonly plugin: string
  readonly connection: { readonly name: string; readonly endpoint: string; readonly [field: string]: string }
  readonly entities: readonly string[]
  readonly scopes: readonly object[]
}

function setups(jenkins: boolean): readonly Setup[] {
  const secret = (entry: string, key: string) => vaultValue(readVault(), entry, key)
  const names = storedNames()
  const repositories = ['shop/checkout', 'shop/payments', 'shop/catalog']
  const github: Setup = {
    plugin: 'github',
    connection: {
      name: 'github',
      endpoint: 'https://api.github.com/',
      token: secret('fawkes/devlake/secrets', 'github-token'),
    },
    entities: ['CODE', 'CODEREVIEW', 'CROSS'],
    scopes: repositories.map((fullName, index) => ({
      githubId: index + 1,
      name: fullName.split('/').at(-1),
      fullName,
      HTMLUrl: `https://github.com/${fullName}`,
      cloneUrl: `https://github.com/${fullName}.git`,
    })),
  }
  const gitlab: Setup = {
    plugin: 'gitlab',
    connection: {
      name: 'gitlab',
      endpoint: `https://${gitLabHost}/api/v4/`,
      token: secret('fawkes/devlake/secrets', 'gitlab-token'),
    },
    entities: ['CODE', 'CODEREVIEW', 'CROSS'],
    scopes: gitLabProjects.map(({ id, name, path_with_namespace: path, web_url: url }) => ({
      gitlabId: id,
      name,
      pathWithNamespace: path,
      webUrl: url,
      httpUrlToRepo: `${url}.git`,
    })),
  }
  const argocd: Setup = {
    plugin: 'argocd',
    connection: {
      name: 'argocd',
      endpoint: `http://argocd-server.${names.argocd}.svc/api/v1/`,
      token: secret('fawkes/argocd', 'token'),
    },
    entities: ['CICD'],
    scopes: [names.application, 'devlake-test-app'].map((name) => ({
      name,
      namespace: names.argocd,
      project: 'default',
    })),
  }
  const forges = names.forge === null ? [] : [{ github, gitlab }[names.forge]]
  const others = [...forges, ...(names.argocd === null ? [] : [argocd])]
  if (!jenkins) return others
  const builds: Setup = {
    plugin: 'jenkins',
    connection: {
      name: 'jenkins',
      endpoint: `http://jenkins.${names.namespace}.svc:8080/`,
      username: jenkinsUser,
      password: secret('fawkes/jenkins', 'token'),
    },
    entities: ['CICD'],
    scopes: repositories.map((fullName) => ({ fullName })),
  }
  return [...others, builds]
}

const withId = z.looseObject({ id: z.number() })

/** Creates the missing connections with their scopes, as soon as the service has its tables. */
export async function connectSources(ports: Ports, jenkins: boolean, signal: AbortSignal): Promise<void> {
  const token = vaultValue(readVault(), 'fawkes/devlake/secrets', 'api-token')
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${ports.lake}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    })
    if (!answer.ok)
      throw new Error(`the service answered ${method} ${path} with ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  // A request before the service has its tables would make it log an error.
  await until(async () => (await answersOk(ports.lake, '/api/ready')) || undefined, {
    what: 'the service did not become ready for its connections',
    deadline: deadlines.serviceReady,
    signal,
  })
  for (const { plugin, connection, entities, scopes } of setups(jenkins)) {
    const base = `/api/plugins/${plugin}/connections`
    if (parseFrom(`the answer to GET ${base}`, z.array(z.unknown()), await send('GET', base)).length > 0) continue
    const { id } = parseFrom(`the answer to POST ${base}`, withId, await send('POST', base, connection))
    const configs = `${base}/${id}/scope-configs`
    const config = parseFrom(
      `the answer to POST ${configs}`,
      withId,
      await send('POST', configs, { name: 'default', entities }),
    )
    await send('PUT', `${base}/${id}/scopes`, {
      data: scopes.map((scope) => ({ ...scope, scopeConfigId: config.id })),
    })
  }
}
