/** Selects the cluster and the credentials by kubectl's own rules, which the client library implements. */

import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
// The index of the library loads 868 modules, which takes longer than a whole section of the checklist.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { redaction } from '../basis/redaction'
import { ConfigurationError } from '../configuration/error'
import { registerSecrets } from './kubeconfig-secrets'

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * Loads the kubeconfig and registers its secrets for redaction.
 * @param context name of the context; the current context if absent
 * @throws Blocked if there is no kubeconfig, ConfigurationError if it is malformed or does not have the context
 */
export function loadKubeConfig(context?: string): KubeConfig {
  const files = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [join(homedir(), '.kube', 'config')]
  const missing = files.filter((file) => !existsSync(file))
  if (missing.length === files.length && !existsSync(serviceAccountToken))
    throw new Blocked({
      summary: 'There is no kubeconfig, so there is no cluster to check.',
      object: 'kubeconfig',
      expected: 'a file named by KUBECONFIG, ~/.kube/config, or a service account inside a cluster',
      found: `no such file: ${missing.join(', ')}`,
      remedy: [command`export KUBECONFIG=PATH`, command`kubectl config get-contexts`],
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
      }. Choose one with --context.`,
    )
  registerSecrets(config)
  return config
}
