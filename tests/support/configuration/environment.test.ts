/** Environment variables that would silently mean nothing are refused; those of other programs are left alone. */
import { describe, expect, it } from 'vitest'
import { checkVariables } from '../../../support/configuration/environment'
import { ConfigurationError } from '../../../support/configuration/error'

describe('an environment variable', () => {
  it.each([
    ['ACCEPTANCE_REPORT', 'ACCEPTANCE_REPORTS'],
    ['ACCEPTANCE_REPROTS', 'ACCEPTANCE_REPORTS'],
    ['ACCEPTANCE_REPORTS_DIR', 'ACCEPTANCE_REPORTS'],
    ['ACCEPTANCE_REPORT_DIR', 'ACCEPTANCE_REPORTS'],
    ['ACCEPTANCE_CONFIGURATION', 'ACCEPTANCE_CONFIG'],
    ['ACCEPTANCE_CONFIG_FILE', 'ACCEPTANCE_CONFIG'],
    ['ACCEPTANCE_CONTXT', 'ACCEPTANCE_CONTEXT'],
    ['ACCEPTANCE_READONLY', 'ACCEPTANCE_READ_ONLY'],
    ['acceptance_config', 'ACCEPTANCE_CONFIG'],
  ])('%s is refused for %s', (name, meant) => {
    expect(() => checkVariables({ [name]: 'x' })).toThrow(
      new ConfigurationError(
        `The environment variable ${name} means nothing here. Did you mean ${meant}? Set that one, or type: unset ${name}`,
      ),
    )
    expect(() => checkVariables({ [name]: 'x', [meant]: 'y' })).not.toThrow()
    expect(() => checkVariables({ [name]: '' })).not.toThrow()
  })

  it.each([
    'ACCEPTANCE_CONFIG',
    'ACCEPTANCE_CONTEXT',
    'ACCEPTANCE_READ_ONLY',
    'ACCEPTANCE_REPORTS',
    'ACCEPTANCE_RUN',
    'ACCEPTANCE_WEBHOOK',
    'ACCEPTANCE_COMMIT',
    'ACCEPTANCE_NOTICES',
    'ACCEPTANCE_YAML',
    // Kubernetes sets these in each pod beside a Service named acceptance, or acceptance-reports.
    'ACCEPTANCE_PORT',
    'ACCEPTANCE_PORT_8080_TCP',
    'ACCEPTANCE_SERVICE_HOST',
    'ACCEPTANCE_REPORTS_PORT',
    'ACCEPTANCE_REPORTS_SERVICE_HOST',
    'ACCEPTANCE_REPORTER',
    'ACCEPTANCE_TEST_USER',
    'REPORTS',
  ])('%s is left alone', (name) => {
    expect(() => checkVariables({ [name]: 'x' })).not.toThrow()
  })

  it.each(['ACCEPTANCE_CONFIG', 'ACCEPTANCE_REPORTS'])('%s holds no ~ that no shell has replaced', (name) => {
    expect(() => checkVariables({ [name]: '~/my files' })).toThrow(
      `${name} begins with ~, which only a shell replaces, and only outside quotes. Type: export ${name}=$HOME/'my files'`,
    )
    expect(() => checkVariables({ [name]: '/home/me/~x' })).not.toThrow()
  })
})
