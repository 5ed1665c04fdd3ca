// For each test file of a strict run: whatever it opens that keeps a process alive has to be gone behind it.
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

function active(): Record<string, number> {
  const counts = Object.fromEntries(kinds.map(kind => [kind, 0]))
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind in counts) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Milliseconds: a refused body is thrown away for five seconds. */
const patienceMs = 8_000

/** What the files before this one have left, and have been blamed for; they share the process. */
const blamed: { counts: Record<string, number> } = (globalThis as { ladingBlamed?: typeof blamed })
  .ladingBlamed ?? {
  counts: {},
}
Object.assign(globalThis, { ladingBlamed: blamed })

// Registered first, so that it runs behind those of the file.
afterAll(async () => {
  // Not beside what was there when the file began: the runner has timers of its own, which come and go.
  const left = () => {
    const now = active()
    return kinds.filter(kind => (now[kind] ?? 0) > (blamed.counts[kind] ?? 0))
  }
  const deadline = performance.now() + patienceMs
  while (left().length > 0 && performance.now() < deadline) {
    // A timer that does not count as one itself.
    await new Promise(resolve => setTimeout(resolve, 50).unref())
  }
  const found = left()
  blamed.counts = active()
  expect(found, 'what this file has left running').toEqual([])
})
