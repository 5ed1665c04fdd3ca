// A bundle: every resource of one moment in one file, and the same rows again in another database.
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter, defineResource, memoryStorage, Type } from '../../src/index.ts'
import { allRows, buffer, entriesOf, plantRows, tables } from '../fixtures/bundle-fixture.ts'
import { resources } from '../support.ts'

let database: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'lading-bundles-test-'))
beforeAll(async () => {
  // So that only files of this test are left there.
  vi.stubEnv('TMPDIR', folder)
  database = await createReferenceDatabase()
  await plantRows(database.pool, 500)
})
afterAll(async () => {
  await database.drop()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const bundleOf = (pool: pg.Pool, options = {}) => buffer(createExporter({ pool, resources }).bundle(options))

/** Folders that bundles are unpacked into. */
const leftovers = () => readdir(folder)

describe.each(['ndjson', 'csv'])('a bundle of %s', format => {
  test('fills an empty database with the same rows', async () => {
    const bundle = await bundleOf(database.pool, { format })
    const empty = await createReferenceDatabase()
    const importer = createImporter({ pool: empty.pool, resources })
    const opened = await importer.openBundle({ source: bundle })
    const reports: unknown[] = []
    for (const { resource, format, open } of opened.entries) {
      const { inserted, failed } = await importer.run({ resource, format, source: await open() })
      reports.push([resource, inserted, failed])
    }
    await opened.close()
    expect(reports).toEqual([
      ['users', 500, 0],
      ['articles', 500, 0],
      ['comments', 500, 0],
    ])
    expect(await allRows(empty.pool)).toEqual(await allRows(database.pool))
    await empty.drop()
  })

  test('begins with a manifest that says what each file is', async () => {
    const asked = { format, resources: ['comments', 'users', 'articles'] }
    const [manifest, ...files] = await entriesOf(await bundleOf(database.pool, asked))
    expect(manifest?.[0]).toBe('manifest.json')
    const about = JSON.parse(manifest?.[1] ?? '')
    expect(about).toMatchObject({
      lading_bundle: 1,
      format,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    // After those that they refer to, whatever the requested order.
    expect(files.map(([name]) => name)).toEqual(tables.map(name => `${name}.${format}`))
    expect(about.entries).toEqual(
      files.map(([file, content], index) => ({
        resource: tables[index],
        file,
        format,
        rows: 500,
        bytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        fields: expect.any(Array),
      })),
    )
    expect(about.entries[2].fields).toEqual([
      { name: 'id', type: 'uuid' },
      { name: 'article_id', type: 'uuid' },
      { name: 'user_id', type: 'uuid' },
      { name: 'body', type: 'text' },
      { name: 'created_at', type: 'timestamp' },
    ])
    expect(about.entries[1].fields[5]).toEqual({ name: 'tags', type: 'text[]' })
  })

  test('holds what an export of each resource holds', async () => {
    const exporter = createExporter({ pool: database.pool, resources })
    const [, ...files] = await entriesOf(await bundleOf(database.pool, { format }))
    const alone = await Promise.all(tables.map(resource => buffer(exporter.stream({ resource, format }))))
    expect(files.map(([, content]) => content)).toEqual(alone.map(String))
  })
})

test('empty tables make files without rows, which can be imported', async () => {
  const empty = await createReferenceDatabase()
  for (const [format, header] of [
    ['ndjson', ''],
    ['csv', 'id,article_id,user_id,body,created_at\n'],
  ]) {
    const bundle = await bundleOf(empty.pool, { format })
    expect((await entriesOf(bundle))[3]).toEqual([`comments.${format}`, header])
    const importer = createImporter({ pool: empty.pool, resources })
    const opened = await importer.openBundle({ source: bundle })
    expect(opened.entries.map(({ rows }) => rows)).toEqual([0, 0, 0])
    for (const { resource, format, open } of opened.entries) {
      expect(await importer.run({ resource, format, source: await open() })).toMatchObject({ processed: 0 })
    }
    await opened.close()
  }
  await empty.drop()
})

test('every file shows the same moment, even with concurrent writes', async () => {
  const busy = await createReferenceDatabase()
  await plantRows(busy.pool, 300)
  let isOver = false
  let written = 0
  const writer = (async () => {
    while (!isOver) {
      // An author and an article in one transaction, so that no moment has the one without the other.
      await busy.pool.query(
        `with author as (
           insert into users (email, name, role, active) values (gen_random_uuid() || '@example.org', 'N', 'author', true)
           returning id
         )
         insert into articles (slug, title, content, author_id, status)
         select 'new-' || gen_random_uuid(), 't', 'c', id, 'draft' from author`,
      )
      written++
    }
  })()
  const storage = memoryStorage()
  const writtenBetween: number[] = []
  const slow = {
    ...storage,
    async put(...args: Parameters<typeof storage.put>) {
      const stored = await storage.put(...args)
      const before = written
      await expect.poll(() => written, { timeout: 10_000 }).toBeGreaterThan(before + 20)
      writtenBetween.push(written - before)
      return stored
    },
  }
  const spool = { storage: slow, keyOf: (file: string) => file }
  const bundle = await bundleOf(busy.pool, { spool })
  isOver = true
  await writer
  expect(writtenBetween).toHaveLength(3)
  const [, users, articles] = await entriesOf(bundle)
  const parsed = (content = '') =>
    content
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  const authors = new Set(parsed(users?.[1]).map(({ id }) => id))
  const orphans = parsed(articles?.[1]).filter(({ author_id }) => !authors.has(author_id))
  expect(orphans).toEqual([])
  // The users were printed first, and each new one came with an article.
  expect(authors.size).toBe(parsed(articles?.[1]).length)
  await busy.drop()
})

describe('a bundle is rejected', () => {
  const exporter = () => createExporter({ pool: database.pool, resources })

  test.each([
    [{ resources: [] }, 'OPTION_INVALID', 'one resource or more'],
    [{ resources: ['users', 'users'] }, 'OPTION_INVALID', '"users" twice'],
    [{ resources: ['users', 'user'] }, 'RESOURCE_UNKNOWN', 'did you mean "users"'],
    [{ format: 'json' }, 'OPTION_INVALID', 'ndjson, csv'],
    [{ format: 'constructor' }, 'OPTION_INVALID', 'ndjson, csv'],
  ])('for %j', async (options, code, named) => {
    expect(() => exporter().bundle(options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(named) }),
    )
    await expect(exporter().checkBundle(options)).rejects.toMatchObject({ code })
  })

  test('for resources that refer to each other in a circle, by their names; and not for those that refer to themselves', async () => {
    await database.pool.query(`
      create table hens (id int primary key, egg_id int, mother_id int references hens (id));
      create table eggs (id int primary key, hen_id int references hens (id));
      alter table hens add foreign key (egg_id) references eggs (id);
      insert into hens (id, mother_id) values (1, null), (2, 1);`)
    const id = Type.Integer()
    const optional = Type.Optional(Type.Union([Type.Integer(), Type.Null()]))
    const eggs = defineResource('eggs', { table: 'eggs', schema: Type.Object({ id, hen_id: optional }) })
    const hens = (fields: object) =>
      defineResource('hens', { table: 'hens', schema: Type.Object({ id, mother_id: optional, ...fields }) })
    const circular = createExporter({ pool: database.pool, resources: [hens({ egg_id: optional }), eggs] })
    await expect(circular.checkBundle({ resources: ['hens', 'eggs'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('hens → eggs → hens'),
    })
    // Without the field that closes the circle there is no circle.
    const straight = createExporter({ pool: database.pool, resources: [eggs, hens({})] })
    const [, ...files] = await entriesOf(await buffer(straight.bundle()))
    expect(files.map(([name]) => name)).toEqual(['hens.ndjson', 'eggs.ndjson'])
  })

  test('midway for a value that cannot be printed, by name, and nothing of it is left', async () => {
    const broken = await createReferenceDatabase()
    await plantRows(broken.pool, 10)
    await broken.pool.query(`update articles set updated_at = 'infinity' where slug = 'slug-7'`)
    const storage = memoryStorage()
    const spool = { storage, keyOf: (file: string) => file }
    await expect(bundleOf(broken.pool, { spool })).rejects.toMatchObject({
      code: 'VALUE_NOT_PRINTABLE',
      message: expect.stringContaining('"updated_at"'),
    })
    const left: string[] = []
    for await (const { key } of storage.list('')) left.push(key)
    expect(left).toEqual([])
    await broken.drop()
  })
})

test('a reader that stops early ends the query, and leaves neither files nor a connection', async () => {
  const exporter = createExporter({ pool: database.pool, resources })
  // Once it has read the catalogue, a lock on a table concerns its rows only.
  await exporter.checkBundle()
  const locking = await database.pool.connect()
  await locking.query('begin; lock table articles')
  const waiting = exporter.bundle()
  waiting.resume().on('error', () => undefined)
  // The users are printed into the spool, and the articles keep it waiting.
  await expect.poll(async () => (await leftovers()).length).toBe(1)
  waiting.destroy()
  await expect.poll(leftovers).toEqual([])
  await locking.query('rollback')
  locking.release()

  for await (const _chunk of exporter.bundle()) break
  await expect.poll(leftovers).toEqual([])
  await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0)
})
