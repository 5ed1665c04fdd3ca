// What a caller gives as a source → nothing, or one sentence that says what to give instead.
import { Interface } from 'node:readline'
import { Readable } from 'node:stream'
import { LadingError } from '../../errors/lading-error.ts'

/**
 * Refuses before anything is read what is no source, and would be read as something else: a file's name is a list of
 * letters to JavaScript.
 *
 * @param of what the source yields: bytes of a file, or objects
 * @throws LadingError `OPTION_INVALID`
 */
export function checkSource(source: unknown, of: 'bytes' | 'objects'): void {
  const instead = insteadOf(source) ?? (of === 'bytes' ? insteadOfNames(source) : insteadOfBytes(source))
  if (instead === undefined) return
  throw new LadingError('OPTION_INVALID', `The source is ${instead}. A source is a stream, bytes or objects.`)
}

/** Longer texts are no names of files. */
const maxNameLength = 200

function insteadOf(source: unknown): string | undefined {
  if (source === undefined || source === null) return 'missing; give a stream, bytes or objects'
  if (typeof source === 'string' || source instanceof String) return insteadOfText(String(source))
  if (typeof source === 'number') return 'a number; of a file descriptor, pass createReadStream("", { fd })'
  if (typeof source === 'function') return 'a function; pass what it returns'
  if (typeof source !== 'object') return `a ${typeof source}`
  if (source instanceof Readable || source instanceof ReadableStream || source instanceof Uint8Array)
    return undefined
  if (source instanceof URL) {
    return source.protocol === 'file:'
      ? 'a URL, not a file; pass createReadStream(url)'
      : 'a URL, not a file; pass the body of its response, or hand it to jobs.submitRemoteImport'
  }
  if (ArrayBuffer.isView(source)) return 'numbers, not bytes; pass new Uint8Array of their buffer'
  if (source instanceof ArrayBuffer) return 'an ArrayBuffer; pass new Uint8Array(buffer)'
  if (source instanceof Interface) return 'lines without their ends; pass the stream that they are read from'
  if (hasMethod(source, 'then')) return 'a promise; await it first'
  if (Symbol.asyncIterator in source || Symbol.iterator in source) return undefined
  // Responses and requests of fetch, files of browsers, handles of files, streams of another make.
  if ('body' in source && hasMethod(source, 'arrayBuffer')) return 'a response or request; pass its body'
  if (hasMethod(source, 'arrayBuffer') && hasMethod(source, 'stream'))
    return 'a Blob or File; pass its stream()'
  if (hasMethod(source, 'createReadStream')) return 'a file handle; pass handle.createReadStream()'
  if (hasMethod(source, 'pipe')) return 'a stream that cannot be iterated; pass new Readable().wrap(stream)'
  return 'one object and no list; pass a list of objects, such as the one inside of it'
}

function insteadOfText(text: string): string {
  const isName = text !== '' && text.length <= maxNameLength && !/[\r\n]/.test(text)
  const name = isName ? JSON.stringify(text) : 'name'
  return `a text, and no file is opened by its name; of a file, pass createReadStream(${name}), and of a text that is the file itself, Buffer.from(text)`
}

/** Chunks of text are a file; without a line break or bracket they are names, or lines without their ends. */
function insteadOfNames(source: unknown): string | undefined {
  if (!Array.isArray(source) || source.length === 0) return undefined
  const isFile = source.some(chunk => typeof chunk !== 'string' || /[\r\n[{]/.test(chunk))
  return isFile
    ? undefined
    : 'a list of texts without a line break; import one file after the other, each as a stream'
}

function insteadOfBytes(source: unknown): string | undefined {
  return source instanceof Uint8Array
    ? 'bytes, but no format is given; say which format they are in'
    : undefined
}

function hasMethod(value: object, name: string): boolean {
  return name in value && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}
