// Loaded with a server that a test starts: its disk takes a second to remove a file.
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'

const { unlink } = promises
promises.unlink = async path => {
  await delay(1_000)
  return unlink(path)
}
syncBuiltinESMExports()
