// For each test file of a strict run: whatever it opens that keeps a process alive, or a descriptor, has to be gone behind it.
import { readdirSync, readlinkSync } from 'node:fs'
import { afterAll, expect } from 'vitest'

/**
 * Kinds of resources that a test opens (https://nodejs.org/api/process.html#processgetactiveresourcesinfo). What does
 * not keep the process alive is not among them, such as an idle connection of `fetch`.
 */
const kinds = [
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'PipeConnectWrap',
  'ProcessWrap',
  'Timeout',
]

/** The same, of which the runner has some to speak with its other processes. */
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
 * Open descriptors by what they lead to; none where the system does not tell. Each thread has some of its own. Sockets
 * are among the kinds above, and so are watches, whose one descriptor is the process's and stays.
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
      // Closed meanwhile, such as the one by which the folder was read.
      return []
    }
  })
}

const counted = (): Counts => ({ ...active(), ...descriptors() })

/** Milliseconds: a refused body is thrown away for five seconds. */
const patienceMs = 8_000

/** What the files before this one have left, and have been blamed for; they share the process. */
const blamed: { counts: Counts } = (globalThis as { ladingBlamed?: typeof blamed }).ladingBlamed ?? {
  // Not what the runner has of the first kinds: its timers come and go.
  counts: { ...counted(), ...Object.fromEntries(kinds.map(kind => [kind, 0])) },
}
Object.assign(globalThis, { ladingBlamed: blamed })

// Registered first, so that it runs behind those of the file.
afterAll(async () => {
  const left = () => Object.entries(counted()).filter(([kind, count]) => count > (blamed.counts[kind] ?? 0))
  const deadline = performance.now() + patienceMs
  while (left().length > 0 && performance.now() < deadline) {
    // A timer that does not count as one itself.
    await new Promise(resolve => setTimeout(resolve, 50).unref())
  }
  const found = left().map(([kind]) => kind)
  blamed.counts = counted()
  expect(found, 'what this file has left running').toEqual([])
})
