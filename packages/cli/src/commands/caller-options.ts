// --tenant and --principal → the caller for whom a command imports or exports.
import type { Caller } from '@lading/core'
import { readCaller } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { toOptionName } from './import-option-flags.ts'

export interface CallerOptions {
  readonly tenant?: string
  readonly principal?: string
}

/** Undefined if neither option is set. @throws CommandError */
export function callerOf(options: CallerOptions): Caller | undefined {
  return asUsage(() => readCaller(options), toOptionName)
}
