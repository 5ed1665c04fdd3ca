// A file sent where JSON options belong → an error message that names its likely format and how to send a file.
import { optionInvalid } from '../../config/check-options.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { HttpRequest } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

type Kind = 'csv' | 'ndjson' | 'json'

/** How to send a file as the body. A JSON array is sent as NDJSON, because a JSON body has the options. */
const bodyTypes: Readonly<Record<Kind, { readonly type: string; readonly query: string }>> = {
  csv: { type: 'text/csv', query: '' },
  ndjson: { type: 'application/x-ndjson', query: '' },
  json: { type: 'application/x-ndjson', query: '&format=json' },
}

/** Advice with commands to copy. @param resource the resource that the request names, if any */
export function howToSend({ mount }: Pick<HttpRequest, 'mount'>, kind: Kind, resource: unknown): string {
  const name = typeof resource === 'string' && /^\w{1,60}$/.test(resource) ? resource : 'RESOURCE'
  const { type, query } = bodyTypes[kind]
  const address = `$SERVER${mount}/v1/imports`
  const form = `curl -F resource=${name} -F file=@FILE.${kind} "${address}"`
  const body = `curl --data-binary @FILE.${kind} -H "Content-Type: ${type}" "${address}?resource=${name}${query}"`
  return `Send a file as a form: ${form}. Or send it as the body, with its content type and with the resource in the address: ${body}`
}

/** Refuses JSON that looks like records instead of an object with a `file_url`. @throws LadingError `OPTION_INVALID` */
export function expectFileUrl(body: unknown, request: HttpRequest): void {
  if (Array.isArray(body)) {
    throw optionInvalid(
      `The body is a JSON array, and JSON must be an object that says where the file lies (file_url). ${howToSend(request, 'json', undefined)}`,
    )
  }
  if (typeof body !== 'object' || body === null || 'file_url' in body) return
  const path = recordsIn(body)
  if (path === undefined) return
  const { resource } = body as { readonly resource?: unknown }
  throw optionInvalid(
    `The body is a JSON object with records in "${path}", and it must say where the file lies (file_url). Put the records alone into a file, as a JSON array or one a line. ${howToSend(request, 'json', resource)}`,
  )
}

/** Adds the advice to an error about an object without `file_url`, such as a single record or a misspelt option. */
export function withAdvice(error: unknown, body: unknown, request: HttpRequest): unknown {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  const isKnown = error instanceof LadingError && error.code === 'OPTION_INVALID'
  if (!isKnown || (isObject && 'file_url' in body)) return error
  const { resource } = (isObject ? body : {}) as { readonly resource?: unknown }
  return optionInvalid(
    `${error.message} JSON says where a file lies (file_url). ${howToSend(request, 'json', resource)}`,
  )
}

/** The message for a body that is not JSON. @param start the first bytes of the body, as text */
export function explainText(start: string, request: HttpRequest): string {
  const kind = looksLike(start)
  const what =
    kind === 'ndjson'
      ? 'The body is NDJSON, one object a line, and was sent as application/json'
      : kind === 'csv'
        ? 'The body is no JSON: it looks like CSV, and was sent as application/json'
        : 'The body is not valid JSON in UTF-8'
  return `${what}. ${howToSend(request, kind, undefined)}`
}

/** The default content type of curl; `-d` also removes line ends. */
export function urlEncoded(request: HttpRequest): HttpFault {
  return new HttpFault(
    'MEDIA_TYPE_UNSUPPORTED',
    `The body was sent as application/x-www-form-urlencoded, as curl does with -d and --data-binary unless you set a content type; -d also leaves out the line ends of a file. ${howToSend(request, 'csv', undefined)}`,
  )
}

function looksLike(start: string): Kind {
  const text = start.trimStart()
  if (/^\{[^\n]*\}[ \t]*\r?\n\s*(?:\{|$)/.test(text)) return 'ndjson'
  return /^[[{]/.test(text) ? 'json' : 'csv'
}

/** Levels of an envelope in which records are looked for. */
const maxDepth = 3

/** The path of the first array of objects, such as `data` or `result.items`. */
function recordsIn(value: object, depth = 1): string | undefined {
  for (const [name, member] of Object.entries(value)) {
    if (Array.isArray(member) && member.length > 0 && member.every(isObject)) return name.slice(0, 50)
    if (depth === maxDepth || !isObject(member)) continue
    const nested = recordsIn(member, depth + 1)
    if (nested !== undefined) return `${name.slice(0, 50)}.${nested}`
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
