// Options of `lading import`, as they are typed.
import type { DatabaseOptions } from '../database.ts'
import type { RemoteOptionTexts } from '../remote-file.ts'
import type { CallerOptions } from './caller-options.ts'
import type { SettingOptions } from './import-settings.ts'
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
