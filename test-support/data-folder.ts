// Where the server of the tests keeps its data: in memory if there is plenty, else on the disk.
import { chmod, mkdtemp, readFile, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The tests need a third of it. */
const neededBytes = 2 * 1024 ** 3

/** What Linux calls its file system in memory (https://docs.kernel.org/filesystems/tmpfs.html). */
const inMemory = '/dev/shm'

/**
 * Databases come and go by the hundred, each of some 300 files, and ext4 looks long for a number that none of those
 * has had which were deleted within the last seconds: a quarter of the time of the tests on a disk.
 */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join((await isRoomy()) ? inMemory : tmpdir(), 'lading-test-'))
  // The server may have to run as another user, who must be able to reach the folder.
  await chmod(folder, 0o755)
  return folder
}

async function isRoomy(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(inMemory)
    // Of a container, the first is told by what it was given, and the second by what the machine has left.
    const free = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]
    return bavail * bsize >= neededBytes && Number(free) * 1024 >= 2 * neededBytes
  } catch {
    return false
  }
}
