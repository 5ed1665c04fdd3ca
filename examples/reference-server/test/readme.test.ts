// Every curl command of the README, run as it stands against the running service, with the answer it shows.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { type RunningServer, startServer } from './support.ts'

const documented = 'http://127.0.0.1:8080'

let folder: string
let database: TestDatabase
let server: RunningServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-readme-'))
  await writeFile(
    join(folder, 'users.csv'),
    'email,name,role,active\nada@example.org,Ada,admin,true\nfoo@bar,Bob,reader,true\ncy@example.org,Cy,reader,true\n',
  )
  const article = { slug: 'one', title: 'One', content: 'Text', author_id: randomUUID(), status: 'draft' }
  await writeFile(join(folder, 'articles.ndjson'), `${JSON.stringify(article)}\n`)
  database = await createDatabase()
  server = await startServer({ DATABASE_URL: database.url, STORAGE_PATH: join(folder, 'files') })
})
afterAll(async () => {
  await server.stop()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** Commands with the lines that the README shows below them. */
async function examples(): Promise<{ command: string; answer: string }[]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/```sh\n(\$ curl[\s\S]*?)```/g)].map(([, block = '']) => block)
  return blocks.flatMap(block =>
    block
      .split(/^\$ /m)
      .filter(part => part !== '')
      .map(part => {
        const [command = '', ...answer] = part.trimEnd().split('\n')
        return { command, answer: answer.join('\n') }
      }),
  )
}

/** What differs from run to run, written as the README writes it. */
function general(answer: string): string {
  return answer
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '0b7e…')
    .replaceAll(/20\d\d-\d\d-\d\dT[0-9:.]+Z/g, '2026-…')
    .replaceAll(/"(duration_seconds|rows_per_second)":[\d.]+/g, '"$1":0')
    .trimEnd()
}

test('each gives the answer that it shows', async () => {
  let id = ''
  const found = await examples()
  expect(found.length).toBeGreaterThanOrEqual(7)
  for (const { command, answer } of found) {
    if (command.includes('0b7e…')) {
      const status = async () =>
        ((await (await fetch(`${server.url}/v1/imports/${id}`)).json()) as { status: string }).status
      await expect.poll(status).toBe('completed')
    }
    const said = execFileSync('bash', ['-c', command.replace(documented, server.url).replace('0b7e…', id)], {
      cwd: folder,
      encoding: 'utf8',
    })
    id = /"job_id":"([^"]+)"/.exec(said)?.[1] ?? id
    expect(general(said), command).toBe(answer)
  }
})
