// The version written into files is that of the package.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { version } from '../../../src/config/version.ts'

test('the version', async () => {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  expect(version).toBe(JSON.parse(text).version)
})
