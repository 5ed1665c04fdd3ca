// npm run key with wrong arguments: what it says about each.
import { expect, test } from 'vitest'
import { keyCommand } from '../src/key-command.ts'

test.each([
  [[], 'its name must be 1 to 64 letters, digits, ".", "_" and "-".'],
  [['a:b'], '":" and "," separate entries and their parts, and cannot be part of a value.'],
  [['a', '--tenant', 'b,c'], '":" and "," separate entries and their parts, and cannot be part of a value.'],
  [['ci', '--rights', 'admin'], 'its rights must be some of read, write, metrics, separated by "+".'],
  [['ci', 'other'], 'One name at a time.'],
  [['ci', '--color'], "Unknown option '--color'"],
])('%j is reported with what is wrong', (args, complaint) => {
  const stderr = expect.stringContaining(complaint)
  expect(keyCommand(args)).toEqual({ code: 64, stdout: '', stderr })
})
