// How the log shows faults, and text that a client has chosen.
import { Writable } from 'node:stream'
import { type Job, LadingError } from '@lading/core'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { logFault, loggable, logJob } from './json-log.ts'

function lines(level: string, write: (log: pino.Logger) => void): Record<string, unknown>[] {
  const found: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      found.push(String(chunk))
      done()
    },
  })
  write(pino({ level, base: null, timestamp: false }, sink))
  return found.map(line => JSON.parse(line))
}

/** As `pg` makes them. */
function databaseError(): Error {
  const error = new Error('invalid input syntax for type integer: "secret@example.org"')
  return Object.assign(error, { code: '22P02', detail: 'Key (email)=(secret@example.org) exists.' })
}

test('a fault is logged with its code, its message and where it was thrown, and never with a value', () => {
  const fault = new LadingError('DATABASE_REFUSED', 'The database refused the statement.', {
    cause: databaseError(),
  })
  const [line] = lines('info', log => logFault(log, 'fault', fault, 'id-1'))
  expect(line).toMatchObject({
    level: 50,
    msg: 'fault',
    request_id: 'id-1',
    faults: [
      { name: 'LadingError', code: 'DATABASE_REFUSED', message: 'The database refused the statement.' },
      { name: 'Error', code: '22P02' },
    ],
  })
  expect(JSON.stringify(line)).not.toMatch(/secret|syntax/)
  expect(JSON.stringify(line)).toMatch(/log\.test\.ts/)
})

test('an error that a hook threw is text of the application, with any content', () => {
  const fault = new LadingError('HOOK_FAILED', 'check threw an error: secret@example.org')
  const [line] = lines('info', log => logFault(log, 'fault', fault))
  expect(line).toMatchObject({ faults: [{ name: 'LadingError', code: 'HOOK_FAILED' }] })
  expect(JSON.stringify(line)).not.toContain('secret')
})

test('system errors are logged in full; other errors and values that are not errors briefly; a circular cause ends', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  })
  const circle = new Error('secret')
  circle.cause = circle
  const found = lines('info', log => {
    for (const error of [refused, 'secret', circle]) logFault(log, 'queue', error)
  })
  expect(found[0]).toMatchObject({ faults: [{ message: 'connect ECONNREFUSED 127.0.0.1:5432' }] })
  expect(found[1]).toMatchObject({ faults: [{ name: 'string' }] })
  expect(found[2]?.faults).toHaveLength(5)
  expect(JSON.stringify(found.slice(1))).not.toContain('secret')
})

test('in full at debug only', () => {
  const found = lines('debug', log => logFault(log, 'fault', databaseError()))
  expect(found.map(({ level, msg }) => [level, msg])).toEqual([
    [50, 'fault'],
    [20, 'fault: in full'],
  ])
  expect(String(found[1]?.error)).toContain('secret@example.org')
})

test.each([
  ['/v1/imports/0b7e', '/v1/imports/0b7e'],
  ['/a\u001b[2J\u0007', '/a\\u001b[2J\\u0007'],
  ['/a\r\n{"level":50}', '/a\\u000d\\u000a{"level":50}'],
  ['/\u009b31m\u202egnp.exe\u2028\u200b', '/\\u009b31m\\u202egnp.exe\\u2028\\u200b'],
  [`/${'x'.repeat(100_000)}`, `/${'x'.repeat(255)}…`],
  ['/\ud83d\ude00 \ud83d', '/😀 \\ud83d'],
])('%j', (text, logged) => {
  expect(loggable(text)).toBe(logged)
})

/** As far as the log looks at it. */
function jobOf(successful: number, failed: number, ignored: number, warnings: Job['warnings']): Job {
  const progress = {
    processedRecords: successful + failed,
    successfulRecords: successful,
    failedRecords: failed,
    ignoredRecords: ignored,
  }
  const errorsByCode = failed > 0 ? { INVALID_EMAIL: failed } : {}
  const facts = { id: '1', kind: 'import', resource: 'users', format: 'csv', status: 'completed' }
  return { ...facts, progress, errorsByCode, errorCode: null, warnings } as unknown as Job
}

test('a job that has imported nothing is logged as such, with codes and without a value', () => {
  const warnings = [{ code: 'NOTHING_IMPORTED' as const, detail: 'Nothing was imported: secret@example.org' }]
  const found = lines('info', log => {
    logJob(log, jobOf(0, 7, 0, warnings))
    logJob(log, jobOf(7, 0, 7, warnings))
    logJob(log, jobOf(7, 1, 0, []))
  })
  expect(found.map(({ level, msg, failed, ignored }) => [level, msg, failed, ignored])).toEqual([
    [40, 'job: nothing was imported', 7, 0],
    [30, 'job: nothing was imported', 0, 7],
    [30, 'job', 1, undefined],
  ])
  expect(found[0]).toMatchObject({ errors_by_code: { INVALID_EMAIL: 7 } })
  expect(JSON.stringify(found)).not.toContain('secret')
})
