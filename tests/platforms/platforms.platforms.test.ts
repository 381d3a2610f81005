/** On each platform, `init` and then `run` accept what the default one accepts, but for the items that cannot apply there. */
import { expect, it } from 'vitest'
import type { PlatformName } from '../../sandbox/platform/platforms'
import { judged } from './judged'

const ofArgoCd = ['0.13', '12.1', '12.2', '19.1']
const ofGitHub = ['0.11', '11.2', '11.3']

/** The items that do not apply, beside those of the default platform. */
const without: Readonly<Record<PlatformName, readonly string[]>> = {
  default: [],
  gitlab: [],
  'sso-grafana': [],
  'grafana-elsewhere': [],
  'several-hosts': [],
  'own-namespace': [],
  'suffixed-namespaces': [],
  'argocd-elsewhere': [],
  'release-kps': [],
  'helm-names': [],
  'external-mysql': ['0.3'],
  'secure-mysql': [],
  'gateway-api': [],
  'ingress-elsewhere': [],
  'routes-elsewhere': [],
  flux: ofArgoCd,
  'flux-helm': ofArgoCd,
  'no-cert-manager': ['0.5'],
  'no-ingress': ['0.4', '5.1', '5.2'],
  'load-balancer': ['0.4'],
  'without-github': ofGitHub,
  'all-at-once': ['0.3', ...ofArgoCd, ...ofGitHub],
}
const onDefault = ['0.12', '1.4', '13.1', '21.2']

it.each(Object.keys(without) as PlatformName[])('%s', async (platform) => {
  const { verdict, exitCode } = await judged(platform)
  const missed = verdict.items.filter(({ status }) => !['passed', 'attested', 'not applicable'].includes(status))
  expect({
    exitCode,
    problems: verdict.problems,
    missed: missed.map(({ id, status, reason }) => ({ id, status, reason })),
    causes: verdict.causes.map(({ summary }) => summary),
    without: verdict.items.filter(({ status }) => status === 'not applicable').map(({ id }) => id),
  }).toEqual({
    exitCode: 0,
    problems: [],
    missed: [],
    causes: [],
    without: verdict.items.map(({ id }) => id).filter((id) => [...onDefault, ...without[platform]].includes(id)),
  })
})
