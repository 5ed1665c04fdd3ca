/** After a kill -9, of the starter or of the server, the next start finds the data. */
import { once } from 'node:events'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/index.ts'
import { isPortFree } from '../src/port.ts'
import { eventually, holderProcess, processesOf, query, tempDataDir } from './support.ts'

test('When the starter is killed the next start joins its server and finds the data', async () => {
  const dataDir = await tempDataDir()
  const killed = await holderProcess(dataDir)
  await query(killed.postgres.url, 'create table kept as select 42 as answer')
  await killed.kill()

  const next = await startEmbeddedPostgres({ dataDir })
  expect({ pid: next.pid, url: next.url }).toEqual({ pid: killed.postgres.pid, url: killed.postgres.url })
  expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await next.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('When the postmaster is killed the next start waits for its children and recovers, on the same port', async () => {
  const dataDir = await tempDataDir()
  const first = await startEmbeddedPostgres({ dataDir })
  await query(first.url, 'create table kept as select 42 as answer')
  process.kill(first.pid, 'SIGKILL')

  const second = await startEmbeddedPostgres({ dataDir })
  expect(second.pid).not.toBe(first.pid)
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await first.stop()
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await second.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('When the port of a killed server is taken, the next start uses another one', async () => {
  const dataDir = await tempDataDir()
  const first = await startEmbeddedPostgres({ dataDir })
  process.kill(first.pid, 'SIGKILL')
  await eventually(() => isPortFree(first.port))
  const unrelated = createServer().listen(first.port, '127.0.0.1')
  onTestFinished(() => void unrelated.close())
  await once(unrelated, 'listening')
  const second = await startEmbeddedPostgres({ dataDir })
  expect(second.port).not.toBe(first.port)
  await second.stop()
})

test('A stop after the postmaster was killed waits for its children', async () => {
  const dataDir = await tempDataDir()
  const postgres = await startEmbeddedPostgres({ dataDir })
  process.kill(postgres.pid, 'SIGKILL')
  await postgres.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('A postmaster.pid that names an unrelated process is not taken for the server', async () => {
  const dataDir = await tempDataDir()
  await (await startEmbeddedPostgres({ dataDir })).stop()
  const lines = [process.pid, join(dataDir, 'cluster'), 1, 1, '', '127.0.0.1', '', 'ready   ', '']
  await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'), { mode: 0o644 })
  const postgres = await startEmbeddedPostgres({ dataDir })
  expect(postgres.pid).not.toBe(process.pid)
  await postgres.stop()
})

test('Leftovers of a crash during initdb are removed', async () => {
  const dataDir = await tempDataDir()
  await mkdir(join(dataDir, 'initdb-left', 'base'), { recursive: true })
  await writeFile(join(dataDir, 'initdb-left', 'PG_VERSION'), '18\n')
  const postgres = await startEmbeddedPostgres({ dataDir })
  await postgres.stop()
  expect((await readdir(dataDir)).filter(name => name.startsWith('initdb-'))).toEqual([])
})

test('A stop still ends the server if the data folder was deleted in the meantime', async () => {
  const dataDir = await tempDataDir()
  const postgres = await startEmbeddedPostgres({ dataDir })
  await rm(dataDir, { recursive: true })
  await postgres.stop()
  expect(await processesOf(dataDir)).toEqual([])
})
