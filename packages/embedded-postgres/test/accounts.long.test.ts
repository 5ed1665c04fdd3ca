/** Root and ordinary users, folders that are closed to the server's account, and packages without their links. */
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { canReach, isRoot, serverAccount } from '../src/account.ts'
import { findBinaries } from '../src/binaries.ts'
import { startEmbeddedPostgres } from '../src/index.ts'
import { makeLibraryLinks } from '../src/library-links.ts'
import { copyBinaries } from '../src/native-copy.ts'
import {
  holderProcess,
  homeOf,
  processesOf,
  query,
  removeAfterTest,
  repository,
  tempFolder,
} from './support.ts'

const nobody = { uid: 65534, gid: 65534, name: 'nobody' }

test('As root, a database under a closed folder is stored elsewhere and found again, also after a move', async context => {
  context.skip(!isRoot(), 'only root runs the server as another user')
  const parent = await tempFolder()
  await chmod(parent, 0o700)
  const dataDir = join(parent, 'data')
  const first = await startEmbeddedPostgres({ dataDir })
  removeAfterTest(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  await first.stop()
  expect(await homeOf(dataDir)).not.toBe(dataDir)

  const moved = join(parent, 'moved')
  await rename(dataDir, moved)
  const second = await startEmbeddedPostgres({ dataDir: moved })
  removeAfterTest(moved)
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await second.stop()
  expect(await processesOf(moved)).toEqual([])

  await cp(moved, dataDir, { recursive: true })
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' })
  await rm(dataDir, { recursive: true })
})

test('As root, a strict umask does not deny the server access to its folders', async context => {
  context.skip(!isRoot(), 'only root runs the server as another user')
  const parent = await tempFolder()
  await chmod(parent, 0o700)
  const dataDir = join(parent, 'data')
  const holder = await holderProcess(dataDir, { args: ['--strict-umask'] })
  removeAfterTest(dataDir)
  await holder.stop()
})

test('As root, a database folder that was deleted starts empty', async context => {
  context.skip(!isRoot(), 'only root runs the server as another user')
  const parent = await tempFolder()
  await chmod(parent, 0o700)
  const dataDir = join(parent, 'data')
  const first = await startEmbeddedPostgres({ dataDir })
  removeAfterTest(dataDir)
  await query(first.url, 'create table kept as select 42 as answer')
  await rm(dataDir, { recursive: true })
  const second = await startEmbeddedPostgres({ dataDir })
  expect(await query(second.url, `select to_regclass('kept') as kept`)).toEqual([{ kept: null }])
  await second.stop()
  expect(await processesOf(dataDir)).toEqual([])
})

test('As root, an empty closed folder is handed to the account that runs the server', async context => {
  context.skip(!isRoot(), 'only root runs the server as another user')
  const dataDir = join(await tempFolder(), 'data')
  await mkdir(dataDir, { mode: 0o700 })
  const postgres = await startEmbeddedPostgres({ dataDir })
  removeAfterTest(dataDir)
  expect(await homeOf(dataDir)).toBe(dataDir)
  expect((await stat(dataDir)).uid).toBe((await serverAccount()).uid)
  await postgres.stop()
})

test('An ordinary user runs the server as himself, and root joins it', async context => {
  context.skip(!isRoot(), 'only root can become another user')
  context.skip(!(await canReach(nobody, repository)), 'this clone is closed to other users')
  const home = await tempFolder()
  await chown(home, nobody.uid, nobody.gid)
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home }
  const dataDir = join(home, 'data')
  const holder = await holderProcess(dataDir, { uid: nobody.uid, gid: nobody.gid, env })
  removeAfterTest(dataDir)
  expect((await stat(join(dataDir, 'cluster'))).uid).toBe(nobody.uid)

  const root = await startEmbeddedPostgres({ dataDir })
  expect(root.pid).toBe(holder.postgres.pid)
  await root.stop()
  expect(await query(holder.postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await holder.stop()
  expect(await processesOf(dataDir)).toEqual([])

  const again = await startEmbeddedPostgres({ dataDir })
  await again.stop()
  expect(await processesOf(dataDir)).toEqual([])
  await (await holderProcess(dataDir, { uid: nobody.uid, gid: nobody.gid, env })).stop()
})

test('A copy of the programs is made once, complete with its links, and readable by all', async () => {
  const folder = await tempFolder()
  const binaries = await findBinaries()
  const copies = await Promise.all([1, 2, 3].map(() => copyBinaries(binaries, folder)))
  expect(new Set(copies.map(copy => copy.postgres)).size).toBe(1)
  const native = copies[0]?.native ?? ''
  expect((await stat(join(native, 'bin', basename(binaries.postgres)))).mode & 0o777).toBe(0o755)
  expect(await brokenLinks(native)).toEqual([])
})

test('Links that no install script has created are created, even by several processes at once', async () => {
  const native = join(await tempFolder(), 'native')
  await cp((await findBinaries()).native, native, { recursive: true, verbatimSymlinks: true })
  for (const { target } of await links(native)) await rm(join(dirname(native), target), { force: true })
  expect(await Promise.all([1, 2, 3].map(() => makeLibraryLinks(native)))).toEqual([true, true, true])
  expect(await brokenLinks(native)).toEqual([])
})

async function links(native: string): Promise<{ source: string; target: string }[]> {
  return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'))
}

async function brokenLinks(native: string): Promise<string[]> {
  const broken: string[] = []
  for (const { target } of await links(native)) {
    const path = join(native, ...target.split('/').slice(1))
    await stat(path).catch(() => broken.push(path))
  }
  return broken
}
