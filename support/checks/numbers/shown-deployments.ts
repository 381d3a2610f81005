/** Section 19.5: the dashboards count the deployments that were made or reported. */
import { comment } from '../../basis/command'
import { expectData, expectNone, Unmet } from '../../basis/expectation'
import { day } from '../../dora/definitions'
import type { Window } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { showDeployments } from '../../service/commands'
import type { Story } from '../../stories/story'
import { deployThroughArgoCd } from '../test-deployment'
import type { NumbersProof, ShownDeployments } from './numbers-proof'

/** 19.5: at least one panel counts the deployment through ArgoCD. Returns the panels that do. */
export async function expectDeploymentShown(platform: Platform, numbers: NumbersProof): Promise<string> {
  const { project, startedAt, finishedAt } = await deployThroughArgoCd(platform)
  // ArgoCD's own times are whole seconds; the times in its notifications may be finer.
  const window: Window = { start: startedAt, end: finishedAt + 1000 }
  const shown = (await numbers.deploymentsShown({ project, window })).filter(({ deployments }) => deployments > 0)
  if (shown.length > 0) return inWords(shown)
  throw new Unmet({
    summary: `No dashboard shows the deployment of ${project}.`,
    object: `dashboards of ${project}`,
    expected: 'at least one deployment',
    found: 'none',
    remedy: [
      showDeployments(platform, project),
      comment`in Grafana: ${project}, from ${new Date(window.start).toISOString()}`,
    ],
  })
}

/** 19.5: every panel that counts deployments shows the number that a story reported over the days before it began. */
export async function expectReportedShown(
  platform: Platform,
  numbers: NumbersProof,
  { project, toldAt }: Pick<Story, 'project' | 'toldAt'>,
  sent: number,
  days: number,
): Promise<string> {
  const end = Math.floor(toldAt / 1000) * 1000
  const shown = await numbers.deploymentsShown({ project, window: { start: end - days * day, end } })
  expectData(shown, 'panel that counts deployments', 'the dashboards', [showDeployments(platform, project)])
  expectNone(
    shown
      .filter(({ deployments }) => deployments !== sent)
      .map(({ panel, deployments, remedy }) => ({
        summary: `The ${panel} shows ${deployments} deployments; ${sent} were sent.`,
        object: panel,
        expected: String(sent),
        found: String(deployments),
        remedy,
      })),
  )
  return inWords(shown)
}

const inWords = (shown: readonly ShownDeployments[]) =>
  shown.map(({ panel, deployments }) => `${panel}: ${deployments}`).join('\n')
