// Gives a test file folders to write into, removes them at its end, and reads what was planted there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Finding } from './judge-values.ts'

/** Call it outside of tests: it registers a hook. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lading-testdata-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function planted(folder: string, resource: string): Finding[] {
  return readFileSync(join(folder, `${resource}.expected.ndjson`), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Finding)
}
