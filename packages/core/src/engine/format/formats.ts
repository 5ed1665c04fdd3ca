// The built-in formats, and how to find one by name or file name.
import { LadingError } from '../../errors/lading-error.ts'
import { csv } from './csv/csv-format.ts'
import { foreignByName } from './detect/foreign.ts'
import type { Format } from './format.ts'
import { json } from './json/json-format.ts'
import { ndjson } from './ndjson/ndjson-format.ts'

const formats: ReadonlyMap<string, Format> = new Map([csv, ndjson, json].map(format => [format.name, format]))

/** @throws LadingError `FORMAT_UNSUPPORTED`, listing the known formats */
export function formatByName(name: string): Format {
  const format = formats.get(name)
  if (format !== undefined) return format
  const known = `Unknown format "${name}"; known: ${[...formats.keys()].join(', ')}.`
  throw new LadingError('FORMAT_UNSUPPORTED', `${known}${hint(name)}`)
}

function hint(name: string): string {
  if (/^\.?(?:tsv|tab)$/i.test(name)) return ' For TAB between the cells, use csv with the delimiter tab.'
  const kind = foreignByName(`.${name.replace(/^\./, '')}`)
  return kind === undefined ? '' : ` Files of this kind (${kind.label}) are neither read nor written.`
}

/** The format for a file name's extension, or undefined. */
export function formatByFileName(fileName: string): Format | undefined {
  const name = fileName.toLowerCase()
  return [...formats.values()].find(format => format.extensions.some(extension => name.endsWith(extension)))
}
