// The service with its embedded database: how both end, together and after kill -9.
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { killed, processesOf } from '../../../test-support/server-processes.ts'
import { ended, upload } from './service-requests.ts'
import { startServer } from './support.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-server-'))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const file = 'email,name,role,active\nada@example.org,Ada,admin,true\n'

test('SIGTERM ends it with 0 and leaves no process; after kill -9 of all processes its data is still there', async () => {
  const first = await startServer({ LADING_DATA_DIR: folder })
  await ended(first.url, await upload(first.url, 'users.csv', file))
  expect(await first.stop()).toBe(0)
  expect(processesOf(folder)).toEqual([])

  const second = await startServer({ LADING_DATA_DIR: folder })
  await ended(second.url, await upload(second.url, 'users.csv', file.replaceAll('ada', 'bob')))
  const exited = once(second.child, 'exit')
  second.child.kill('SIGKILL')
  await exited
  for (const pid of processesOf(folder)) killed(pid)

  const third = await startServer({ LADING_DATA_DIR: folder })
  const exported = await (await fetch(`${third.url}/v1/exports?resource=users&format=csv`)).text()
  expect(exported.match(/ada@example.org|bob@example.org/g)?.sort()).toEqual([
    'ada@example.org',
    'bob@example.org',
  ])
  expect(await third.stop()).toBe(0)
  expect(processesOf(folder)).toEqual([])
})
