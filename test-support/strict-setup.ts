// Checks each test file of a strict run: it must close everything that keeps a process alive, and every descriptor.
import { readdirSync, readlinkSync } from 'node:fs'
import { afterAll, expect } from 'vitest'

/**
 * Kinds of resources that a test opens (https://nodejs.org/api/process.html#processgetactiveresourcesinfo). Those that
 * do not keep the process alive are not reported, such as an idle connection of `fetch`.
 */
const kinds = [
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'PipeConnectWrap',
  'ProcessWrap',
  'Timeout',
]

/** Kinds that the test runner itself also uses, for communication between its processes. */
const sharedKinds = ['MessagePort', 'UDPWrap', 'PipeWrap', 'FSEventWrap']

type Counts = Record<string, number>

function active(): Counts {
  const counts = Object.fromEntries([...kinds, ...sharedKinds].map(kind => [kind, 0]))
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind in counts) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/**
 * Open descriptors by target; empty if the system does not report them. Each thread has some of its own. Sockets are
 * counted by the kinds above, and so are file watches, which share one permanent descriptor of the process.
 */
function descriptors(): Counts {
  const counts: Counts = {}
  for (const target of targets()) {
    if (target.startsWith('socket:') || target === 'anon_inode:inotify') continue
    const name = `descriptor of ${target.replace(/:\[\d+\]$/, '')}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const folder = '/proc/self/fd'

function targets(): readonly string[] {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names.flatMap(name => {
    try {
      return [readlinkSync(`${folder}/${name}`)]
    } catch {
      // Closed meanwhile, such as the descriptor that read the folder.
      return []
    }
  })
}

const counted = (): Counts => ({ ...active(), ...descriptors() })

/** Milliseconds; the server discards a refused body for five seconds. */
const timeoutMs = 8_000

/** Leaks of earlier files in the same process, which were reported already. */
const blamed: { counts: Counts } = (globalThis as { ladingBlamed?: typeof blamed }).ladingBlamed ?? {
  // Not the runner's own resources of the first kinds: its timers come and go.
  counts: { ...counted(), ...Object.fromEntries(kinds.map(kind => [kind, 0])) },
}
Object.assign(globalThis, { ladingBlamed: blamed })

// Registered first, so that it runs after those of the file.
afterAll(async () => {
  const leaked = () => Object.entries(counted()).filter(([kind, count]) => count > (blamed.counts[kind] ?? 0))
  const deadline = performance.now() + timeoutMs
  while (leaked().length > 0 && performance.now() < deadline) {
    // Unreferenced, so that this timer itself is not counted.
    await new Promise(resolve => setTimeout(resolve, 50).unref())
  }
  const found = leaked().map(([kind]) => kind)
  blamed.counts = counted()
  expect(found, 'resources that this file has left open').toEqual([])
})
