// The generated files: judged as planted, row by row; exported in both formats and imported again, equal row by row.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { generate } from '../../../testdata/generator/generate.ts'
import { briefly, exportFile, importFile, rowsOf } from './support.ts'

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

  test.each(['csv', 'ndjson'])(
    'exported as %s and imported into an empty database, every row is equal',
    async format => {
      const copy = await createReferenceDatabase()
      for (const { resource } of files) {
        const { report } = await importFile(
          copy.pool,
          resource,
          format,
          await exportFile(source.pool, resource, format),
        )
        const expected = await rowsOf(source.pool, resource)
        expect(report).toMatchObject({ successful: expected.length, failed: 0 })
        expect(await rowsOf(copy.pool, resource)).toEqual(expected)
        // And the file itself is the same again, to the byte.
        expect(
          (await exportFile(copy.pool, resource, format)).equals(
            await exportFile(source.pool, resource, format),
          ),
        ).toBe(true)
      }
      await copy.drop()
    },
  )
})
