// Checks the source that a caller passes, and says what to pass instead of an unsupported value.
import { Interface } from 'node:readline'
import { Readable } from 'node:stream'
import { LadingError } from '../../errors/lading-error.ts'

/**
 * Rejects an unsupported source before anything is read. Without this check, some would be misread: a file name, for
 * instance, is an iterable of letters.
 *
 * @param of what the source must yield: bytes of a file, or objects
 * @throws LadingError `OPTION_INVALID`
 */
export function checkSource(source: unknown, of: 'bytes' | 'objects'): void {
  const instead = insteadOf(source) ?? (of === 'bytes' ? insteadOfNames(source) : insteadOfBytes(source))
  if (instead === undefined) return
  throw new LadingError('OPTION_INVALID', `The source is ${instead}. A source is a stream, bytes or objects.`)
}

/** Maximum length in characters of text that may be a file name. */
const maxNameLength = 200

function insteadOf(source: unknown): string | undefined {
  if (source === undefined || source === null) return 'missing; give a stream, bytes or objects'
  if (typeof source === 'string' || source instanceof String) return insteadOfText(String(source))
  if (typeof source === 'number') return 'a number; for a file descriptor, pass createReadStream("", { fd })'
  if (typeof source === 'function') return 'a function; pass what it returns'
  if (typeof source !== 'object') return `a ${typeof source}`
  if (source instanceof Readable || source instanceof ReadableStream || source instanceof Uint8Array)
    return undefined
  if (source instanceof URL) {
    return source.protocol === 'file:'
      ? 'a URL, not a file; pass createReadStream(url)'
      : 'a URL, not a file; pass the body of its response, or hand it to jobs.submitRemoteImport'
  }
  if (ArrayBuffer.isView(source)) return 'numbers, not bytes; pass a Uint8Array of their buffer'
  if (source instanceof ArrayBuffer) return 'an ArrayBuffer; pass new Uint8Array(buffer)'
  if (source instanceof Interface)
    return 'lines without their line endings; pass the stream that they are read from'
  if (hasMethod(source, 'then')) return 'a promise; await it first'
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return undefined
  // Fetch responses and requests, browser files, file handles, streams of other libraries.
  if ('body' in source && hasMethod(source, 'arrayBuffer')) return 'a response or request; pass its body'
  if (hasMethod(source, 'arrayBuffer') && hasMethod(source, 'stream'))
    return 'a Blob or File; pass its stream()'
  if (hasMethod(source, 'createReadStream')) return 'a file handle; pass handle.createReadStream()'
  if (hasMethod(source, 'pipe')) return 'a stream that cannot be iterated; pass new Readable().wrap(stream)'
  return 'a single object; pass a list of objects, such as the one inside it'
}

function insteadOfText(text: string): string {
  const isName = text !== '' && text.length <= maxNameLength && !/[\r\n]/.test(text)
  const name = isName ? JSON.stringify(text) : 'name'
  return `a string, and files are not opened by name; for a file, pass createReadStream(${name}); for a string that is the file's content, pass Buffer.from(text)`
}

/** Chunks of text are a file. Without any line break or bracket, they are file names, or lines without line endings. */
function insteadOfNames(source: unknown): string | undefined {
  if (!Array.isArray(source) || source.length === 0) return undefined
  const isFile = source.some(chunk => typeof chunk !== 'string' || /[\r\n[{]/.test(chunk))
  return isFile
    ? undefined
    : 'a list of strings without a line break; import one file after the other, each as a stream'
}

function insteadOfBytes(source: unknown): string | undefined {
  return source instanceof Uint8Array ? 'bytes, but no format is given; name their format' : undefined
}

function hasMethod(value: object, name: string): boolean {
  return name in value && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}
