// Names for files: any wanted name becomes one name, visible, with the extension of the file.
import { expect, test } from 'vitest'
import { checkFileName, cleanFileName } from '../../../../src/jobs/submit/file-name.ts'

test.each([
  ['users.csv', 'users.csv'],
  ['users', 'users.csv'],
  ['Users.CSV', 'Users.csv'],
  ['отчёт за май.csv', 'отчёт за май.csv'],
  ['顧客.csv', '顧客.csv'],
  ['../../etc/passwd', 'passwd.csv'],
  ['..\\..\\x.csv', 'x.csv'],
  ['C:\\temp\\a.csv', 'a.csv'],
  ['/abs/users.csv', 'users.csv'],
  ['evil.exe', 'evil.exe.csv'],
  ['a\r\nX-Evil: 1.csv', 'aX-Evil- 1.csv'],
  ['a\0b.csv', 'ab.csv'],
  ['\u202Evsc.exe', 'vsc.exe.csv'],
  ['a\u2066b\u2069\u200F\u061C\uFEFF\u200B.csv', 'ab.csv'],
  ['line\u2028end', 'lineend.csv'],
  ['say "hi"; x=1', 'say -hi-; x=1.csv'],
  ['.hidden', 'hidden.csv'],
  ['trailing. . .csv', 'trailing.csv'],
  ['CON', '_CON.csv'],
  ['nul.csv', '_nul.csv'],
  ['com1.txt', '_com1.txt.csv'],
  ['lone \ud800 half', 'lone \ufffd half.csv'],
  ['e\u0301te.csv', '\u00e9te.csv'],
  ['.csv', 'csv.csv'],
  ['100%.csv', '100%.csv'],
])('%j becomes %j', (wanted, name) => {
  expect(cleanFileName(wanted, '.csv')).toBe(name)
})

test('an extension of two parts counts as one', () => {
  expect(cleanFileName('users.csv.gz', '.csv.gz')).toBe('users.csv.gz')
  expect(cleanFileName('users.csv', '.csv.gz')).toBe('users.csv.csv.gz')
})

test('a long name is cut at a character, and keeps its extension', () => {
  const name = cleanFileName(`${'é'.repeat(200)}.csv`, '.csv')
  expect(name).toBe(`${'é'.repeat(125)}.csv`)
  expect(Buffer.byteLength(name)).toBe(254)
  expect(Buffer.byteLength(cleanFileName('😀'.repeat(100), '.ndjson'))).toBeLessThanOrEqual(255)
})

test.each(['', '.', '..', '/', 'a/', '\u202E', ' . ', 7, null, {}, 'x'.repeat(1_001)])(
  '%j is not valid',
  wanted => {
    expect(() => checkFileName(wanted, '.csv')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  },
)
