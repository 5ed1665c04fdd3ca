// A multipart/form-data body → its one file as a stream, and its fields, with everything that is wrong made an error.
import { pipeline, type Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { detached, fileTooLarge } from './body.ts'
import { HttpFault } from './problem.ts'

export interface FilePart {
  readonly stream: Readable
  /** As the client calls it, without folders. Never used as a path. */
  readonly fileName: string | undefined
  readonly mediaType: string
}

export interface Form {
  /** Those that have come so far, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Resolves when the file begins, or to undefined if the form ends without one. */
  readonly file: Promise<FilePart | undefined>
  /** Resolves when the form is complete; the file must have been read. */
  readonly ended: Promise<void>
  /** The first thing that was wrong. */
  readonly failure: () => unknown
  /** Stops reading. Twice, or at the end: does nothing. */
  giveUp(): void
}

const limits = {
  files: 1,
  fields: 32,
  parts: 33,
  fieldSize: 16 * 1024,
  headerPairs: 16,
  headerSize: 8 * 1024,
}

/** Bytes that a form may have beside its file. */
export const formOverhead = limits.fields * (limits.fieldSize + limits.headerSize)

/** RFC 2046, 5.1.1. Longer ones have made parsers loop. */
const maxBoundary = 70

/** @throws HttpFault `BODY_INVALID` for a missing or overlong boundary */
export function readForm(body: Readable, contentType: string, maxFileSize: number): Form {
  const boundary = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(contentType)
  const length = (boundary?.[1] ?? boundary?.[2] ?? '').length
  if (length === 0) throw invalid('The Content-Type of the form names no boundary.')
  if (length > maxBoundary) throw invalid(`The boundary of the form has more than ${maxBoundary} characters.`)

  const fields: [string, string][] = []
  const file = deferred<FilePart | undefined>()
  const ended = deferred<void>()
  const tap = detached(body)
  let stream: Readable | undefined
  let failure: unknown

  const parser = new Busboy({
    headers: { 'content-type': contentType },
    limits: { ...limits, fileSize: maxFileSize },
    isPartAFile: (name, _type, fileName) => name === 'file' || fileName !== undefined,
  })
  const fail = (error: unknown): void => {
    failure ??= error
    file.reject(failure)
    ended.reject(failure)
    stream?.destroy(failure instanceof Error ? failure : undefined)
    tap.destroy()
  }
  parser.on('file', (name, part, fileName, _encoding, mediaType) => {
    stream = part
    part.on('error', () => undefined)
    part.once('limit', () => fail(fileTooLarge(maxFileSize)))
    if (failure !== undefined) part.resume()
    else if (name !== 'file') fail(invalid(`The form has a file "${shown(name)}"; send it as "file".`))
    else file.resolve({ stream: part, fileName, mediaType })
  })
  parser.on('field', (name, value, _nameCut, valueCut) => {
    if (name === undefined) fail(invalid('A part of the form has no name.'))
    else if (valueCut) fail(invalid(`The field "${shown(name)}" is longer than ${limits.fieldSize} bytes.`))
    else fields.push([name, value])
  })
  parser.on('filesLimit', () => fail(invalid('The form has more than one file; send one job for each.')))
  parser.on('fieldsLimit', () => fail(invalid(`The form has more than ${limits.fields} fields.`)))
  parser.on('partsLimit', () => fail(invalid(`The form has more than ${limits.parts} parts.`)))
  parser.once('finish', () => {
    file.resolve(undefined)
    ended.resolve()
  })
  // The parser's own messages are about its insides; all of them mean that the form is cut off or malformed.
  parser.on('error', () => fail(malformed()))
  pipeline(tap, parser, error => {
    if (error) fail(error instanceof HttpFault ? error : malformed())
  })

  return {
    fields,
    file: file.promise,
    ended: ended.promise,
    failure: () => failure,
    giveUp: () => tap.destroy(),
  }
}

function malformed(): HttpFault {
  return invalid('The form is malformed or ends before its final boundary.')
}

function invalid(message: string): HttpFault {
  return new HttpFault('BODY_INVALID', message)
}

function shown(name: string | undefined): string {
  return String(name).slice(0, 100)
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  // It may be rejected before, or without, anybody waiting for it.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
