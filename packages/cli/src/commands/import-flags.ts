// Options of `lading import`: how they are typed, and their help.
import { policySchema, readingSchema } from '@lading/core/internal'
import type { Command } from 'commander'
import type { RemoteOptionTexts } from '../open-remote.ts'
import type { DatabaseOptions } from '../with-database.ts'
import type { CallerOptions } from './caller-options.ts'
import type { SettingOptions } from './import-option-flags.ts'
import { addOptionFlags } from './option-flags.ts'
import type { RecordLimitOptions } from './record-limit.ts'
import {
  collect,
  maxRecordBytesOption,
  principalOption,
  remoteAllowOption,
  tenantOption,
} from './shared-flags.ts'

export interface ImportCommandOptions
  extends DatabaseOptions,
    SettingOptions,
    RecordLimitOptions,
    RemoteOptionTexts,
    CallerOptions {
  readonly config?: string
  /** Required for anything but a bundle. */
  readonly resource?: string
  readonly format?: string
  /** File for all record errors. */
  readonly errors?: string
  /** File for all rejected records. */
  readonly rejects?: string
  readonly json?: boolean
}

/** What the schema of the options does not say of a command line. */
const importFlagNotes = {
  onConflict: { value: 'policy' },
  unknownColumns: { value: 'policy' },
  sequences: { value: 'policy' },
  mapping: {
    value: 'name=field',
    help: 'a column name in the file and its field; may be repeated',
    mayRepeat: true,
  },
  delimiter: {
    value: 'delimiter',
    help: 'between CSV cells: comma, semicolon, tab or pipe (default: detected)',
  },
  encoding: {
    value: 'encoding',
    help: 'utf-8, utf-16le, utf-16be or windows-1252 (default: utf-8, or UTF-16 with a byte order mark)',
  },
  nullValues: { value: 'texts', help: 'texts that stand for no value, such as NULL,N/A' },
}

/** Adds the options of `lading import` that the library defines, and those after them. */
export function addImportFlags(command: Command): void {
  addOptionFlags(command, policySchema, importFlagNotes)
  addOptionFlags(command, readingSchema, importFlagNotes)
    .option(...maxRecordBytesOption)
    .option('--rejects <file>', 'write the rejected records to this file, to be corrected and imported')
    .option('--errors <file>', 'write every error of every record to this CSV file')
    .option('--json', 'print the report as JSON')
    .option(...tenantOption)
    .option(...principalOption)
    .option(...remoteAllowOption, collect)
}
