// Unsupported files are identified, by their bytes before their name, and the message says what to do.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { foreignByName, foreignByType, foreignKind } from '../../../src/engine/format/detect/foreign.ts'
import { unknownFormat } from '../../../src/engine/format/detect/unknown-format.ts'

const workbook = 'an Excel workbook'

/** The start of a ZIP archive with uncompressed files, or what looks like one. */
function zip(...files: readonly (readonly [name: string, content?: string])[]): Buffer {
  return Buffer.concat(
    files.map(([name, content = '\x03\x00packed']) => {
      const header = Buffer.alloc(30)
      header.write('PK\x03\x04', 'latin1')
      header.writeUInt16LE(name.length, 26)
      return Buffer.concat([header, Buffer.from(name + content, 'latin1')])
    }),
  )
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

test.each<[what: string, start: Buffer, fileName: string | undefined, is: string | undefined]>([
  ['Excel', zip(['[Content_Types].xml'], ['_rels/.rels'], ['xl/workbook.xml']), undefined, workbook],
  ['openpyxl', zip(['docProps/app.xml'], ['xl/theme/theme1.xml']), 'a.csv', workbook],
  ['a workbook whose parts are not seen, by its name', zip(['[Content_Types].xml']), 'a.XLSX', workbook],
  [
    'a document whose parts are not seen',
    zip(['[Content_Types].xml', 'x'.repeat(5_000)], ['xl/workbook.xml']),
    undefined,
    'a ZIP archive or an Office document, such as an Excel workbook (.xlsx)',
  ],
  [
    'Word under another name',
    zip(['[Content_Types].xml'], ['word/document.xml']),
    'a.xlsx',
    'a text document',
  ],
  [
    'LibreOffice',
    zip(['mimetype', 'application/vnd.oasis.opendocument.spreadsheet']),
    undefined,
    'an OpenDocument spreadsheet',
  ],
  [
    'Numbers',
    zip(['Index/Document.iwa'], ['Index/CalculationEngine.iwa']),
    undefined,
    'an Apple Numbers spreadsheet',
  ],
  ['a CSV in an archive', zip(['users.csv', 'email,name\n']), 'users.csv', 'a ZIP archive'],
  ['an empty archive', latin1('PK\x05\x06\0\0'), undefined, 'a ZIP archive'],
  ['old Excel, by its name', latin1('\xd0\xcf\x11\xe0\xa1\xb1'), 'a.xls', workbook],
  ['old Word, by its name', latin1('\xd0\xcf\x11\xe0\xa1\xb1'), 'a.doc', 'a text document'],
  [
    'Excel of 2003',
    Buffer.from('\ufeff<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook'),
    'a.xls',
    workbook,
  ],
  ['7z', latin1('7z\xbc\xaf\x27\x1c\0'), undefined, 'a 7z archive'],
  ['RAR', latin1('Rar!\x1a\x07\x01'), undefined, 'a RAR archive'],
  ['Parquet', latin1('PAR1\x15\x04'), undefined, 'a Parquet file'],
  ['Avro', latin1('Obj\x01\x04'), undefined, 'an Avro file'],
  ['XML', Buffer.from('\n <?xml version="1.0"?><users>'), 'users.csv', 'an XML document'],
  ['a page', Buffer.from('<!DOCTYPE html>\n<html>'), 'users.csv', 'a web page'],
  ['a page in capitals', Buffer.from('<HTML ><BODY>'), undefined, 'a web page'],
  ['XHTML', Buffer.from('<?xml version="1.0"?>\n<html xmlns="x">'), undefined, 'a web page'],
  ['a table that calls itself a workbook', Buffer.from('<table border=1><tr>'), 'a.xls', 'a web page'],
  ['pg_dump', Buffer.from('--\n-- PostgreSQL database dump\n--\n'), 'a.csv', 'an SQL script'],
  ['mysqldump', Buffer.from('-- MySQL dump 10.13\n'), undefined, 'an SQL script'],
  ['pg_dump -Fc', latin1('PGDMP\x01\x0e'), undefined, 'a PostgreSQL dump'],
  ['RTF, which begins like JSON', Buffer.from('{\\rtf1\\ansi'), undefined, 'a text document'],
  // Files that only look like one of them.
  ['a header that begins like Parquet', Buffer.from('PAR1,PAR2\n1,2\n'), undefined, undefined],
  ['a header that begins like ORC', Buffer.from('ORCID,name\n'), undefined, undefined],
  ['a header with angle brackets', Buffer.from('<id>,<name>\n1,2\n'), undefined, undefined],
  ['a header in a tag', Buffer.from('<tablename>,x\n'), undefined, undefined],
  ['a comment of SQL', Buffer.from('-- id,name\n'), undefined, undefined],
  ['JSON of pages', Buffer.from('[{"page":"<html>"}]'), undefined, undefined],
  ['nothing', Buffer.alloc(0), 'a.xlsx', undefined],
])('%s', (_, start, fileName, is) => {
  expect(foreignKind({ start, fileName })?.label).toBe(is)
})

test.each<[name: string, is: string | undefined]>([
  ['users.xlsx', workbook],
  ['users.xlsx.gz', workbook],
  ['USERS.XLSM', workbook],
  ['a.b.ods', 'an OpenDocument spreadsheet'],
  ['a.numbers', 'an Apple Numbers spreadsheet'],
  ['a.7z', 'a 7z archive'],
  ['a.parquet', 'a Parquet file'],
  ['a.yml', 'a YAML file'],
  ['a.csv', undefined],
  ['a.txt', undefined],
  ['xlsx', undefined],
  ['a.constructor', undefined],
  ['a.xlsx.csv', undefined],
])('by the name %s', (name, is) => {
  expect(foreignByName(name)?.label).toBe(is)
})

test.each<[type: string, is: string | undefined]>([
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', workbook],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'a text document'],
  ['application/vnd.ms-excel', workbook],
  ['application/vnd.ms-excel.sheet.macroenabled.12', workbook],
  ['application/zip', 'a ZIP archive'],
  ['image/heic', 'an image'],
  ['text/plain', undefined],
  ['application/octet-stream', undefined],
])('by the content type %s', (type, is) => {
  expect(foreignByType(type)?.label).toBe(is)
})

describe('if the format is unknown', () => {
  const words = { fallback: 'Name it.', declareCsv: 'add --format csv' }
  const save = 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.'

  test.each<[fileName: string | undefined, mediaType: string, start: Buffer, sentence: string]>([
    ['a.xlsx', '', zip(['xl/workbook.xml']), `The file is an Excel workbook. ${save}`],
    // The content of a pipe is not visible.
    ['a.xlsx', '', Buffer.alloc(0), `The file is an Excel workbook. ${save}`],
    [
      'a.xls',
      '',
      Buffer.from('email\tname\n'),
      'The name "a.xls" is that of an Excel workbook, but the file is text. If it is CSV, add --format csv.',
    ],
    [
      'upload',
      'application/vnd.ms-excel; charset=utf-8',
      Buffer.from('email,name\n'),
      'The content type is that of an Excel workbook, but the file is text. If it is CSV, add --format csv.',
    ],
    [
      'a.sql',
      '',
      Buffer.from('insert into users values (1);'),
      'The file is an SQL script. Run it with psql. To import its rows here, export the table as CSV with a header, and import that file.',
    ],
    [
      'a.xml',
      '',
      Buffer.from('<users>'),
      'The file is an XML document. Convert it to CSV or NDJSON, and import that file.',
    ],
    [
      'a.dat.gz',
      '',
      gzipSync('PAR1\x15'),
      'The file is a Parquet file. Convert it to CSV or NDJSON, and import that file.',
    ],
    [
      'a.dat',
      '',
      latin1('\x7fELF\x02\0\0'),
      'The file is not text in UTF-8: it holds zero bytes. Export its records as CSV or NDJSON. If it is text in UTF-16, name its format and its encoding.',
    ],
    ['a.txt', 'text/plain', Buffer.from('email,name\n'), 'Name it.'],
    ['a.txt', '', Buffer.from('\ufeffemail', 'utf16le'), 'Name it.'],
    [undefined, '', Buffer.from('email,name\n'), 'Name it.'],
  ])('%s, %s', (fileName, mediaType, start, sentence) => {
    expect(unknownFormat({ fileName, mediaType, start }, words)).toBe(sentence)
  })
})
