// The data folder of the test server: in memory if there is enough, else on disk.
import { chmod, mkdtemp, readFile, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Three times what the tests need. */
const neededBytes = 2 * 1024 ** 3

/** The in-memory file system of Linux (https://docs.kernel.org/filesystems/tmpfs.html). */
const inMemory = '/dev/shm'

/**
 * The tests create and drop hundreds of databases of some 300 files each. ext4 searches long for an inode number that
 * was not freed within the last seconds, which takes a quarter of the test time on disk.
 */
export async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join((await isRoomy()) ? inMemory : tmpdir(), 'lading-test-'))
  // The server may have to run as another user, which must be able to reach the folder.
  await chmod(folder, 0o755)
  return folder
}

async function isRoomy(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(inMemory)
    // In a container, the first is the container's own limit, and the second what the machine has left.
    const free = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]
    return bavail * bsize >= neededBytes && Number(free) * 1024 >= 2 * neededBytes
  } catch {
    return false
  }
}
