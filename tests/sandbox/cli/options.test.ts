import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../sandbox/cli/options'
import { platformNames } from '../../../sandbox/platform/platforms'

describe('the options of up', () => {
  it('have defaults', () => {
    expect(readOptions({})).toEqual({
      jenkins: false,
      readOnly: false,
      seed: 1,
      collectionPeriod: '1s',
      real: false,
      platform: 'default',
    })
  })

  it('are taken from the command line', () => {
    const given = {
      jenkins: true,
      readOnly: true,
      seed: '7',
      collectionPeriod: '60s',
      real: true,
      platform: 'release-kps',
    }
    expect(readOptions(given)).toEqual({
      jenkins: true,
      readOnly: true,
      seed: 7,
      collectionPeriod: '60s',
      real: true,
      platform: 'release-kps',
    })
  })

  it.each([
    [{ seed: 'x' }, '--seed must be a whole number, such as --seed 7. It was "x".'],
    [{ seed: '1.5' }, '--seed must be a whole number, such as --seed 7. It was "1.5".'],
    [{ seed: '' }, '--seed must be a whole number, such as --seed 7. It was "".'],
    [
      { seed: '99999999999999999999' },
      '--seed must be a whole number, such as --seed 7. It was "99999999999999999999".',
    ],
    [{ platform: 'openshift' }, `--platform must be one of ${platformNames.join(', ')}. It was "openshift".`],
    [
      { platform: 'flux', real: true },
      '--real runs ArgoCD, which the platform flux replaces by Flux. Leave out --real, or choose another platform.',
    ],
    [
      { collectionPeriod: '60' },
      '--collection-period must be a number with the unit ms, s, m or h, such as --collection-period 60s. It was "60".',
    ],
  ])('name the option that is wrong: %o', (given, message) => {
    expect(() => readOptions(given)).toThrow(new Error(message))
  })
})
