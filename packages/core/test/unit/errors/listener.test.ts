import { once } from 'node:events'
import { expect, test } from 'vitest'
import { quietLog } from '../../../src/errors/listener.ts'

test('what a log throws is told once, on one line, without anything that rules a terminal', async () => {
  const warned = once(process, 'warning')
  const log = quietLog('onError', () => {
    throw new Error('first\nINFO all is well \u001b[2J\u0085\u2028\u202e')
  })
  log()
  log()
  const [warning] = await warned
  expect(warning).toMatchObject({
    code: 'LADING_HOOK_FAILED',
    message:
      'onError threw an error. What it should have kept is lost. (Error: first\\u{a}INFO all is well \\u{1b}[2J\\u{85}\\u{2028}\\u{202e})',
  })
})
