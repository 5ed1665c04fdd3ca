// Options of `lading import`, as they are typed.

import type { RemoteOptionTexts } from '../open-remote.ts'
import type { DatabaseOptions } from '../with-database.ts'
import type { CallerOptions } from './caller-options.ts'
import type { SettingOptions } from './import-option-flags.ts'
import type { RecordLimitOptions } from './record-limit.ts'

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
