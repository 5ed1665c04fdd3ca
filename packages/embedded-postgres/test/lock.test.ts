/** The lock between processes: one at a time, and the dead do not keep it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withLock } from '../src/lock.ts'
import { ownIdentity } from '../src/process-identity.ts'
import { tempFolder } from './support.ts'

test('Only one process holds the lock at a time, and an error releases it', async () => {
  const path = join(await tempFolder(), 'lock')
  let inside = 0
  const visits = Array.from({ length: 20 }, () =>
    withLock(path, async () => {
      inside += 1
      expect(inside).toBe(1)
      await turn()
      inside -= 1
      throw new Error('left')
    }),
  )
  const results = await Promise.allSettled(visits)
  expect(results.map(result => result.status === 'rejected' && String(result.reason))).toEqual(
    Array.from({ length: 20 }, () => 'Error: left'),
  )
  expect(await readdir(join(path, '..'))).toEqual([])
})

test.each([
  ['of a dead process', async () => ({ pid: await deadPid(), startedAt: 'then', ticket: 'a' })],
  [
    'of a dead process whose pid is used again',
    async () => ({ pid: process.pid, startedAt: 'then', ticket: 'a' }),
  ],
  ['whose content was lost', async () => undefined],
])('A lock %s is taken over by one process at a time', async (_name, owner) => {
  const path = join(await tempFolder(), 'lock')
  const left = await owner()
  await writeFile(path, left === undefined ? '' : JSON.stringify(left))
  let inside = 0
  const visits = Array.from({ length: 20 }, () =>
    withLock(path, async () => {
      inside += 1
      expect(inside).toBe(1)
      await turn()
      inside -= 1
    }),
  )
  await Promise.all(visits)
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('A process that died while it broke a dead lock does not keep the lock', async () => {
  const path = join(await tempFolder(), 'lock')
  const dead = { ...(await ownIdentity()), pid: await deadPid() }
  await writeFile(path, JSON.stringify({ ...dead, ticket: 'a' }))
  await writeFile(`${path}.a`, JSON.stringify({ ...dead, ticket: 'b' }))
  expect(await withLock(path, async () => 'inside')).toBe('inside')
  expect(await readdir(join(path, '..'))).toEqual([])
})

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}
