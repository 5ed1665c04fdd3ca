import { expect, test } from 'vitest'
import { readLimits } from '../../../../src/http/admission/http-limits.ts'

test('unspecified limits have their documented defaults', () => {
  expect(readLimits({ uploads: 2, bodySeconds: undefined as never })).toEqual({
    uploads: 2,
    uploadsPerCaller: 16,
    streamedExports: 8,
    streamedExportsPerCaller: 4,
    downloads: 16,
    downloadsPerCaller: 8,
    bodySeconds: 3_600,
    bodyBytesPerSecond: 1_024,
    bodyRateSeconds: 30,
    stalledAnswerSeconds: 60,
    answerBytesPerSecond: 1_024,
    answerRateSeconds: 300,
    jsonBodyBytes: 65_536,
    formFields: 32,
    formFieldBytes: 16_384,
  })
})

test.each([
  [{ uploads: 0 }, 'The option limits.uploads must be a number above 0'],
  [{ uploads: Number.NaN }, 'The option limits.uploads must be a number above 0'],
  [{ bodySeconds: Number.POSITIVE_INFINITY }, 'The option limits.bodySeconds must be a number above 0'],
  [{ bodySeconds: 3_000_000 }, 'The option limits.bodySeconds must be a number above 0, up to 2000000.'],
  [{ uploads: '4' as unknown as number }, 'The option limits.uploads must be a number above 0'],
])('%j is not valid', (limits, message) => {
  expect(() => readLimits(limits)).toThrow(message)
})

test('a misspelt limit is reported, and not ignored', () => {
  expect(() => readLimits({ upload: 4 } as object)).toThrow(
    /^The limit "upload" is unknown; known: uploads, /,
  )
})
