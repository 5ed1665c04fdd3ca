// The demo: imports generated files over HTTP into a fresh database, checks the counts against the planted faults,
// exports them in both formats, imports those into two more databases, and compares the rows.
import { deepStrictEqual } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@lading/embedded-postgres'
import { generate } from '../../../testdata/generator/generate.ts'
import { exportOverHttp, importOverHttp } from './demo/api-client.ts'
import { compareTables } from './demo/compare.ts'
import { startServerProcess } from './demo/server-process.ts'
import { tableHead, tableRow } from './demo/summary-table.ts'

const sizes = { users: 10_000, articles: 15_000, comments: 20_000 }
const uploads = [
  ['users', 'csv'],
  ['articles', 'ndjson'],
  ['comments', 'ndjson'],
] as const

const say = (line: string) => process.stdout.write(`${line}\n`)

async function demo(folder: string): Promise<void> {
  const expected = await generate({ ...sizes, seed: 1, outDir: folder })
  // No DATABASE_URL: the server starts the embedded database, as `npm start` does on a machine without one.
  const dataDir = join(folder, 'data')
  const server = await startServerProcess({ DATABASE_URL: '', LADING_DATA_DIR: dataDir })
  const database = await startEmbeddedPostgres({
    dataDir: join(dataDir, 'postgres'),
    database: 'bulk_import_export',
  })
  try {
    say(`Server at ${server.url}, embedded PostgreSQL, generated files with planted faults.\n`)
    say(tableHead())
    for (const [resource, format] of uploads) {
      const status = await importOverHttp(server.url, resource, join(folder, `${resource}.${format}`))
      say(tableRow(resource, status))
      const planted = expected[resource]
      if (planted === undefined) throw new Error(`Nothing was planted in ${resource}.`)
      deepStrictEqual(
        [status.progress.total_records, status.progress.successful_records, status.progress.failed_records],
        [planted.records, planted.successful, planted.failed],
        `the counts of ${resource} differ from those planted`,
      )
      deepStrictEqual(
        { ...status.errors_by_code },
        planted.errors_by_code,
        `the codes of ${resource} differ from those planted`,
      )
    }
    say('\nEvery figure matches what was planted.\n')
    for (const format of ['csv', 'ndjson']) await roundTrip(folder, format, server.url, database.url)
    const code = await server.stop()
    deepStrictEqual(code, 0, 'the server did not exit cleanly')
  } finally {
    await server.stop()
    await database.stop()
  }
}

/** Exports everything in a format, imports it into an empty database with a server of its own, and compares. */
async function roundTrip(folder: string, format: string, server: string, databaseUrl: string): Promise<void> {
  const copy = await startEmbeddedPostgres({
    dataDir: join(folder, 'data', 'postgres'),
    database: `copy_${format}`,
  })
  const copyServer = await startServerProcess({
    DATABASE_URL: copy.url,
    STORAGE_PATH: join(folder, `files-${format}`),
  })
  try {
    const results: string[] = []
    for (const [resource] of uploads) {
      const file = join(folder, `export-${resource}.${format}`)
      await exportOverHttp(server, resource, format, file)
      const { progress } = await importOverHttp(copyServer.url, resource, file)
      const rows = await compareTables(databaseUrl, copy.url, resource)
      deepStrictEqual([progress.successful_records, progress.failed_records], [rows, 0])
      results.push(`${rows.toLocaleString('en')} ${resource}`)
    }
    say(
      `Exported as ${format.toUpperCase()} and imported into an empty database: ${results.join(', ')} are equal row by row.`,
    )
  } finally {
    await copyServer.stop()
    await copy.stop()
  }
}

const folder = await mkdtemp(join(tmpdir(), 'lading-demo-'))
try {
  await demo(folder)
  say('\nAll is as it should be.')
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
