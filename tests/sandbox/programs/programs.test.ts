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

describe('what is missing', () => {
  it('is everything on an empty machine', () => {
    expect(missingPrograms([folder])).toEqual(Object.values(debianPrograms))
  })

  it('is what is neither there nor there under its other name', () => {
    for (const name of ['etcd', 'mysqld', 'mariadb-install-db', 'prometheus', 'pushgateway', 'google-chrome']) put(name)
    expect(missingPrograms([folder])).toEqual([debianPrograms.java])
  })

  it('is also a file that cannot be executed', () => {
    put('etcd', 0o644)
    expect(missingPrograms([folder])).toContain(debianPrograms.etcd)
  })

  it('is described with its purpose, its package and another way to get it', () => {
    const [line] = describeMissing([debianPrograms.etcd]).split('\n')
    expect(line).toContain('etcd (the store of the API server)')
    expect(line).toContain('apt-get install etcd-server')
    expect(line).toContain('https://github.com/etcd-io/etcd/releases')
  })
})

describe('programs that are already there', () => {
  it('are taken from KUBEBUILDER_ASSETS before PATH', () => {
    expect(programFolders({ KUBEBUILDER_ASSETS: '/assets', PATH: '/a:/b' }).slice(0, 3)).toEqual([
      '/assets',
      '/a',
      '/b',
    ])
  })

  it('are looked for where Debian puts daemons, too', () => {
    expect(programFolders({ PATH: '/a' })).toContain('/usr/sbin')
  })

  it('are found by the first name that is there', () => {
    put('mysqld')
    expect(findProgram(['mariadbd', 'mysqld'], [folder])).toBe(join(folder, 'mysqld'))
    expect(findProgram(['mariadbd'], [folder])).toBeUndefined()
  })
})
