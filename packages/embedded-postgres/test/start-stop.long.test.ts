/** One process that starts and stops a server: what it gets, and that nothing is left. */
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/index.ts'
import { eventually, holderProcess, homeOf, processesOf, query, tempDataDir } from './support.ts'

test('A stopped server leaves no process, and its data is there at the next start', async () => {
  const dataDir = await tempDataDir()
  const first = await startEmbeddedPostgres({ dataDir, database: 'über "alles"' })
  await query(first.url, 'create table kept as select 42 as answer')
  expect(await processesOf(dataDir)).toContain(first.pid)
  await first.stop()
  await first.stop()
  expect(await processesOf(dataDir)).toEqual([])

  const second = await startEmbeddedPostgres({ dataDir, database: 'über "alles"' })
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await second[Symbol.asyncDispose]()
  expect(await processesOf(dataDir)).toEqual([])
})

test('The server speaks UTF-8 and UTC, knows Unicode letters and has the given settings', async () => {
  const settings = { max_connections: 33, jit: false, port: 1, listen_addresses: '*' }
  const postgres = await startEmbeddedPostgres({ dataDir: await tempDataDir(), settings })
  const rows = await query(
    postgres.url,
    `select lower('ÄÉÑ') as lower, current_setting('TimeZone') as zone, current_setting('server_encoding') as encoding,
            current_setting('max_connections') as connections, current_setting('jit') as jit,
            current_setting('listen_addresses') as address, current_setting('unix_socket_directories') as sockets,
            current_setting('password_encryption') as passwords`,
  )
  expect(rows).toEqual([
    {
      lower: 'äéñ',
      zone: 'UTC',
      encoding: 'UTF8',
      connections: '33',
      jit: 'off',
      address: '127.0.0.1',
      sockets: '',
      passwords: 'scram-sha-256',
    },
  ])
  await postgres.stop()
})

test('The server rejects other machines and a wrong password, and only its owner may read the password', async () => {
  const dataDir = await tempDataDir()
  const postgres = await startEmbeddedPostgres({ dataDir })
  await expect(query(postgres.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
    code: '28P01',
  })
  expect((await stat(join(await homeOf(dataDir), 'password'))).mode & 0o777).toBe(0o600)
  for (const address of outsideAddresses()) {
    const socket = connect(postgres.port, address)
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }
  await postgres.stop()
})

test('Two starts in one process share a server, and the first stop does not end it', async () => {
  const dataDir = await tempDataDir()
  const [first, second] = await Promise.all([
    startEmbeddedPostgres({ dataDir }),
    startEmbeddedPostgres({ dataDir }),
  ])
  expect(second.pid).toBe(first.pid)
  await Promise.all([first.stop(), first.stop()])
  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('A process that forgets to stop can end, and the next start joins its server', async () => {
  const dataDir = await tempDataDir()
  const { child, postgres } = await holderProcess(dataDir, { args: ['--forget'] })
  await eventually(async () => child.exitCode === 0)
  const next = await startEmbeddedPostgres({ dataDir })
  expect(next.pid).toBe(postgres.pid)
  await next.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

function outsideAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  return all.filter(entry => entry.family === 'IPv4' && !entry.internal).map(entry => entry.address)
}
