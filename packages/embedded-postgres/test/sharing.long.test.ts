/** Several processes on one data folder: one server, which only the last one ends. */
import { expect, test } from 'vitest'
import { startEmbeddedPostgres } from '../src/index.ts'
import { holderProcess, processesOf, query, tempDataDir } from './support.ts'

test('Of two processes the first stop leaves the server to the second, and the last stop ends it', async () => {
  const dataDir = await tempDataDir()
  const first = await holderProcess(dataDir)
  const second = await holderProcess(dataDir)
  expect(second.postgres).toEqual(first.postgres)
  await first.stop()
  expect(await query(second.postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await second.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('Four processes that start at once on a new folder get the same server', async () => {
  const dataDir = await tempDataDir()
  const holders = await Promise.all([1, 2, 3, 4].map(() => holderProcess(dataDir)))
  expect(new Set(holders.map(holder => holder.postgres.pid)).size).toBe(1)
  const [last, ...others] = holders
  await Promise.all(others.map(holder => holder.stop()))
  expect(await query(last?.postgres.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }])
  await last?.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('A killed holder does not keep the server from ending', async () => {
  const dataDir = await tempDataDir()
  const killed = await holderProcess(dataDir)
  const postgres = await startEmbeddedPostgres({ dataDir })
  await killed.kill()
  await postgres.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('Starts and stops that overlap never take the server from a holder', async () => {
  const dataDir = await tempDataDir()
  const rounds = Array.from({ length: 12 }, async () => {
    const postgres = await startEmbeddedPostgres({ dataDir })
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })
  await Promise.all(rounds)
  expect(await processesOf(dataDir)).toEqual([])
})
