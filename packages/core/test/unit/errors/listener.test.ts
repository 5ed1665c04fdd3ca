import { once } from 'node:events'
import { expect, test } from 'vitest'
import { safeLogger } from '../../../src/errors/quiet-listener.ts'

test('an error of the log is reported once, on one line, with control characters escaped', async () => {
  const warned = once(process, 'warning')
  const log = safeLogger('onError', () => {
    throw new Error('first\nINFO all is well \u001b[2J\u0085\u2028\u202e')
  })
  log()
  log()
  const [warning] = await warned
  expect(warning).toMatchObject({
    code: 'LADING_HOOK_FAILED',
    message:
      'onError threw an error. The entry that it should have logged is lost. (Error: first\\u{a}INFO all is well \\u{1b}[2J\\u{85}\\u{2028}\\u{202e})',
  })
})
