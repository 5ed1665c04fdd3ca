// The table of unsupported file types that people send: how to recognize each one, and what to advise.
import type { UnsupportedFileKind } from './unsupported-file-kind.ts'

const workbook = {
  label: 'an Excel workbook',
  advice: 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.',
}
const office = {
  label: 'a text document',
  advice: 'Put its records into a spreadsheet, save that as CSV in UTF-8, and import that file.',
}
const packed = 'Unpack it and import its files one by one. A file may be compressed with gzip (.csv.gz).'
const recompress = 'Unpack it, or compress it with gzip under a name that ends with .gz.'
const convert = 'Convert it to CSV or NDJSON, and import that file.'
const image = 'It contains no records; export them as CSV from the program that created it.'

export const unsupportedFileKinds: readonly UnsupportedFileKind[] = [
  {
    ...workbook,
    extensions: ['xlsx', 'xlsm', 'xlsb', 'xltx', 'xltm'],
    mediaTypes: [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.',
      'application/vnd.ms-excel.sheet.',
      'application/vnd.ms-excel.template.',
    ],
    inside: { container: 'zip', found: /xl\/(?:_rels|workbook|worksheets|styles|sharedStrings|theme)/ },
  },
  {
    ...workbook,
    extensions: ['xls', 'xlt'],
    mediaTypes: ['application/vnd.ms-excel', 'application/msexcel'],
    // The XML format of Excel 2003, which other programs still write with the same extension.
    text: /^<\?xml[\s\S]{1,500}(?:progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet)/i,
    inside: { container: 'ole' },
  },
  {
    label: 'an OpenDocument spreadsheet',
    advice: 'Open it, save the sheet as CSV in UTF-8, and import that file.',
    extensions: ['ods', 'fods', 'ots'],
    mediaTypes: ['application/vnd.oasis.opendocument.spreadsheet'],
    inside: { container: 'zip', found: /mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/ },
  },
  {
    label: 'an Apple Numbers spreadsheet',
    advice: 'Export it as CSV with the encoding UTF-8, and import that file.',
    extensions: ['numbers'],
    mediaTypes: ['application/vnd.apple.numbers', 'application/x-iwork-numbers'],
    inside: { container: 'zip', found: /Index\/(?:CalculationEngine|Tables\/)/ },
  },
  {
    ...office,
    extensions: ['docx', 'docm', 'odt', 'pages', 'pptx', 'odp', 'key'],
    mediaTypes: [
      'application/vnd.openxmlformats-officedocument.',
      'application/vnd.oasis.opendocument.text',
      'application/vnd.apple.pages',
    ],
    inside: {
      container: 'zip',
      found: /(?:word|ppt)\/|mimetypeapplication\/vnd\.oasis\.opendocument\.(?:text|p)/,
    },
  },
  { ...office, extensions: ['doc', 'ppt'], mediaTypes: ['application/msword'], inside: { container: 'ole' } },
  {
    ...office,
    isText: true,
    extensions: ['rtf'],
    mediaTypes: ['application/rtf', 'text/rtf'],
    signatures: ['{\\rtf'],
  },
  {
    label: 'a ZIP archive',
    advice: packed,
    extensions: ['zip', 'jar'],
    mediaTypes: ['application/zip', 'application/x-zip-compressed'],
    signatures: ['PK\x05\x06', 'PK\x07\x08'],
    inside: { container: 'zip' },
  },
  {
    label: 'a 7z archive',
    advice: packed,
    extensions: ['7z'],
    mediaTypes: ['application/x-7z-compressed'],
    signatures: ['7z\xbc\xaf\x27\x1c'],
  },
  {
    label: 'a RAR archive',
    advice: packed,
    extensions: ['rar'],
    mediaTypes: ['application/vnd.rar', 'application/x-rar'],
    signatures: ['Rar!\x1a\x07'],
  },
  { label: 'a tar archive', advice: packed, extensions: ['tar'], mediaTypes: ['application/x-tar'] },
  {
    label: 'bzip2 data',
    advice: recompress,
    extensions: ['bz2'],
    mediaTypes: ['application/x-bzip2'],
    signatures: ['BZh91AY&'],
  },
  {
    label: 'zstd data',
    advice: recompress,
    extensions: ['zst'],
    mediaTypes: ['application/zstd'],
    signatures: ['\x28\xb5\x2f\xfd'],
  },
  {
    label: 'xz data',
    advice: recompress,
    extensions: ['xz'],
    mediaTypes: ['application/x-xz'],
    signatures: ['\xfd7zXZ'],
  },
  { label: 'compressed with Brotli', advice: recompress, extensions: ['br'] },
  { label: 'compressed with LZ4', advice: recompress, extensions: ['lz4'], signatures: ['\x04\x22\x4d\x18'] },
  {
    label: 'a PDF document',
    advice: image,
    extensions: ['pdf'],
    mediaTypes: ['application/pdf'],
    signatures: ['%PDF-'],
  },
  // A header may begin with PAR1; the byte that follows it in a Parquet file cannot appear there.
  {
    label: 'a Parquet file',
    advice: convert,
    extensions: ['parquet', 'pq'],
    mediaTypes: ['application/vnd.apache.parquet'],
    signatures: ['PAR1\x15'],
  },
  {
    label: 'an Avro file',
    advice: convert,
    extensions: ['avro'],
    mediaTypes: ['application/avro'],
    signatures: ['Obj\x01'],
  },
  { label: 'an ORC file', advice: convert, extensions: ['orc'] },
  {
    label: 'an Arrow file',
    advice: convert,
    extensions: ['arrow', 'feather'],
    mediaTypes: ['application/vnd.apache.arrow'],
    signatures: ['ARROW1\0\0'],
  },
  {
    label: 'a file of a statistics program',
    advice: convert,
    extensions: ['sav', 'dta', 'sas7bdat', 'rds', 'rdata'],
  },
  {
    label: 'an XML document',
    advice: convert,
    isText: true,
    extensions: ['xml', 'xsd', 'kml', 'gpx'],
    mediaTypes: ['application/xml', 'text/xml'],
    text: /^<\?xml[ \t\r\n](?![\s\S]{0,500}<html)/i,
  },
  {
    label: 'a web page',
    advice:
      'Download the data file itself, or save the table of the page as CSV in UTF-8, and import that file.',
    isText: true,
    extensions: ['html', 'htm', 'xhtml', 'mht', 'mhtml'],
    mediaTypes: ['text/html', 'application/xhtml+xml'],
    text: /^<(?:!doctype[ \t\r\n]+html|html|table|\?xml[ \t\r\n][\s\S]{0,500}<html)[\s>]/i,
  },
  {
    label: 'an SQL script',
    advice:
      'Run it with psql. To import its rows here, export the table as CSV with a header, and import that file.',
    isText: true,
    extensions: ['sql'],
    mediaTypes: ['application/sql'],
    text: /^--\s*(?:\r?\n--\s*)?(?:PostgreSQL database (?:cluster )?dump|MySQL dump|MariaDB dump)/,
  },
  {
    label: 'a PostgreSQL dump',
    advice:
      'Restore it with pg_restore. To import its rows here, export the table as CSV with a header, and import that file.',
    extensions: ['dump', 'pgdump', 'backup'],
    signatures: ['PGDMP\x01'],
  },
  {
    label: 'a SQLite database',
    advice: 'Export its tables as CSV, and import those files.',
    extensions: ['sqlite', 'sqlite3', 'db'],
    mediaTypes: ['application/vnd.sqlite3'],
    signatures: ['SQLite f'],
  },
  {
    label: 'an Access database',
    advice: 'Export its tables as CSV, and import those files.',
    extensions: ['mdb', 'accdb'],
    mediaTypes: ['application/msaccess', 'application/vnd.ms-access'],
    signatures: ['\0\x01\0\0Standard '],
  },
  {
    label: 'a YAML file',
    isText: true,
    advice: 'Convert it to a JSON array or NDJSON, and import that file.',
    extensions: ['yaml', 'yml'],
    mediaTypes: ['application/yaml', 'text/yaml'],
  },
  {
    label: 'a PNG image',
    advice: image,
    extensions: ['png'],
    mediaTypes: ['image/png'],
    signatures: ['\x89PNG'],
  },
  {
    label: 'a JPEG image',
    advice: image,
    extensions: ['jpg', 'jpeg'],
    mediaTypes: ['image/jpeg'],
    signatures: ['\xff\xd8\xff'],
  },
  {
    label: 'a GIF image',
    advice: image,
    extensions: ['gif'],
    mediaTypes: ['image/gif'],
    signatures: ['GIF87a', 'GIF89a'],
  },
  {
    label: 'an image',
    advice: image,
    extensions: ['webp', 'tif', 'tiff', 'bmp', 'svg', 'heic'],
    mediaTypes: ['image/'],
  },
  {
    label: 'UTF-32 text',
    advice: 'Save it as UTF-8, and import that file.',
    signatures: ['\xff\xfe\0\0', '\0\0\xfe\xff'],
  },
]
