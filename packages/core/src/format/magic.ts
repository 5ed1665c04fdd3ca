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
  ['gzip data', [0x1f, 0x8b]],
  ['bzip2 data', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz data', [0xfd, 0x37, 0x7a, 0x58]],
  ['a SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
]

const enoughBytes = Math.max(...signatures.map(([, bytes]) => bytes.length))

/**
 * Passes chunks on, once their first bytes may be text.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` saying what the file is.
 */
export async function* refuseForeign(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < enoughBytes) continue
    assertText(start)
    yield start
    start = undefined
  }
  if (start === undefined) return
  assertText(start)
  yield start
}

function assertText(start: Buffer): void {
  const kind = foreignKind(start)
  if (kind === undefined) return
  throw new LadingError(
    'FORMAT_UNSUPPORTED',
    `The file is ${kind}, not UTF-8 text; export it as CSV or NDJSON first.`,
  )
}

/** What the file is, or undefined where its first bytes may be text. */
function foreignKind(start: Buffer): string | undefined {
  return signatures.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0]
}
