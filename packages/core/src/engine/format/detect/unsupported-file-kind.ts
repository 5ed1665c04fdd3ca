// A type of file that Lading does not read: how to recognize it, and what to advise.

export interface UnsupportedFileKind {
  /** Name with its article: `an Excel workbook`. */
  readonly label: string
  /** A sentence that says what to do. */
  readonly advice: string
  /** File name extensions, without the dot. */
  readonly extensions?: readonly string[]
  /** Content types, or prefixes that end with `.` or `/`. */
  readonly mediaTypes?: readonly string[]
  /** Signatures in Latin-1; any one of them at the start proves the kind. */
  readonly signatures?: readonly string[]
  /** Start of the text, after a byte order mark and white space, that proves the kind. */
  readonly text?: RegExp
  /** Files of this kind are text, so text content does not contradict the name. */
  readonly isText?: boolean
  /** For kinds stored in a ZIP archive or an old Office container: the content that proves this kind. */
  readonly inside?: { readonly container: 'zip' | 'ole'; readonly found?: RegExp }
}
