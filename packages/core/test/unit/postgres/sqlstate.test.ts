// What an error of the database blames, and the fault that it becomes.
import { describe, expect, test } from 'vitest'
import { LadingError } from '../../../src/errors/lading-error.ts'
import { databaseFault, type FaultOrigin, faultOrigin, sqlstate } from '../../../src/postgres/sqlstate.ts'

/** As pg makes it. */
const databaseError = (code: string) =>
  Object.assign(new Error('secret of the database'), { code, severity: 'ERROR' })

describe('blame', () => {
  test.each<[code: string, blamed: FaultOrigin]>([
    ['22001', 'row'],
    ['22003', 'row'],
    ['22P02', 'row'],
    ['23502', 'row'],
    ['23503', 'row'],
    ['23505', 'row'],
    ['23514', 'row'],
    ['23P01', 'row'],
    ['44000', 'row'],
    ['54000', 'row'],
    ['40001', 'retry'],
    ['40P01', 'retry'],
    ['40003', 'run'],
    ['08006', 'run'],
    ['25006', 'run'],
    ['25P02', 'row'],
    ['42P01', 'row'],
    ['42703', 'row'],
    ['XX001', 'run'],
    ['LD002', 'run'],
    ['53100', 'run'],
    ['55P03', 'retry'],
    ['57014', 'run'],
    ['57P01', 'run'],
    ['58030', 'run'],
    ['42501', 'row'],
    ['P0001', 'row'],
    ['XX000', 'row'],
    ['ZZZZZ', 'row'],
  ])('%s → %s', (code, blamed) => {
    expect(faultOrigin(databaseError(code))).toBe(blamed)
  })

  test.each<[name: string, error: unknown]>([
    ['a broken connection', Object.assign(new Error('read'), { code: 'ECONNRESET' })],
    ['a system error of five letters', Object.assign(new Error('pipe'), { code: 'EPIPE' })],
    ['an error without a code', new Error('x')],
    ['text', '23505'],
    ['null', null],
    ['nothing', undefined],
  ])('%s blames the run', (_, error) => {
    expect(sqlstate(error)).toBeUndefined()
    expect(faultOrigin(error)).toBe('run')
  })
})

/** As pg makes it of what a trigger raises. */
const raisedError = (code: string) =>
  Object.assign(databaseError(code), {
    where: `Funktion PL/pgSQL judge() Zeile 3 bei RAISE\nSQL-Anweisung »insert into cargo«`,
  })

test.each(['08006', '25006', '40001', '53100', '55P03', '57P01', '58030', 'XX001'])(
  '%s raised by code of the table blames a row, and is not a fault of the run',
  code => {
    expect(faultOrigin(raisedError(code))).toBe('row')
    expect(databaseFault(raisedError(code))).toMatchObject({ code: 'DATABASE_REFUSED', sqlstate: code })
  },
)

test('the word RAISE in a statement, and a RAISE of a statement of Lading, are not those of the table', () => {
  const where = 'SQL statement "insert into cargo values (1)"\nPL/pgSQL function judge() line 3 at RAISE'
  expect(faultOrigin(Object.assign(databaseError('53100'), { where }))).toBe('run')
  const own = 'PL/pgSQL function inline_code_block line 5 at RAISE'
  expect(faultOrigin(Object.assign(databaseError('53100'), { where: own }))).toBe('run')
})

test('a standby that rejects a writing transaction is a database that accepts no changes', () => {
  // PostgreSQL: "cannot set transaction read-write mode during recovery".
  const refused = Object.assign(databaseError('0A000'), { routine: 'call_bool_check_hook' })
  expect(databaseFault(refused)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', sqlstate: '25006' })
  const other = Object.assign(databaseError('0A000'), { routine: 'transformStmt' })
  expect(databaseFault(other)).toMatchObject({ code: 'DATABASE_REFUSED', sqlstate: '0A000' })
})

describe('the fault of a database error', () => {
  test.each<[code: string, fault: string]>([
    ['42501', 'DATABASE_REFUSED'],
    ['42P01', 'DATABASE_REFUSED'],
    ['28P01', 'DATABASE_REFUSED'],
    ['XX000', 'DATABASE_REFUSED'],
    ['08006', 'DATABASE_UNAVAILABLE'],
    ['40001', 'DATABASE_UNAVAILABLE'],
    ['53300', 'DATABASE_UNAVAILABLE'],
    ['57P01', 'DATABASE_UNAVAILABLE'],
    ['25P03', 'DATABASE_UNAVAILABLE'],
    ['55P03', 'DATABASE_UNAVAILABLE'],
    ['25006', 'DATABASE_UNAVAILABLE'],
    ['3D000', 'DATABASE_REFUSED'],
    ['58030', 'DATABASE_UNAVAILABLE'],
  ])('%s is %s, and does not expose its text', (code, fault) => {
    const error = databaseError(code)
    const made = databaseFault(error)
    expect(made).toBeInstanceOf(LadingError)
    expect(made).toMatchObject({ code: fault, cause: error })
    expect(made.message).not.toContain('secret')
  })

  test.each([
    ['28P01', 'The password of the database user is wrong; check the connection settings.'],
    [
      '42703',
      'A column is missing in the database; run the migrations, and compare the resource with its table.',
    ],
    [
      '42P18',
      'The database does not know a name or a type; run the migrations, and compare the resource with its table.',
    ],
    [
      '57P03',
      'The database is starting up or shutting down and accepts no connections; try again in a moment.',
    ],
    ['57P04', 'The database was asked to stop the statement; try again.'],
    [
      'P0001',
      'A trigger or function of the database stopped the statement; the log of the database says why.',
    ],
    ['XX000', 'The database reported an internal error; see its log, and check its disk.'],
    ['ZZ999', 'The database could not carry out a statement; its log says why.'],
  ])('%s has a message, and stays a fault of the data', (code, sentence) => {
    const fault = databaseFault(databaseError(code))
    expect(fault.message).toBe(sentence)
    expect(fault.sqlstate).toBe(code)
    expect(new LadingError('INTERNAL', 'Around it.', { cause: fault }).sqlstate).toBe(code)
  })

  // Appendix A of the PostgreSQL manual.
  test.each(
    '01 02 03 08 09 0A 0B 0F 0L 0P 0Z 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV P0 XX'.split(
      ' ',
    ),
  )('class %s has a message without codes that states what to do', start => {
    for (const rest of ['000', '001', 'P01', 'P03']) {
      const { message } = databaseFault(databaseError(`${start}${rest}`))
      expect(message).toMatch(/^[A-Z].*(?:; [a-z].*)\.$/)
      expect(message).not.toMatch(/SQLSTATE|\b(?=\d*[A-Z])(?=[A-Z]*\d)[\dA-Z]{5}\b|""|refused/)
    }
  })

  test('an error that is not from the database has no state', () => {
    expect(new LadingError('CANCELLED', 'Cancelled.').sqlstate).toBeUndefined()
    const broken = Object.assign(new Error('pipe'), { code: 'EPIPE' })
    expect(databaseFault(broken).sqlstate).toBeUndefined()
  })

  test('an error that is not from the database is a fault of its connection', () => {
    const error = Object.assign(new Error('read'), { code: 'ECONNRESET' })
    expect(databaseFault(error)).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      retryable: true,
      cause: error,
    })
  })

  test('a LadingError stays unchanged', () => {
    const fault = new LadingError('CANCELLED', 'Cancelled.')
    expect(databaseFault(fault)).toBe(fault)
  })
})
