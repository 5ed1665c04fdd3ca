// For each test file of a strict run: whatever keeps a process alive and was not there before has to be gone behind it.
import { afterAll, beforeAll, expect } from 'vitest'

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

let before: Record<string, number>
beforeAll(() => {
  before = active()
})

// Registered first, so that it runs behind those of the file.
afterAll(async () => {
  const left = () => {
    const now = active()
    return kinds.filter(kind => (now[kind] ?? 0) > (before[kind] ?? 0))
  }
  const deadline = performance.now() + patienceMs
  while (left().length > 0 && performance.now() < deadline) {
    // A timer that does not count as one itself.
    await new Promise(resolve => setTimeout(resolve, 50).unref())
  }
  expect(left(), 'what this file has left running').toEqual([])
})
