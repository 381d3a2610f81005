import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { debianPrograms, describeMissing, missingPrograms } from '../../../sandbox/programs/debian'
import { findProgram, programFolders } from '../../../sandbox/programs/lookup'

let folder: string

function put(name: string, mode = 0o755): void {
  writeFileSync(join(folder, name), '#!/bin/sh\n')
  chmodSync(join(folder, name), mode)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-programs-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('missing programs', () => {
  it('are all programs on an empty machine', () => {
    expect(missingPrograms({ real: true }, [folder])).toEqual(Object.values(debianPrograms))
  })

  it('are those that exist under none of their names', () => {
    for (const name of [
      'etcd',
      'mysqld',
      'mariadb-install-db',
      'mariadb',
      'prometheus',
      'pushgateway',
      'socat',
      'redis-server',
      'git-daemon',
      'google-chrome',
    ])
      put(name)
    expect(missingPrograms({ real: true }, [folder])).toEqual([debianPrograms.java])
  })

  it('do not include those of the real controllers where the stand-ins run', () => {
    const names = missingPrograms({ real: false }, [folder]).map(({ package: name }) => name)
    expect(names).toContain('etcd-server')
    expect(names).not.toContain('redis-server')
  })

  it('include files that are not executable', () => {
    put('etcd', 0o644)
    expect(missingPrograms({ real: true }, [folder])).toContain(debianPrograms.etcd)
  })

  it('are described with their purpose, their package and another way to get them', () => {
    const [line] = describeMissing([debianPrograms.etcd]).split('\n')
    expect(line).toContain('etcd (the store of the API server)')
    expect(line).toContain('apt-get install etcd-server')
    expect(line).toContain('https://github.com/etcd-io/etcd/releases')
  })
})

describe('installed programs', () => {
  it('are taken from KUBEBUILDER_ASSETS before PATH', () => {
    expect(programFolders({ KUBEBUILDER_ASSETS: '/assets', PATH: '/a:/b' }).slice(0, 3)).toEqual([
      '/assets',
      '/a',
      '/b',
    ])
  })

  it('are also found in the folders of daemons', () => {
    expect(programFolders({ PATH: '/a' })).toContain('/usr/sbin')
  })

  it('are found by the first existing name', () => {
    put('mysqld')
    expect(findProgram(['mariadbd', 'mysqld'], [folder])).toBe(join(folder, 'mysqld'))
    expect(findProgram(['mariadbd'], [folder])).toBeUndefined()
  })
})
