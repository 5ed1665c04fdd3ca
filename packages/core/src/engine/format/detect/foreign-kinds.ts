// The table of unsupported file types that people send: how to recognize each one, and what to advise.

export interface ForeignKind {
  /** Name with its article: `an Excel workbook`. */
  readonly is: string
  /** A sentence that says what to do. */
  readonly advice: string
  /** File name extensions, without the dot. */
  readonly endings?: readonly string[]
  /** Content types, or prefixes that end with `.` or `/`. */
  readonly types?: readonly string[]
  /** Signatures in Latin-1; any one of them at the start proves the kind. */
  readonly bytes?: readonly string[]
  /** Start of the text, after a byte order mark and white space, that proves the kind. */
  readonly text?: RegExp
  /** Files of this kind are text, so text content does not contradict the name. */
  readonly isText?: boolean
  /** For kinds stored in a ZIP archive or an old Office container: the content that proves this kind. */
  readonly inside?: { readonly container: 'zip' | 'ole'; readonly found?: RegExp }
}

const workbook = {
  is: 'an Excel workbook',
  advice: 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.',
}
const office = {
  is: 'a text document',
  advice: 'Put its records into a spreadsheet, save that as CSV in UTF-8, and import that file.',
}
const packed = 'Unpack it and import its files one by one. A file may be compressed with gzip (.csv.gz).'
const recompress = 'Unpack it, or compress it with gzip under a name that ends with .gz.'
const convert = 'Convert it to CSV or NDJSON, and import that file.'
const image = 'It contains no records; export them as CSV from the program that created it.'

export const foreignKinds: readonly ForeignKind[] = [
  {
    ...workbook,
    endings: ['xlsx', 'xlsm', 'xlsb', 'xltx', 'xltm'],
    types: [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.',
      'application/vnd.ms-excel.sheet.',
      'application/vnd.ms-excel.template.',
    ],
    inside: { container: 'zip', found: /xl\/(?:_rels|workbook|worksheets|styles|sharedStrings|theme)/ },
  },
  {
    ...workbook,
    endings: ['xls', 'xlt'],
    types: ['application/vnd.ms-excel', 'application/msexcel'],
    // The XML format of Excel 2003, which other programs still write with the same extension.
    text: /^<\?xml[\s\S]{1,500}(?:progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet)/i,
    inside: { container: 'ole' },
  },
  {
    is: 'an OpenDocument spreadsheet',
    advice: 'Open it, save the sheet as CSV in UTF-8, and import that file.',
    endings: ['ods', 'fods', 'ots'],
    types: ['application/vnd.oasis.opendocument.spreadsheet'],
    inside: { container: 'zip', found: /mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/ },
  },
  {
    is: 'an Apple Numbers spreadsheet',
    advice: 'Export it as CSV with the encoding UTF-8, and import that file.',
    endings: ['numbers'],
    types: ['application/vnd.apple.numbers', 'application/x-iwork-numbers'],
    inside: { container: 'zip', found: /Index\/(?:CalculationEngine|Tables\/)/ },
  },
  {
    ...office,
    endings: ['docx', 'docm', 'odt', 'pages', 'pptx', 'odp', 'key'],
    types: [
      'application/vnd.openxmlformats-officedocument.',
      'application/vnd.oasis.opendocument.text',
      'application/vnd.apple.pages',
    ],
    inside: {
      container: 'zip',
      found: /(?:word|ppt)\/|mimetypeapplication\/vnd\.oasis\.opendocument\.(?:text|p)/,
    },
  },
  { ...office, endings: ['doc', 'ppt'], types: ['application/msword'], inside: { container: 'ole' } },
  { ...office, isText: true, endings: ['rtf'], types: ['application/rtf', 'text/rtf'], bytes: ['{\\rtf'] },
  {
    is: 'a ZIP archive',
    advice: packed,
    endings: ['zip', 'jar'],
    types: ['application/zip', 'application/x-zip-compressed'],
    bytes: ['PK\x05\x06', 'PK\x07\x08'],
    inside: { container: 'zip' },
  },
  {
    is: 'a 7z archive',
    advice: packed,
    endings: ['7z'],
    types: ['application/x-7z-compressed'],
    bytes: ['7z\xbc\xaf\x27\x1c'],
  },
  {
    is: 'a RAR archive',
    advice: packed,
    endings: ['rar'],
    types: ['application/vnd.rar', 'application/x-rar'],
    bytes: ['Rar!\x1a\x07'],
  },
  { is: 'a tar archive', advice: packed, endings: ['tar'], types: ['application/x-tar'] },
  {
    is: 'bzip2 data',
    advice: recompress,
    endings: ['bz2'],
    types: ['application/x-bzip2'],
    bytes: ['BZh91AY&'],
  },
  {
    is: 'zstd data',
    advice: recompress,
    endings: ['zst'],
    types: ['application/zstd'],
    bytes: ['\x28\xb5\x2f\xfd'],
  },
  { is: 'xz data', advice: recompress, endings: ['xz'], types: ['application/x-xz'], bytes: ['\xfd7zXZ'] },
  { is: 'compressed with Brotli', advice: recompress, endings: ['br'] },
  { is: 'compressed with LZ4', advice: recompress, endings: ['lz4'], bytes: ['\x04\x22\x4d\x18'] },
  { is: 'a PDF document', advice: image, endings: ['pdf'], types: ['application/pdf'], bytes: ['%PDF-'] },
  // A header may begin with PAR1; the byte that follows it in a Parquet file cannot appear there.
  {
    is: 'a Parquet file',
    advice: convert,
    endings: ['parquet', 'pq'],
    types: ['application/vnd.apache.parquet'],
    bytes: ['PAR1\x15'],
  },
  { is: 'an Avro file', advice: convert, endings: ['avro'], types: ['application/avro'], bytes: ['Obj\x01'] },
  { is: 'an ORC file', advice: convert, endings: ['orc'] },
  {
    is: 'an Arrow file',
    advice: convert,
    endings: ['arrow', 'feather'],
    types: ['application/vnd.apache.arrow'],
    bytes: ['ARROW1\0\0'],
  },
  {
    is: 'a file of a statistics program',
    advice: convert,
    endings: ['sav', 'dta', 'sas7bdat', 'rds', 'rdata'],
  },
  {
    is: 'an XML document',
    advice: convert,
    isText: true,
    endings: ['xml', 'xsd', 'kml', 'gpx'],
    types: ['application/xml', 'text/xml'],
    text: /^<\?xml[ \t\r\n](?![\s\S]{0,500}<html)/i,
  },
  {
    is: 'a web page',
    advice:
      'Download the data file itself, or save the table of the page as CSV in UTF-8, and import that file.',
    isText: true,
    endings: ['html', 'htm', 'xhtml', 'mht', 'mhtml'],
    types: ['text/html', 'application/xhtml+xml'],
    text: /^<(?:!doctype[ \t\r\n]+html|html|table|\?xml[ \t\r\n][\s\S]{0,500}<html)[\s>]/i,
  },
  {
    is: 'an SQL script',
    advice:
      'Run it with psql. To import its rows here, export the table as CSV with a header, and import that file.',
    isText: true,
    endings: ['sql'],
    types: ['application/sql'],
    text: /^--\s*(?:\r?\n--\s*)?(?:PostgreSQL database (?:cluster )?dump|MySQL dump|MariaDB dump)/,
  },
  {
    is: 'a PostgreSQL dump',
    advice:
      'Restore it with pg_restore. To import its rows here, export the table as CSV with a header, and import that file.',
    endings: ['dump', 'pgdump', 'backup'],
    bytes: ['PGDMP\x01'],
  },
  {
    is: 'a SQLite database',
    advice: 'Export its tables as CSV, and import those files.',
    endings: ['sqlite', 'sqlite3', 'db'],
    types: ['application/vnd.sqlite3'],
    bytes: ['SQLite f'],
  },
  {
    is: 'an Access database',
    advice: 'Export its tables as CSV, and import those files.',
    endings: ['mdb', 'accdb'],
    types: ['application/msaccess', 'application/vnd.ms-access'],
    bytes: ['\0\x01\0\0Standard '],
  },
  {
    is: 'a YAML file',
    isText: true,
    advice: 'Convert it to a JSON array or NDJSON, and import that file.',
    endings: ['yaml', 'yml'],
    types: ['application/yaml', 'text/yaml'],
  },
  { is: 'a PNG image', advice: image, endings: ['png'], types: ['image/png'], bytes: ['\x89PNG'] },
  {
    is: 'a JPEG image',
    advice: image,
    endings: ['jpg', 'jpeg'],
    types: ['image/jpeg'],
    bytes: ['\xff\xd8\xff'],
  },
  { is: 'a GIF image', advice: image, endings: ['gif'], types: ['image/gif'], bytes: ['GIF87a', 'GIF89a'] },
  {
    is: 'an image',
    advice: image,
    endings: ['webp', 'tif', 'tiff', 'bmp', 'svg', 'heic'],
    types: ['image/'],
  },
  {
    is: 'UTF-32 text',
    advice: 'Save it as UTF-8, and import that file.',
    bytes: ['\xff\xfe\0\0', '\0\0\xfe\xff'],
  },
]
