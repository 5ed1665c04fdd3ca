// A part of an index as PostgreSQL prints it → the column that it is, or whose lower case it is.
import { identifier } from '../../../postgres/identifier.ts'

export interface IndexPart {
  /** Name of the column, as it is. */
  readonly column: string
  /** The index holds `lower(column)`. */
  readonly isFolded: boolean
}

const lower = /^lower\((.*)\)$/s
const cast = /^(.*)::(?:text|character varying|bpchar)$/s
const parentheses = /^\((.*)\)$/s
const quoted = /^"(?:[^"]|"")+"$/
const plain = /^[a-z_][a-z0-9_$]*$/

/** `lower((email)::text)` → the column email, folded; `"E""mail"` → the column E"mail. Undefined for any other expression. */
export function readIndexPart(part: string): IndexPart | undefined {
  const folded = lower.exec(part)?.[1]
  const name = bare(folded ?? part)
  if (plain.test(name)) return { column: name, isFolded: folded !== undefined }
  if (!quoted.test(name)) return undefined
  return { column: name.slice(1, -1).replaceAll('""', '"'), isFolded: folded !== undefined }
}

function bare(expression: string): string {
  const inner = (cast.exec(expression) ?? parentheses.exec(expression))?.[1]
  return inner === undefined ? expression : bare(inner)
}

/** The same for the same part, however it was printed; no two parts share one. */
export function partText({ column, isFolded }: IndexPart): string {
  return isFolded ? `lower(${identifier(column)})` : identifier(column)
}

/** Of parts as PostgreSQL prints them; an expression stays as it is. */
export function partTexts(parts: readonly string[]): string[] {
  return parts.map(part => {
    const read = readIndexPart(part)
    return read === undefined ? part : partText(read)
  })
}

/** The columns that are parts of an index by themselves or by their lower case. */
export function partColumns(parts: readonly string[]): string[] {
  return parts.flatMap(part => readIndexPart(part)?.column ?? [])
}
