/** What a start that fails says. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../src/index.ts'
import { processesOf, tempDataDir, tempFolder } from './support.ts'

test('A setting that the server rejects gives START_FAILED with the last lines of the log', async () => {
  const dataDir = await tempDataDir()
  const error = await failure({ dataDir, settings: { no_such_setting: 1 } })
  expect(error.code).toBe('START_FAILED')
  expect(error.message).toContain(dataDir)
  expect(String(error.cause)).toContain('unrecognized configuration parameter "no_such_setting"')
  expect(await processesOf(dataDir)).toEqual([])
  const postgres = await startEmbeddedPostgres({ dataDir })
  await postgres.stop()
})

test('A requested port that is taken gives PORT_TAKEN and leaves its user alone', async () => {
  const other = await startEmbeddedPostgres({ dataDir: await tempDataDir() })
  const error = await failure({ dataDir: await tempDataDir(), port: other.port })
  expect(error.code).toBe('PORT_TAKEN')
  expect(error.message).toContain(`${other.port}`)
  await other.stop()
})

test('A data folder that is a file gives DATA_DIR_UNUSABLE', async () => {
  const dataDir = join(await tempFolder(), 'file')
  await writeFile(dataDir, '')
  expect((await failure({ dataDir })).code).toBe('DATA_DIR_UNUSABLE')
})

test('A database of another major version is left alone', async () => {
  const dataDir = await tempDataDir()
  await mkdir(join(dataDir, 'cluster'), { recursive: true })
  await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '9\n')
  const error = await failure({ dataDir })
  expect(error.code).toBe('DATA_DIR_UNUSABLE')
  expect(error.message).toContain('PostgreSQL 9')
})

test('An invalid database name gives START_FAILED and ends the server', async () => {
  const dataDir = await tempDataDir()
  const error = await failure({ dataDir, database: '' })
  expect(error.code).toBe('START_FAILED')
  expect(await processesOf(dataDir)).toEqual([])
})

async function failure(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<EmbeddedPostgresError> {
  const error: unknown = await startEmbeddedPostgres(options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(EmbeddedPostgresError)
  return error as EmbeddedPostgresError
}
