/** A process that uses a database of its own, such as a benchmark, leaves no server behind when a signal ends it. */
import { execa } from 'execa'
import { createConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { until } from '../../../sandbox/basis/waiting'
import { root } from '../../fixtures/features'

it('stops its own database when it is interrupted', async () => {
  const program = `
    const { startMariaDb } = require('./tests/fixtures/mariadb')
    startMariaDb().then(({ root }) => console.log(root.port))
    setInterval(() => {}, 1000)`
  const user = execa('node', ['-r', 'ts-node/register', '-e', program], { cwd: root, reject: false })
  const port = await new Promise<number>((started) => user.stdout.on('data', (said) => started(Number(said))))
  const connects = () => createConnection({ host: '127.0.0.1', port, user: 'root' }).then((one) => one.end())
  await connects()
  user.kill('SIGTERM')
  await user
  const refuses = () =>
    connects().then(
      () => undefined,
      ({ code }) => code === 'ECONNREFUSED' || undefined,
    )
  expect(await until(refuses, { what: 'the server is gone', deadline: 30_000 })).toBe(true)
})
