// The generated files: judged as planted, row by row; exported in every format and imported again, equal row by row.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { generate } from '../../../../testdata/generator/generate.ts'
import { createImporter, type FileShape } from '../../src/index.ts'
import { briefly, exportShaped, importFile, resources, rowsOf } from '../support.ts'

const files = [
  { resource: 'users', format: 'csv', records: 10_000 },
  { resource: 'articles', format: 'ndjson', records: 15_000 },
  { resource: 'comments', format: 'ndjson', records: 20_000 },
] as const

describe('10,000 users, 15,000 articles and 20,000 comments', () => {
  let folder: string
  let source: TestDatabase
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lading-generated-'))
    await generate({ users: 10_000, articles: 15_000, comments: 20_000, seed: 1, outDir: folder })
    source = await createReferenceDatabase()
  })
  afterAll(async () => {
    await source.drop()
    await rm(folder, { recursive: true })
  })

  test.each(files)(
    '$resource: every planted fault is reported, and nothing else',
    async ({ resource, format, records }) => {
      const { report, errors } = await importFile(
        source.pool,
        resource,
        format,
        join(folder, `${resource}.${format}`),
      )
      const planted = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'))[resource]
      const lines = (await readFile(join(folder, `${resource}.expected.ndjson`), 'utf8')).trim().split('\n')

      expect(briefly(errors)).toEqual(
        lines.map(line => {
          const { row_number, field, code } = JSON.parse(line)
          return `${row_number} ${field} ${code}`
        }),
      )
      expect(planted.records).toBe(records)
      expect(report).toMatchObject({
        processed: planted.records,
        successful: planted.successful,
        failed: planted.failed,
        errorsByCode: planted.errors_by_code,
      })
      expect(await rowsOf(source.pool, resource)).toHaveLength(planted.successful)
    },
  )

  const shapes: readonly FileShape[] = [
    { format: 'csv' },
    { format: 'ndjson' },
    { format: 'json' },
    { format: 'ndjson', compression: 'gzip' },
  ]

  test.each(shapes)('exported as %j and imported into an empty database, every row is equal', async shape => {
    const copy = await createReferenceDatabase()
    for (const { resource } of files) {
      const printed = await exportShaped(source.pool, { resource, ...shape }, resources)
      const importer = createImporter({ pool: copy.pool, resources })
      const report = await importer.run({ resource, ...shape, source: printed })
      const expected = await rowsOf(source.pool, resource)
      expect(report).toMatchObject({ successful: expected.length, failed: 0 })
      expect(await rowsOf(copy.pool, resource)).toEqual(expected)
      // And the file itself is the same again, to the byte; where a stream is cut decides how gzip packs it.
      const again = await exportShaped(copy.pool, { resource, ...shape }, resources)
      const text = (file: Buffer) => (shape.compression === 'gzip' ? gunzipSync(file) : file)
      expect(text(again).equals(text(printed))).toBe(true)
    }
    await copy.drop()
  })
})
