// First bytes that prove a file to be something else than text, whatever its name says.
import { LadingError } from '../errors/lading-error.ts'

const signatures: readonly (readonly [kind: string, bytes: readonly number[]])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38, 0x37, 0x61]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a ZIP archive or an Office document (.xlsx)', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Office document (.xls)', [0xd0, 0xcf, 0x11, 0xe0]],
  ['bzip2 data', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz data', [0xfd, 0x37, 0x7a, 0x58]],
  ['a SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  ['UTF-32 text', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32 text', [0x00, 0x00, 0xfe, 0xff]],
]

const enoughBytes = Math.max(...signatures.map(([, bytes]) => bytes.length))

/** What is known of gzip data: that it must come, that nobody spoke of it, or that it is inside of other gzip data. */
export type Gzip = 'announced' | 'unannounced' | 'nested'

/**
 * Passes chunks on, once their first bytes may be text, or gzip data that was announced.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` saying what the file is.
 */
export async function* refuseForeign(
  chunks: AsyncIterable<Buffer>,
  gzip: Gzip = 'unannounced',
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < enoughBytes) continue
    assertText(start, gzip)
    yield start
    start = undefined
  }
  if (start === undefined) return
  assertText(start, gzip)
  yield start
}

function assertText(start: Buffer, gzip: Gzip): void {
  const problem = problemOf(start, gzip)
  if (problem !== undefined) throw new LadingError('FORMAT_UNSUPPORTED', problem)
}

function problemOf(start: Buffer, gzip: Gzip): string | undefined {
  if (isGzip(start)) {
    if (gzip === 'announced') return undefined
    return gzip === 'nested'
      ? 'The file was compressed twice; compress it once.'
      : 'The file is gzip data, and its name does not say so; send it under a name that ends with .gz.'
  }
  const kind = signatures.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0]
  if (kind === undefined) return undefined
  return `The file is ${kind}, not UTF-8 text; export it as CSV or NDJSON first.`
}

/** RFC 1952, 2.3.1: two bytes that no text begins with. */
export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}
