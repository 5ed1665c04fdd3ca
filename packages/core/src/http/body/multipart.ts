// A multipart/form-data body → its one file as a stream, and its fields. Anything malformed is an error.
import { pipeline, type Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import type { HttpLimits } from '../admission/http-limits.ts'
import { HttpFault } from '../wire/problem.ts'
import type { Digest } from './digests.ts'
import { formParts, partHeader } from './form-parts.ts'
import { detachedBody, fileTooLarge } from './request-body.ts'

export interface FilePart {
  readonly stream: Readable
  /** The client's file name, without folders. Never used as a path. */
  readonly fileName: string | undefined
  /** As sent, with its parameters. */
  readonly contentType: string
}

export interface MultipartForm {
  /** The fields received so far, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Resolves when the file begins, or to undefined if the form ends without one. */
  readonly file: Promise<FilePart | undefined>
  /** Resolves when the form is complete; the file must have been read. */
  readonly ended: Promise<void>
  /** The first error. */
  readonly failure: () => unknown
  /** Stops reading. A second call, or one after the end, does nothing. */
  cancel(): void
}

/** Characters of a field name; the longest known one has 15. */
const maxName = 100

/** Bytes that a form may have in addition to its file. */
export function formOverhead({ formFields, formFieldBytes }: HttpLimits): number {
  return (formFields + 1) * (formFieldBytes + partHeader.bytes)
}

/** RFC 2046, 5.1.1. Longer boundaries have made parsers loop. */
const maxBoundary = 70

export interface FormOptions {
  readonly maxFileBytes: number
  readonly limits: HttpLimits
  /** Digests of the whole form. */
  readonly digests: readonly Digest[]
}

/** @throws HttpFault `BODY_INVALID` for a missing or overlong boundary */
export function readForm(
  body: Readable,
  contentType: string,
  { maxFileBytes, limits, digests }: FormOptions,
): MultipartForm {
  const boundary = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(contentType)
  const divider = boundary?.[1] ?? boundary?.[2] ?? ''
  if (divider === '') throw invalid('The Content-Type of the form has no boundary.')
  if (divider.length > maxBoundary) {
    throw invalid(`The boundary of the form has more than ${maxBoundary} characters.`)
  }

  const fieldPairs: [string, string][] = []
  const { formFields: fields } = limits
  const file = deferred<FilePart | undefined>()
  const ended = deferred<void>()
  const tap = detachedBody(body, limits, digests)
  const parts = formParts(divider)
  let parsedParts = 0
  let stream: Readable | undefined
  let failure: unknown

  const parser = new Busboy({
    headers: { 'content-type': contentType },
    limits: {
      files: 1,
      fields,
      parts: fields + 1,
      fieldSize: limits.formFieldBytes,
      fileSize: maxFileBytes,
    },
    // Called once for each part that the parser can read.
    isPartAFile: (name, _type, fileName) => {
      parsedParts++
      return name === 'file' || fileName !== undefined
    },
  })
  const fail = (error: unknown): void => {
    failure ??= error
    file.reject(failure)
    ended.reject(failure)
    stream?.destroy(failure instanceof Error ? failure : undefined)
    tap.destroy()
  }
  parser.on('file', (name, part, fileName) => {
    // The number is right unless the parser skipped a part, and then the form fails at its end.
    const contentType = parts.contentType(parsedParts)
    stream = part
    part.on('error', () => undefined)
    part.once('limit', () => fail(fileTooLarge(maxFileBytes)))
    if (failure !== undefined) part.resume()
    else if (name !== 'file') fail(invalid(`The form has a file "${shown(name)}"; send it as "file".`))
    else file.resolve({ stream: part, fileName, contentType })
  })
  parser.on('field', (name, value, _nameCut, valueCut) => {
    if (name === undefined) fail(invalid('A part of the form has no name.'))
    else if (name.length > maxName) fail(invalid(`The name of a field is longer than ${maxName} characters.`))
    else if (valueCut)
      fail(invalid(`The field "${shown(name)}" is longer than ${limits.formFieldBytes} bytes.`))
    else fieldPairs.push([name, value])
  })
  parser.on('filesLimit', () => fail(invalid('The form has more than one file; send one job for each.')))
  parser.on('fieldsLimit', () => fail(invalid(`The form has more than ${fields} fields.`)))
  parser.on('partsLimit', () => fail(invalid(`The form has more than ${fields + 1} parts.`)))
  parser.once('finish', () => {
    if (parsedParts !== parts.count()) return fail(unreadable())
    file.resolve(undefined)
    ended.resolve()
  })
  // The parser's own messages are about its internals; all of them mean that the form is truncated or malformed.
  const broken = (error: unknown) => fail(error instanceof HttpFault ? error : malformed())
  parser.on('error', broken)
  pipeline(tap, parts.through, parser, error => {
    if (error) broken(error)
  })

  return {
    fields: fieldPairs,
    file: file.promise,
    ended: ended.promise,
    failure: () => failure,
    cancel: () => tap.destroy(),
  }
}

function malformed(): HttpFault {
  return invalid('The form is malformed or ends before its final boundary.')
}

function unreadable(): HttpFault {
  return invalid(
    'A part of the form cannot be read; each needs the header Content-Disposition: form-data with a name.',
  )
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
  // It may be rejected before anything awaits it, or without.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
