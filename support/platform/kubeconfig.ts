/** Which cluster, and who is asking: kubectl's own rules, by the client library. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
// Its parts are imported one by one: the index loads 868 modules, which takes longer than a whole section of the checklist.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { Blocked } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import { ConfigurationError } from '../configuration/error'
import { registerSecrets } from './kubeconfig-secrets'

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * @param context name of the context; the current one when absent
 * @throws Blocked when there is no kubeconfig, ConfigurationError when it is malformed or has no such context
 */
export function loadKubeConfig(context?: string): KubeConfig {
  const files = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [join(homedir(), '.kube', 'config')]
  const missing = files.filter((file) => !existsSync(file))
  if (missing.length === files.length && !existsSync(serviceAccountToken))
    throw new Blocked({
      summary: 'There is no kubeconfig, so there is no cluster to look at.',
      object: 'kubeconfig',
      expected: 'a file that KUBECONFIG names, or ~/.kube/config, or a service account inside a cluster',
      found: `no such file: ${missing.join(', ')}`,
      remedy: ['export KUBECONFIG=PATH', 'kubectl config get-contexts'],
    })
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (error) {
    throw new ConfigurationError(
      `The kubeconfig (${files.join(', ')}) cannot be used: ${redaction.redactForeign((error as Error).message)}. Check it with "kubectl config view".`,
    )
  }
  if (context !== undefined) config.setCurrentContext(context)
  if (!config.getContextObject(config.getCurrentContext()))
    throw new ConfigurationError(
      `The kubeconfig has no context "${config.getCurrentContext() ?? ''}". It has: ${
        config
          .getContexts()
          .map(({ name }) => name)
          .join(', ') || 'none'
      }. Name one with --context.`,
    )
  registerSecrets(config)
  return config
}
