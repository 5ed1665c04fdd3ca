// THE definition of the limits of the HTTP service. Checks and defaults are made from it, and a test compares the type and
// docs/limits.md with it.
import { Type } from '@sinclair/typebox'
import { defaults } from '../../config/defaults.ts'
import { maxTimerSeconds } from '../../config/numbers.ts'

const amount = (standard: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, default: standard, description })

const seconds = (standard: number, description: string) =>
  Type.Number({ exclusiveMinimum: 0, maximum: maxTimerSeconds, default: standard, description })

export const limitsSchema = Type.Object({
  uploads: amount(defaults.uploads, 'Import requests that are read at the same time.'),
  uploadsPerCaller: amount(defaults.uploadsPerCaller, 'The same for one caller.'),
  streamedExports: amount(defaults.streamedExports, 'Exports that run while they are sent.'),
  streamedExportsPerCaller: amount(defaults.streamedExportsPerCaller, 'The same for one caller.'),
  downloads: amount(defaults.downloads, 'Downloads of stored data.'),
  downloadsPerCaller: amount(defaults.downloadsPerCaller, 'The same for one caller.'),
  bodySeconds: seconds(defaults.bodySeconds, 'Seconds that a request body may take in total.'),
  bodyBytesPerSecond: amount(defaults.bodyBytesPerSecond, 'Minimum bytes per second of a body.'),
  bodyRateSeconds: seconds(defaults.bodyRateSeconds, 'Seconds of waiting over which that rate is averaged.'),
  stalledAnswerSeconds: seconds(
    defaults.stalledAnswerSeconds,
    'Seconds for which a client may read nothing of a response that is ready.',
  ),
  answerBytesPerSecond: amount(
    defaults.answerBytesPerSecond,
    'Minimum bytes per second at which a client reads a file.',
  ),
  answerRateSeconds: seconds(
    defaults.answerRateSeconds,
    'Seconds of waiting for the client over which that rate is averaged.',
  ),
  jsonBodyBytes: amount(defaults.jsonBodyBytes, 'Maximum bytes of a JSON body.'),
  formFields: amount(defaults.formFields, 'Maximum number of form fields in addition to the file.'),
  formFieldBytes: amount(defaults.formFieldBytes, 'Maximum bytes of one form field.'),
})
