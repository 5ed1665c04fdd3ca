// date and timestamp: only days and instants of the years 0001 to 9999 are accepted.
import { describe, expect, test } from 'vitest'
import { InvalidValue } from '../../../src/engine/value/codec.ts'
import { date } from '../../../src/engine/value/time/date.ts'
import { timestamp } from '../../../src/engine/value/time/timestamp.ts'

describe('date', () => {
  test.each([
    '2024-01-31',
    '2000-02-29',
    '2024-02-29',
    '0004-02-29',
    '1600-02-29',
    '0001-01-01',
    '9999-12-31',
    '2023-04-30',
    '1582-10-10',
  ])('%s is a day', text => {
    expect(date.parse(text)).toBe(text)
    expect(date.fromJson(text)).toBe(text)
  })

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2100-02-29',
    '2023-02-30',
    '2023-13-01',
    '2023-00-01',
    '2023-01-00',
    '2023-01-32',
    '2023-04-31',
    '0000-01-01',
    '10000-01-01',
    '-0001-01-01',
    '+2024-01-01',
    '2024-1-1',
    '24-01-01',
    '20240101',
    '01/31/2024',
    '31.01.2024',
    '2024-01-31 ',
    ' 2024-01-31',
    '2024-01-31\n',
    '2024-01-31T00:00:00Z',
    '2024-01-31 BC',
    'infinity',
    'today',
    'now',
    'epoch',
    '２０２４-01-31',
    '2024‐01‐31',
    '',
    '\0',
  ])('%j is not valid', text => {
    expect(date.parse(text)).toBeInstanceOf(InvalidValue)
    expect(date.fromJson(text)).toBeInstanceOf(InvalidValue)
  })

  test.each([[20240131], [true], [null], [{}], [['2024-01-31']]])('the JSON value %j is not valid', value => {
    expect(date.fromJson(value)).toBeInstanceOf(InvalidValue)
  })
})

describe('timestamp', () => {
  test.each([
    '2024-01-31T12:00:00Z',
    '2024-01-31t12:00:00z',
    '2024-01-31 12:00:00Z',
    '2024-02-29T23:59:59.999999Z',
    '2024-01-31T00:00:00.1Z',
    '2024-01-31T00:00:00.123456000Z',
    '2024-01-31T00:00:00+00:00',
    '2024-01-31T00:00:00-00:00',
    '2024-01-31T00:00:00+05:30',
    '2024-01-31T00:00:00-12:00',
    '2024-01-31T00:00:00+15:59',
    '2024-01-31T00:00:00-15:59',
    // The first and the last instant that an export can print, in each zone.
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00-01:00',
    '0001-01-01T01:00:00+01:00',
    '0001-01-01t01:00:00+01:00',
    '0001-01-01 15:59:00+15:59',
    '9999-12-31T23:59:59.999999Z',
    '9999-12-31T23:59:59.999999+01:00',
    '9999-12-31T22:59:59.999999-01:00',
    '9999-12-31 08:00:59.999999-15:59',
  ])('%s is an instant', text => {
    expect(timestamp.parse(text)).toBe(text)
    expect(timestamp.fromJson(text)).toBe(text)
  })

  test.each([
    // Without a zone, with a named zone, or with a zone that is not RFC 3339.
    '2024-01-31T12:00:00',
    '2024-01-31T12:00:00 Z',
    '2024-01-31T12:00:00+1:00',
    '2024-01-31T12:00:00 +01:00',
    '2024-01-31T12:00:00UTC',
    '2024-01-31T12:00:00 Europe/Zurich',
    '2024-01-31T12:00:00Z+01:00',
    '2024-01-31T12:00:00+01:00Z',
    '2024-01-31T12:00:00−01:00',
    // Offsets beyond what PostgreSQL accepts.
    '2024-01-31T12:00:00+16:00',
    '2024-01-31T12:00:00-16:00',
    '2024-01-31T12:00:00+25:00',
    '2024-01-31T12:00:00+01:60',
    // Invalid times; a leap second would become the next minute.
    '2024-01-31T24:00:00Z',
    '2024-01-31T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2024-01-31T12:00Z',
    '2024-01-31T12:00:0Z',
    // Invalid days.
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-00-10T00:00:00Z',
    '2023-01-32T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '-0001-01-01T00:00:00Z',
    // An offset that leads out of the range of years.
    '0001-01-01T00:00:00+00:01',
    '0001-01-01t00:59:59.999999+01:00',
    '0001-01-01 15:58:59+15:59',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T23:00:00-01:00',
    '9999-12-31 08:01:00-15:59',
    // More digits than a microsecond has, and none.
    '2024-01-31T12:00:00.1234567Z',
    '2024-01-31T12:00:00.0000001Z',
    '2024-01-31T12:00:00.Z',
    '2024-01-31T12:00:00,5Z',
    // Other things.
    '2024-01-31',
    '2024-01-31_12:00:00Z',
    '2024-01-31  12:00:00Z',
    ' 2024-01-31T12:00:00Z',
    '2024-01-31T12:00:00Z\n',
    '1706702400',
    'infinity',
    'now',
    '2024-01-31T12:00:00Z BC',
    '２０２４-01-31T12:00:00Z',
    '',
    '\0',
  ])('%j is not valid', text => {
    expect(timestamp.parse(text)).toBeInstanceOf(InvalidValue)
    expect(timestamp.fromJson(text)).toBeInstanceOf(InvalidValue)
  })

  test.each([
    ['2026-11-28 20:34:00+00', '2026-11-28 20:34:00+00:00'],
    ['2026-11-28T20:34:00.5-03', '2026-11-28T20:34:00.5-03:00'],
    ['2026-11-28 20:34:00+0530', '2026-11-28 20:34:00+05:30'],
    ['1936-12-31 12:00:00.25+00:19:32', '1936-12-31T11:40:28.25Z'],
    ['1890-01-01 00:00:00-00:53:28', '1890-01-01T00:53:28Z'],
    ['1890-01-01 00:00:00.123456+15:59:59', '1889-12-31T08:00:01.123456Z'],
    ['0001-01-01 00:19:32+00:19:32', '0001-01-01T00:00:00Z'],
  ])('%s, as PostgreSQL prints it, becomes %s', (text, expected) => {
    expect(timestamp.parse(text)).toBe(expected)
    expect(timestamp.fromJson(text)).toBe(expected)
  })

  test.each([
    '2026-11-28 20:34:00+05:30:60',
    '2026-11-28 20:34:00+0530:15',
    '2026-11-28 20:34:00+053015',
    '2026-11-28 20:34:00+16',
    '2026-11-28 20:34:00+',
    '2026-11-28 20:34:00+5',
    '2026-02-29 20:34:00+00',
    '0001-01-01 00:19:31+00:19:32',
    '9999-12-31 23:59:59-00:00:01',
  ])('%j is not valid', text => {
    expect(timestamp.parse(text)).toBeInstanceOf(InvalidValue)
  })

  test('the message for a missing zone says so', () => {
    const message = 'has no time zone; add one, such as Z or +02:00'
    expect(timestamp.parse('2026-11-28 20:34:00')).toMatchObject({ message })
    expect(timestamp.parse('2026-11-28T20:34:00.5')).toMatchObject({ message })
    expect(timestamp.parse('2026-02-29 20:34:00')).toEqual(new InvalidValue())
  })

  test('a JavaScript Date is its instant', () => {
    expect(timestamp.fromJson(new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4)))).toBe('2024-02-29T01:02:03.004Z')
  })

  test.each<[name: string, value: unknown]>([
    ['an invalid Date', new Date(Number.NaN)],
    ['a Date before the year 1', new Date(-62_135_596_800_001)],
    ['a Date after the year 9999', new Date(253_402_300_800_000)],
    ['milliseconds', 1706702400000],
    ['an object', { $date: '2024-01-31T12:00:00Z' }],
    ['a list', ['2024-01-31T12:00:00Z']],
    ['true', true],
  ])('%s is not valid', (_, value) => {
    expect(timestamp.fromJson(value)).toBeInstanceOf(InvalidValue)
  })

  test('a hostile fraction of a million zeros is accepted, and one with a digit after them is not', () => {
    const zeros = '0'.repeat(1_000_000)
    expect(timestamp.parse(`2024-01-31T12:00:00.1${zeros}Z`)).toBe(`2024-01-31T12:00:00.1${zeros}Z`)
    expect(timestamp.parse(`2024-01-31T12:00:00.1${zeros}1Z`)).toBeInstanceOf(InvalidValue)
  })
})
