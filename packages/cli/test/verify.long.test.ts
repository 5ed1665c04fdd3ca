// lading verify: what it prints, and how it ends.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '@lading/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import project from '../../../examples/reference-server/lading.config.ts'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { lading, referenceConfig, tempFolder } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterAll(() => database.drop())

test('a job whose file is whole, one whose file was damaged, and none', async () => {
  const folder = await tempFolder()
  const { pool } = database
  const { resources } = project
  const queue = postgresQueue({ pool })
  const importer = createImporter({ pool, resources })
  const jobs = createJobs({
    importer,
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
  })
  const source = Buffer.from('email,name,role,active\na@example.org,A,reader,true\n')
  const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source })
  await queue.close()
  const verify = (...args: string[]) =>
    lading(['--config', referenceConfig, 'verify', '--storage', folder, ...args], {
      databaseUrl: database.url,
    })

  const whole = await verify(id)
  expect(whole).toMatchObject({
    code: 0,
    stdout: `${id}\tusers\twhole\tThe source file has the 51 bytes that were stored.\n`,
  })

  const { rows } = await pool.query('select source_key as key from lading.jobs')
  const path = join(folder, rows[0].key)
  const content = await readFile(path)
  content[30] = 0
  await writeFile(path, content)
  const damaged = await verify(id, '--json')
  expect(damaged.code).toBe(1)
  expect(JSON.parse(damaged.stdout)).toMatchObject({
    job_id: id,
    whole: false,
    files: [{ job_id: id, what: 'source', resource: 'users', size: 51, state: 'corrupt' }],
  })

  const unknown = await verify('00000000-0000-4000-8000-000000000000')
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown.stderr).toContain('There is no job with this id.')
  expect((await verify(id, '--tenant', 'acme')).stderr).toContain('There is no job with this id.')
})
