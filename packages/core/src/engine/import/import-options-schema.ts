// THE definition of the options of an import. Checks, HTTP fields, CLI flags and OpenAPI are made from it, and a test
// compares the types and the documentation with it.
import { type Static, type TSchema, Type, TypeGuard } from '@sinclair/typebox'
import { choice, flag } from '../../config/option-schema.ts'
import { readDelimiter } from '../format/csv/delimiter.ts'
import { readEncoding, readMapping, readTexts } from './import-options-text.ts'

/** What to do with the records. */
export const policySchema = Type.Object({
  onConflict: Type.Optional(
    choice(['error', 'ignore', 'update'], {
      description: 'What to do with a record that already exists.',
      default: 'error',
    }),
  ),
  dryRun: flag('Check the file without writing it.'),
  atomic: flag('All records or none.'),
  maxErrors: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Stop once this many records have been rejected.' }),
  ),
  mapping: Type.Optional(
    Type.Unsafe<Readonly<Record<string, string>>>(
      Type.Record(Type.String(), Type.String(), {
        description: 'Names of fields by column names in the file.',
      }),
    ),
  ),
  unknownColumns: Type.Optional(
    choice(['warn', 'error'], {
      description: 'What to do about a column without a field.',
      default: 'warn',
    }),
  ),
  sequences: Type.Optional(
    choice(['advance', 'leave'], {
      description: 'Whether sequences of written columns are moved past the imported values, or left alone.',
      default: 'advance',
    }),
  ),
})

/** How to read the text of a file. Formats ignore options that do not apply to them. */
export const readingSchema = Type.Object({
  delimiter: Type.Optional(choice([',', ';', '\t', '|'], { description: 'Between CSV cells.' })),
  encoding: Type.Optional(
    choice(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'], { description: 'How the text is encoded.' }),
  ),
  excel: flag('Undo the formula guard of exports for Excel.'),
  nullValues: Type.Optional(
    Type.Unsafe<readonly string[]>(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 100,
        description: 'Texts that stand for no value.',
      }),
    ),
  ),
})

export const importOptionsSchema = Type.Object({
  ...policySchema.properties,
  ...readingSchema.properties,
  // Not on the wire and no flag: it is detected there.
  compression: Type.Optional(
    choice(['none', 'gzip'], { description: 'How the file is compressed.', default: 'none' }),
  ),
})

type OptionName = keyof Static<typeof importOptionsSchema>

interface OptionText {
  readonly description: string
  /** @param start first bytes of the file, if they are known. @throws LadingError `OPTION_INVALID` */
  readonly read: (text: string, start?: Uint8Array) => unknown
}

/** Options that a query, a form or a command line sends as text of another form. */
export const importOptionTexts = {
  mapping: { description: 'JSON object from column names in the file to field names.', read: readMapping },
  delimiter: {
    description:
      'Between CSV cells: , ; | or a TAB, or comma, semicolon, pipe, tab; if absent, a TAB for .tsv and .tab, else detected.',
    read: readDelimiter,
  },
  encoding: {
    description:
      'utf-8, utf-16le, utf-16be or windows-1252; if absent, the charset of the content type, that of a byte order mark, or UTF-8.',
    read: readEncoding,
  },
  nullValues: {
    description: 'Texts that stand for no value, separated by commas: NULL,N/A.',
    read: readTexts,
  },
} as const satisfies Readonly<Partial<Record<OptionName, OptionText>>>

/** Options that are text in a query, a form or a flag, but not in a JSON body. */
export const structuredImportOptions = {
  mapping: policySchema.properties.mapping,
  nullValues: readingSchema.properties.nullValues,
}

/** Converts an option that was sent as text; any other value is returned as it is. @throws LadingError `OPTION_INVALID` */
export function readImportOption(name: string, value: unknown, start?: Uint8Array): unknown {
  if (typeof value !== 'string') return value
  const texts: Readonly<Record<string, OptionText>> = importOptionTexts
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined
  if (text !== undefined) return text.read(value, start)
  const properties: Readonly<Record<string, TSchema>> = importOptionsSchema.properties
  // Any other text is no number, which the check refuses.
  return TypeGuard.IsInteger(properties[name]) && /^\d{1,15}$/.test(value) ? Number(value) : value
}
